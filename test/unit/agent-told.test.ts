import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTold } from '../../src/agent/told.ts';
import type { AgentInput } from '../../src/model/agent.ts';

let dir = '';
let said: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-told-'));
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = () => openTold(dir, (what) => void said.push(what));
const input = (o: Partial<AgentInput>): AgentInput => ({
  ...{ paths: ['/x'], exclude: [], source: '', parser: '', begin: 'end' },
  ...o,
});

describe('the parser that records are cut by', () => {
  for (const [name, parsers, asked, want, from] of [
    ['of the token’s own source', { '': 'java' }, {}, 'java', 'source'],
    ['of a source that it may write as', { '': 'auto', qlvb: 'java' }, { source: 'qlvb' }, 'java', 'source'],
    [
      'of a source that is not its to use: its own, as the server stores it',
      { '': 'java' },
      { source: 'x' },
      'java',
      'source',
    ],
    ['of a source that is pinned to nothing, beside one that is', { '': 'java', x: 'auto' }, { source: 'x' }, '', ''],
    ['that the agent was set to', { '': 'java' }, { parser: 'mysql-slow' }, 'mysql-slow', 'agent'],
    ['that the agent was set to do without', { '': 'java' }, { parser: 'auto' }, 'auto', 'agent'],
    ['of a newer platform', { '': 'tomorrow' }, {}, '', ''],
    ['of nothing told', {}, {}, '', ''],
  ] as const) {
    it(name, () => {
      const told = open();
      told.take(parsers);
      for (const each of [told, open()])
        expect([each.parserOf(input(asked)), each.fromOf(input(asked))]).toEqual([want, from]);
    });
  }

  it('is told when it is another, and not again; what is not known here is a problem until it is over', () => {
    const told = open();
    expect([told.take({ '': 'auto' }), told.take({ '': 'auto' }), told.take({ '': 'java' })]).toEqual([
      true,
      false,
      true,
    ]);
    expect(said).toEqual(['its own source is read by java from now on']);
    told.take({ '': 'tomorrow' });
    expect(told.problem).toContain('tomorrow');
    expect(open().problem).toContain('tomorrow');
    told.take({ '': 'auto' });
    expect(told.problem).toBe('');
  });

  for (const [name, answer] of [
    ['nothing', null],
    ['a list', ['java']],
    ['a number for a parser', { '': 3 }],
    ['an endless name', { '': 'x'.repeat(201) }],
    ['more sources than there are', Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, 'java']))],
  ] as const) {
    it(`is not taken from ${name}`, () => {
      const told = open();
      told.take({ '': 'java' });
      expect(told.take(answer)).toBe(false);
      expect(told.parserOf(input({}))).toBe('java');
    });
  }

  it('is asked for anew when what was kept is damaged', () => {
    open().take({ '': 'java' });
    const place = path.join(dir, 'parsers.json');
    writeFileSync(place, readFileSync(place, 'utf8').replace('java', 'jafa'));
    const told = open();
    expect([told.parserOf(input({})), said.at(-1)]).toEqual(['', expect.stringContaining('damaged')]);
  });

  it('holds though the disk does not take it', () => {
    const told = openTold(path.join(dir, 'gone'), (what) => void said.push(what));
    expect([told.take({ '': 'java' }), told.parserOf(input({}))]).toEqual([true, 'java']);
    expect(said.at(-1)).toContain('cannot be kept');
  });
});
