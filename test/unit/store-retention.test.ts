import { expect, test } from 'vitest';
import { retainUntil, retentionMonths } from '../../src/store/retention.ts';

const rows: readonly (readonly [day: string, level: number, until: string])[] = [
  ['2026-11-22', 0, '2026-12-23'],
  ['2026-11-22', 1, '2026-12-23'],
  ['2026-11-22', 2, '2026-12-23'],
  ['2026-11-22', 3, '2027-02-23'],
  ['2026-11-22', 4, '2027-05-23'],
  ['2026-11-22', 5, '2027-11-23'],
  ['2026-11-22', 9, '2026-12-23'],
  ['2027-01-31', 2, '2027-03-01'],
  ['2028-01-31', 2, '2028-03-01'],
  ['2026-11-30', 3, '2027-03-01'],
  ['2026-12-31', 5, '2028-01-01'],
];

test.each(rows)('received %s at level %i: may go from %s', (day, level, until) => {
  expect(retainUntil(day, level)).toBe(until);
});

test('the longer of law and policy wins', () => {
  expect(retentionMonths(5, { all: 6 })).toBe(12);
  expect(retentionMonths(2, { all: 6 })).toBe(6);
  expect(retentionMonths(3, { all: 2, byLevel: { 3: 24 } })).toBe(24);
});
