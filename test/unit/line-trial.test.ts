import { beforeAll, describe, expect, it } from 'vitest';
import { createLineTrial } from '../../src/compose/line-trial.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { liveRulesOf } from '../../src/detect/index.ts';
import { parserIds } from '../../src/parse/index.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';

const rule = `title: Web shell
id: 3f8f9c52-0d8a-4f35-9f6e-0a1f8a2b7c10
logsource: { category: webserver }
detection:
  sel: { cs-uri-stem|endswith: .aspx }
  condition: sel
level: high
`;

const access = '203.0.113.9 - - [22/Nov/2026:10:00:00 +0700] "GET /up/x.aspx HTTP/1.1" 200 5';
const portal =
  '{"thoi_gian":"2026-11-22T03:00:00Z","nguoi":"nva","viec":"dang nhap","dia_chi":"203.0.113.9","may":"cong-01"}';
const draft = `mapping: cong-moi
about: Cổng mới
parsers: [json]
needs: [[nguoi, viec]]
identity: { time: thoi_gian, host: may }
rules:
  - product: tthc
    services: audit
    copy: { user: nguoi, action: viec, src_ip: dia_chi }
`;

describe('lines read on trial', () => {
  let tryLines: ReturnType<typeof createLineTrial>;
  beforeAll(async () => {
    const mappings = await loadMappings();
    const live = liveRulesOf(compileRules(parseRules(rule, 'rule.yml').rules));
    tryLines = createLineTrial({ mappings: () => mappings, rules: () => live, clock: () => Date.UTC(2026, 10, 22, 4) });
  });
  const read = (text: string, o: { parser?: string; mapping?: string } = {}) =>
    tryLines({ text, parser: o.parser ?? 'auto', mapping: o.mapping ?? '' });

  it('says the fields, the names others use, the tags and the rules', async () => {
    const { lines, problems, parsers } = await read(access);
    expect(problems).toEqual([]);
    expect(parsers).toEqual(parserIds);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      parser: 'access',
      parseStatus: 'parsed',
      eventTimeMs: Date.UTC(2026, 10, 22, 3),
      logsource: { categories: ['webserver'] },
      fields: { 'cs-uri-stem': '/up/x.aspx', 'c-ip': '203.0.113.9' },
      ecs: { 'source.ip': '203.0.113.9', 'url.path': '/up/x.aspx' },
      rules: [{ title: 'Web shell', severity: 'high' }],
      rulesTotal: 1,
    });
  });

  it('a mapping still being written counts, and what it adds is told from what the line has', async () => {
    const [line] = (await read(portal, { mapping: draft })).lines;
    expect(line?.logsource).toMatchObject({ product: 'tthc', services: ['audit'] });
    expect(line?.fields).toMatchObject({ user: 'nva', action: 'dang nhap', src_ip: '203.0.113.9' });
    expect([line?.eventTimeMs, line?.host]).toEqual([Date.UTC(2026, 10, 22, 3), 'cong-01']);
    expect(line?.mapped).toEqual(['user', 'action', 'src_ip']);
    expect((await read(portal)).lines[0]?.fields).not.toHaveProperty('user');
  });

  it('a wrong mapping is told with its place, and the lines are read without it', async () => {
    const { problems, lines } = await read(portal, { mapping: draft.replace('copy:', 'kopie:') });
    expect(problems[0]).toMatchObject({ line: 9, message: expect.stringContaining('kopie') });
    expect(lines[0]?.fields).not.toHaveProperty('user');
  });

  it.each([
    ['a header and its lines', '#Fields: date time c-ip cs-uri-stem\n2026-11-22 03:00:00 203.0.113.9 /a', 'w3c', 1],
    [
      'a stack trace',
      '2026-11-22 10:00:00,000 ERROR [main] a.B - x\njava.lang.Error: y\n\tat a.B.c(B.java:1)',
      'java',
      1,
    ],
    ['blank lines', `\n\n${access}\n\n`, 'auto', 1],
    ['nothing', '', 'auto', 0],
    ['a parser there is not', access, 'nope', 1],
  ])('%s', async (_, text, parser, records) => {
    expect((await read(text, { parser })).lines).toHaveLength(records);
  });

  it('shows fifty records and counts the rest', async () => {
    const { lines, more } = await read(`${access}\n`.repeat(60));
    expect([lines.length, more]).toEqual([50, 10]);
  });
});
