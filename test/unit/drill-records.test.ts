import { describe, expect, test } from 'vitest';
import { defaultRecordLimits, parseRecords, renderLine } from '../../src/drill/records.ts';

const wallMs = Date.UTC(2026, 10, 5, 18, 4, 9, 123);

describe('every timestamp of a line comes from one wall time', () => {
  const rows: readonly (readonly [template: string, line: string])[] = [
    ['{{iso}}', '2026-11-05T18:04:09.123Z'],
    ['{{iso7}}', '2026-11-06T01:04:09.123+07:00'],
    ['{{evtx}}', '2026-11-05T18:04:09.123000Z'],
    ['{{utc}}', '2026-11-05 18:04:09.123'],
    ['{{local}}', '2026-11-06 01:04:09'],
    ['{{clf}}', '06/Nov/2026:01:04:09 +0700'],
    ['{{syslog3164}}', 'Nov  6 01:04:09'],
    ['{{epoch}}', '1793901849'],
    ['{{epoch_ms}}', '1793901849123'],
    ['{{utc-124}} {{utc}} {{epoch_ms+7}}', '2026-11-05 18:04:08.999 2026-11-05 18:04:09.123 1793901849130'],
    ['chữ {{iso}} và {{iso}}', 'chữ 2026-11-05T18:04:09.123Z và 2026-11-05T18:04:09.123Z'],
    ['$& {{ iso }} {iso} {{}}', '$& {{ iso }} {iso} {{}}'],
  ];
  test.each(rows)('%s', (template, line) => expect(renderLine(template, wallMs)).toBe(line));

  test('a wall time with a fraction writes whole milliseconds', () => {
    expect(renderLine('{{epoch_ms}}', wallMs + 0.9)).toBe(String(wallMs));
  });
});

const frame = { durationMs: 1000, sources: new Set(['web', 'app']), injects: new Set(['i1']) };
const parse = (...texts: string[]): ReturnType<typeof parseRecords> =>
  parseRecords(
    texts.map((text, i) => ({ file: `f${i}`, text })),
    frame,
  );

test('files are merged by time and numbered', () => {
  const { records, problems } = parse(
    '{"at_ms":1,"source":"web","line":"a"}\n{"at_ms":9,"source":"web","inject":"i1","line":"b"}\n',
    '{"at_ms":1,"source":"app","line":"c"}\n\n{"at_ms":5,"source":"app","line":"d"}',
  );
  expect(problems).toEqual([]);
  expect(records.map((r) => [r.index, r.atMs, r.source, r.inject, r.template])).toEqual([
    [0, 1, 'web', '', 'a'],
    [1, 1, 'app', '', 'c'],
    [2, 5, 'app', '', 'd'],
    [3, 9, 'web', 'i1', 'b'],
  ]);
});

describe('a bad record is named with its place', () => {
  const rows: readonly (readonly [text: string, says: RegExp])[] = [
    ['{"at_ms":1', /not JSON/],
    ['[1]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{"at_ms":-1,"source":"web","line":"a"}', /at_ms/],
    ['{"at_ms":1.5,"source":"web","line":"a"}', /at_ms/],
    ['{"at_ms":1001,"source":"web","line":"a"}', /beyond/],
    ['{"at_ms":1,"source":"mail","line":"a"}', /unknown source "mail"/],
    ['{"at_ms":1,"line":"a"}', /unknown source/],
    ['{"at_ms":1,"source":"web","inject":"i2","line":"a"}', /unknown inject/],
    ['{"at_ms":1,"source":"web","line":""}', /line must be text/],
    ['{"at_ms":1,"source":"web","line":"a\\nb"}', /line break/],
    ['{"at_ms":1,"source":"web","line":"{{when}}"}', /unknown placeholder \{\{when\}\}/],
    ['{"at_ms":1,"source":"web","line":"a","injct":"i1"}', /unknown key "injct"/],
    ['{"at_ms":2,"source":"web","line":"a"}\n{"at_ms":1,"source":"web","line":"b"}', /before the record above/],
    ['{"at_ms":1,"source":"web","line":"a"}\n{"at_ms":2,"source":"app","line":"a"}', /same line as f0:1/],
  ];
  test.each(rows)('%s', (text, says) => {
    const { problems } = parse(text);
    expect(problems[0]?.message).toMatch(says);
    expect(problems[0]?.line).toBe(text.split('\n').length);
  });

  test('what is cut is counted', () => {
    const { problems } = parse('x\n'.repeat(60));
    expect(problems).toHaveLength(defaultRecordLimits.problemsMax + 1);
    expect(problems.at(-1)?.message).toBe('10 more problems not listed');
  });

  test('too many records and too long lines are refused', () => {
    const limits = { ...defaultRecordLimits, recordsMax: 1, lineBytesMax: 3 };
    const line = (text: string): string => JSON.stringify({ at_ms: 1, source: 'web', line: text });
    const over = parseRecords([{ file: 'f', text: `${line('a')}\n${line('b')}` }], frame, limits);
    expect(over.problems[0]?.message).toBe('more than 1 records');
    const long = parseRecords([{ file: 'f', text: line('số') }], frame, limits);
    expect(long.problems[0]?.message).toMatch(/longer than 3 bytes/);
  });
});
