import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine, parserIds } from '../../src/parse/index.ts';
import { mayNeedRepair, repairText, textFlags } from '../../src/parse/text/index.ts';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);

/** The longest line a syslog listener takes. What is quadratic in it runs into the test's time limit by far. */
const lineChars = 262_144;

const heads: readonly string[] = [
  'CEF:0|a|b|c|d|e|f|',
  'CEF:0|',
  'LEEF:2.0|a|b|c|d|^|',
  'LEEF:1.0|a|b|c|d|',
  '<166>Nov 22 12:00:00 fw : %ASA-6-302013: Built inbound TCP connection 1 for ',
  '<166>Nov 22 12:00:00 fw : %ASA-4-106023: Deny tcp src ',
  '<166>Nov 22 12:00:00 fw : %ASA-6-302014: Teardown TCP connection 1 for ',
  "<166>Nov 22 12:00:00 fw : %ASA-5-111010: User '",
  '<166>Nov 22 12:00:00 fw : %ASA-1-430003: ',
  '<189>Nov 22 12:00:00 sw : %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ',
  '1,2026/11/22 12:00:00,0,TRAFFIC,end,1,2026/11/22 12:00:01,',
  '<134>1 2026-11-22T05:00:00Z gw CheckPoint 1 - [action:"Drop"; ',
  '[action:"',
  '<30>device="SFW" date=2026-11-22 time=12:00:00 ',
  '<30>2026:11:22-12:00:00 utm ulogd[1]: ',
  '<134>Nov 22 12:00:00 pf filterlog: 5,,,1000,em0,match,block,in,4,',
  '<35>Nov 22 12:00:00 pf audit[1]: Successful login for user ',
  '<166>2026-11-22T05:00:00.000Z esx Hostd: info hostd[1] [Originator@6876 ',
  '<166>2026-11-22T05:00:00.000Z esx vpxd[1]: Event [1] [1-1] [',
  '11/22/2026-12:00:00.250000  [**] [1:1:1] ',
  '1795323600.500000\tC\t',
  '#fields\tts\n1795323600.500000\tC\t',
  '<30>Nov 22 12:00:00 mt firewall,info ',
  'date=2026-11-22 time=12:00:00 ',
  '',
];
const bodies: readonly string[] = [
  ...[
    'a',
    ' ',
    '=',
    'a=',
    'a =',
    '\\',
    '\\=',
    '|',
    '\\|',
    ',',
    '"',
    '""',
    "'",
    '[',
    ']',
    '] [',
    '(',
    ')',
    '\t',
    '<',
    '>',
  ],
  ...['a:"b"; ', 'a="b" ', 'a: b, ', 'A: ', '1.2.3.4/1 ', 'x:1.2.3.4/1 (', '1.2.3.4:', 'User ', 'user a@', '[1:1:1] '],
  ...[' CEF:0|', ' 1,2026/11/22 12:00:00,', 'Ã', 'á»', '\u0430', 'a\u0430', '\u200b', 'á»…', '\ufffd', '\u0301', '\0'],
];

describe('long repetitive lines', () => {
  it.each(heads.map((head) => [head]))('%j', (head) => {
    for (const body of bodies) {
      const line = (head + body.repeat(lineChars / body.length)).slice(0, lineChars);
      const event = readLine(line, 'auto', received);
      expect(event.message.length).toBeLessThanOrEqual(500);
      expect(Object.keys(event.fields).length).toBeLessThanOrEqual(2_100);
    }
  });
  it.each(parserIds.filter((id) => id !== 'auto').map((id) => [id]))('pinned to %s', (id) => {
    for (const body of bodies) {
      const { record, reason } = parseLine(body.repeat(65_536 / body.length), id, received);
      expect(record === null ? reason : record.parser).not.toBe('');
    }
  });
});

describe('damaged lines', () => {
  it('any part of any head with anything behind it is read or refused, never thrown over', () => {
    const part = fc.constantFrom(...heads, ...bodies);
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 8 }), (parts) => {
        const line = parts.join('');
        const event = readLine(line, 'auto', received);
        if (event.parseStatus === 'raw' && !mayNeedRepair(line))
          expect(event.fields.message).toBe(line.normalize('NFC'));
        expect(repairText(line)).toBeTypeOf('string');
        expect(textFlags({ line })).toBeInstanceOf(Array);
      }),
      { numRuns: 2_000 },
    );
  });
  it('names as a sender likes them', () => {
    for (const line of [
      'CEF:0|a|b|c|d|e|f|__proto__=x constructor=y',
      'LEEF:1.0|a|b|c|d|__proto__=x\tconstructor=y',
      '[__proto__:"x"; constructor:"y"]',
      '#fields\tts\t__proto__\tconstructor\n1795323600.500000\tx\ty',
    ]) {
      const { record } = parseLine(line, 'auto', received);
      expect(Object.getPrototypeOf(record?.fields)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(record?.fields, '__proto__')?.value).toBe('x');
    }
  });
});
