import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';

const corpus = new URL('../../../shared/corpora/sigmahq', import.meta.url).pathname;
const here = existsSync(corpus);
if (!here) console.warn(`skipped: ${corpus} is not on this machine`);

test.skipIf(!here)(
  'all of SigmaHQ is read; only rules with placeholders nobody gave values for are refused',
  async () => {
    const { documents, rules, problems } = await loadRuleDirs([corpus]);
    expect(documents).toHaveLength(3757);
    expect(rules).toHaveLength(3755);
    expect(problems.map(({ code, file }) => [code, file.slice(file.lastIndexOf('/') + 1)])).toEqual([
      ['placeholder-unresolved', 'win_security_adcs_certighost_cdc_chase_request.yml'],
      ['placeholder-unresolved', 'win_security_adcs_certighost_cert_issued_via_chase.yml'],
    ]);
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  },
);

test.skipIf(!here)('with a value list they run too', async () => {
  const dir = `${corpus}/rules-emerging-threats/2026/Exploits/CVE-2026-54121`;
  const { problems } = await loadRuleDirs([dir], { placeholders: { known_cdcs: ['cdc01'] } });
  expect(problems).toEqual([]);
});
