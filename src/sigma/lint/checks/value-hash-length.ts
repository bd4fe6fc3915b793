import type { Check } from '../check.ts';

const digits: ReadonlyMap<string, number> = new Map([
  ['MD5', 32],
  ['SHA1', 40],
  ['SHA256', 64],
  ['IMPHASH', 32],
]);

export const valueHashLength: Check = {
  id: 'value-hash-length',
  severity: 'warning',
  finds: 'a hash with too few or too many digits, or with a letter that is none',
  advice: 'MD5 and IMPHASH have 32 hexadecimal digits, SHA1 40, SHA256 64.',
  item({ tree }, report) {
    for (const scalar of tree.values) {
      const [, name = '', hash = ''] = /^(MD5|SHA1|SHA256|IMPHASH)=([^*?,]+)$/i.exec(String(scalar.value)) ?? [];
      const wanted = digits.get(name.toUpperCase());
      if (wanted === undefined) continue;
      if (!/^[0-9a-f]+$/i.test(hash)) report(scalar.at, `the ${name} has characters that are no digits`);
      else if (hash.length !== wanted) report(scalar.at, `the ${name} has ${hash.length} digits, not ${wanted}`);
    }
  },
};
