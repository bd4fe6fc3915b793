import { describe, expect, it } from 'vitest';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);
const head = (time: string): string => `<13>1 ${time} app02 qlvb 7 - - `;
const json = (time: string): string => JSON.stringify({ time, action: 'mở văn bản' });
const iso = (line: string): string => new Date(readLine(line, 'auto', received).eventTimeMs ?? 0).toISOString();

describe('the time in a message without a zone', () => {
  const rows: readonly (readonly [name: string, header: string, inner: string, want: string])[] = [
    ['is its header’s: UTC', '2026-11-22T02:15:03Z', '2026-11-22 02:15:02.123', '2026-11-22T02:15:02.123Z'],
    ['is its header’s: +09:00', '2026-11-22T11:15:03+09:00', '2026-11-22 11:15:02.123', '2026-11-22T02:15:02.123Z'],
    ['is its header’s: -05:30', '2026-11-21T20:45:03-05:30', '2026-11-21 20:45:02.123', '2026-11-22T02:15:02.123Z'],
    [
      'is +07:00 when that is near the header’s',
      '2026-11-22T02:15:03Z',
      '2026-11-22 09:15:02.123',
      '2026-11-22T02:15:02.123Z',
    ],
    ['is +07:00 when neither is near', '2026-11-22T02:15:03Z', '2026-11-20 02:15:02.123', '2026-11-19T19:15:02.123Z'],
    [
      'and one with a zone stays what it is',
      '2026-11-22T02:15:03Z',
      '2026-11-22T02:15:02.123+07:00',
      '2026-11-21T19:15:02.123Z',
    ],
  ];
  it.each(rows)('%s', (_name, header, inner, want) => {
    expect(iso(head(header) + json(inner))).toBe(want);
    expect(readLine(head(header) + json(inner), 'auto', received).parser).toBe('syslog-5424+json');
  });
});
