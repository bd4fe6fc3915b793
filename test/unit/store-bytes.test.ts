import { expect, it } from 'vitest';
import { Bytes } from '../../src/store/native/bytes.ts';

it('gives back room that it seldom needs, half at a time, and keeps what it uses', () => {
  const bytes = new Bytes(16);
  bytes.text('x'.repeat(4_000_000));
  const most = bytes.buffer.length;
  const rooms = Array.from({ length: 12 }, () => {
    bytes.clear();
    bytes.text('y'.repeat(100_000));
    return bytes.buffer.length;
  });
  expect(rooms[1]).toBeLessThan(most);
  expect(rooms.at(-1)).toBeLessThanOrEqual(4 * 3 * 100_000 + 4 * 5);
  expect(rooms.at(-1)).toBe(rooms.at(-2));
  expect(bytes.taken().subarray(3).toString()).toBe('y'.repeat(100_000));
});
