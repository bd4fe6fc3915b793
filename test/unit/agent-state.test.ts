import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../src/agent/position.ts';
import { openState, type StateFile } from '../../src/agent/state.ts';

let dir = '';
let told: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-state-'));
  told = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const names = ['state.json', 'state.copy.json'] as const;
const at = (name: string): string => path.join(dir, name);
const open = (): StateFile => openState(dir, ['["/a"]'], (what) => told.push(what));
const position = (stream: number, offset: number): Position => ({
  stream,
  path: `/var/log/nhật-ký-${stream}.log`,
  id: `1:${stream}`,
  head: { bytes: 4, hash: 'x' },
  offset,
  header: '',
  cursor: '',
  seenMs: 0,
});
const offsets = (state: StateFile): number[][] => [...state.positions.values()].map((p) => [p.stream, p.offset]);

/** What is known at first, then moved, forgotten and added, each in a save of its own. */
function fill(): void {
  const state = open();
  state.save({ positions: [position(1, 0), position(2, 0), position(3, 0)], gone: [] });
  state.save({ positions: [position(1, 10)], gone: [] });
  state.save({ positions: [position(4, 7)], gone: [2] });
  state.save({ positions: [position(1, 30)], gone: [] });
}
const all = [
  [1, 30],
  [3, 0],
  [4, 7],
];

describe('what the agent remembers', () => {
  it('is new, then known with its name and inputs', () => {
    const first = open();
    expect([first.isNew, first.inputsBefore, first.positions.size]).toEqual([true, [], 0]);
    first.save({ positions: [], gone: [] });
    expect(first.isNew).toBe(false);
    const second = open();
    expect([second.isNew, second.inputsBefore, second.agent]).toEqual([false, ['["/a"]'], first.agent]);
  });

  it('holds what changed last, over several runs', () => {
    fill();
    expect(offsets(open())).toEqual(all);
    open().save({ positions: [position(3, 5)], gone: [4] });
    expect(offsets(open())).toEqual([
      [1, 30],
      [3, 5],
    ]);
    expect(told).toEqual([]);
  });

  for (const [i, name] of names.entries()) {
    it(`survives any damage of ${name}`, () => {
      fill();
      const bytes = readFileSync(at(name));
      for (let place = 0; place < bytes.length; place += 7) {
        const spoilt = Buffer.from(bytes);
        spoilt.fill(0x58, place, Math.min(place + 5, bytes.length));
        for (const damaged of [spoilt, bytes.subarray(0, place)]) {
          writeFileSync(at(name), damaged);
          expect([place, offsets(open())]).toEqual([place, all]);
        }
      }
      rmSync(at(name));
      expect(offsets(open())).toEqual(all);
      expect(told.every((what) => what === `${at(names[i] ?? '')} is damaged`)).toBe(true);
      expect(told.length).toBeGreaterThan(100);
    });
  }

  it('of a kill while it was written, in both copies, is what was known before', () => {
    fill();
    for (const name of names) truncateSync(at(name), statSync(at(name)).size - 3);
    const state = open();
    expect(offsets(state)).toEqual([
      [1, 10],
      [3, 0],
      [4, 7],
    ]);
    expect(told).toEqual([]);
    // What is written from here on does not stand behind half a line.
    state.save({ positions: [position(1, 40)], gone: [] });
    state.save({ positions: [position(1, 50)], gone: [] });
    expect(offsets(open())[0]).toEqual([1, 50]);
  });

  it('is nothing when both copies are damaged at their start, and that is said', () => {
    fill();
    for (const name of names) truncateSync(at(name), 60);
    expect(open().isNew).toBe(true);
    expect(told.at(-1)).toContain('both copies of the state are damaged');
  });

  it('of ten thousand files costs what changed, and does not grow for ever', () => {
    const state = open();
    state.save({ positions: Array.from({ length: 10_000 }, (_, stream) => position(stream, 0)), gone: [] });
    const before = statSync(at('state.json')).size;
    state.save({ positions: [position(5, 1)], gone: [] });
    expect(statSync(at('state.json')).size - before).toBeLessThan(400);
    const many = Array.from({ length: 1000 }, (_, stream) => position(stream, 2));
    for (let i = 0; i < 30; i++) state.save({ positions: many, gone: [] });
    expect(statSync(at('state.json')).size).toBeLessThan(2.2 * before + 65_536);
    expect(open().positions.size).toBe(10_000);
  });
});
