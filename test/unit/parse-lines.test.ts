import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineJoiner, type JoinRule } from '../../src/parse/multi-line.ts';
import { createRecordCutter } from '../../src/parse/record-cutter.ts';

const dated: JoinRule = { isStart: (line) => line.startsWith('>') };

function join(lines: readonly string[], limits?: { linesMax: number; charsMax: number }): string[] {
  const joiner = createLineJoiner(dated, limits);
  const out = lines.flatMap((line, at) => joiner.push(line, at).map(({ text }) => text));
  const last = joiner.flush();
  return last === null ? out : [...out, last.text];
}

describe('lines joined to records', () => {
  it('a record goes on until the next one begins', () => {
    expect(join(['>a', ' b', ' c', '>d'])).toEqual(['>a\n b\n c', '>d']);
  });
  it('what comes before the first beginning is a record, too', () => {
    expect(join([' x', '>a'])).toEqual([' x', '>a']);
  });
  it('beyond a limit it is cut, and goes on as one of its own', () => {
    const joiner = createLineJoiner(dated, { linesMax: 2, charsMax: 100 });
    expect(joiner.push('>a', 0)).toEqual([]);
    expect(joiner.push('b', 0)).toEqual([]);
    expect(joiner.push('c', 0)).toEqual([{ text: '>a\nb', lines: 2, isCut: true }]);
    expect(joiner.push('>d', 0)).toEqual([{ text: 'c', lines: 1, isCut: false }]);
  });
  it('a line over the limit waits for nothing', () => {
    const joiner = createLineJoiner(dated, { linesMax: 9, charsMax: 4 });
    expect(joiner.push('>a', 0)).toEqual([]);
    expect(joiner.push('bbbbbbbb', 0).map(({ text }) => text)).toEqual(['>a', 'bbbbbbbb']);
    expect(joiner.heldSinceMs).toBeNull();
  });
  it('the caller says how old what is held is', () => {
    const joiner = createLineJoiner(dated);
    joiner.push('>a', 1_000);
    expect(joiner.heldSinceMs).toBe(1_000);
    joiner.push(' b', 2_000);
    expect(joiner.heldSinceMs).toBe(2_000);
    expect(joiner.flush()?.text).toBe('>a\n b');
    expect([joiner.heldSinceMs, joiner.flush()]).toEqual([null, null]);
  });
  it('no line is lost, doubled or moved, whatever the limits', () => {
    const line = fc.constantFrom('>a', ' b', '', '>', 'cccccccccccc');
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 }), (lines, l, c) => {
        expect(join(lines, { linesMax: l, charsMax: c }).join('\n')).toBe(lines.join('\n'));
      }),
    );
  });
});

describe('what a reader of a file remembers', () => {
  function records(parser: string, lines: readonly string[]): string[] {
    const cutter = createRecordCutter(parser);
    const all = [...lines.flatMap((line) => cutter.push(line, 0)), ...cutter.end()];
    return all.map(({ header, text }) => (header === '' ? text : `${header} → ${text}`));
  }
  it('the fields in force', () => {
    const lines = ['#Software: x', '#Fields: a b', '1 2', '#Fields: c', '3'];
    expect(records('auto', lines)).toEqual(['#Fields: a b → 1 2', '#Fields: c → 3']);
  });
  it('a remark is no directive, a header line is the first that is not blank', () => {
    expect(records('auto', ['# hello', 'x'])).toEqual(['# hello', 'x']);
    expect(records('csv', ['', 'a,b', '1,2'])).toEqual(['', 'a,b → 1,2']);
    expect(records('iis', ['#Software: x', '#Fields: a b', '1 2'])).toEqual(['#Fields: a b → 1 2']);
  });
  it.each([
    ['a time first', '2026-11-22 09:15:02,login,hanh'],
    ['an empty cell', 'login,,hanh'],
    ['a value twice', 'login,a,a'],
    ['one cell', 'login'],
  ])('a first line of a stream that is a row stays one: %s', (_name, row) => {
    expect(records('csv', [row, 'a,b'])).toEqual([row, 'a,b']);
    const goesOn = createRecordCutter('csv', 'x,y');
    expect(goesOn.push(row, 0)).toEqual([{ text: row, header: 'x,y', lines: 1 }]);
  });
  it('entries of the slow log: the time belongs to the user line behind it', () => {
    const lines = ['# Time: 1', '# User@Host: a', 'select 1;', '# User@Host: b', 'select 2;'];
    expect(records('mysql-slow', lines)).toEqual(['# Time: 1\n# User@Host: a\nselect 1;', '# User@Host: b\nselect 2;']);
  });
});
