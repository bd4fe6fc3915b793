import { describe, expect, test } from 'vitest';
import { codes, problemsOf, verdict } from './sigma-rows.ts';

/** Selections named by the values of field a that meet them. */
const selections = 'x1: { a: x1 }\nx2: { a: x2 }\ny: { a: y }\n_p: { a: p }\n';
const met = (condition: string, values: string[]) => verdict(`${selections}condition: ${condition}`, { a: values });

describe('precedence and selectors', () => {
  test.each<readonly [string, string[], boolean]>([
    ['x1', ['x1'], true],
    ['not x1', [], true],
    ['x1 or x2 and y', ['x1'], true],
    ['(x1 or x2) and y', ['x1'], false],
    ['not x1 and x2', ['x2'], true],
    ['not (x1 and x2)', ['x1'], true],
    ['not not x1', ['x1'], true],
    ['not x1 or y', ['x1', 'y'], true],
    ['1 of x*', ['x2'], true],
    ['any of x*', ['x2'], true],
    ['all of x*', ['x2'], false],
    ['all of x*', ['x1', 'x2'], true],
    ['1 of them', ['p'], false],
    ['all of them', ['x1', 'x2', 'y'], true],
    ['all of _*', ['p'], true],
    ['y and not 1 of x*', ['y', 'x1'], false],
    ['not all of x*', ['x1'], true],
    ['1 of *1', ['x1'], true],
    ['1 of x1', ['x1'], true],
    ['[x1, y]', ['y'], true],
    ['"x1"', ['x1'], true],
    ['|-\n  x1 and\n  x2', ['x1', 'x2'], true],
  ])('%s on %j is %s', (condition, values, answer) => {
    expect(met(condition, values)).toBe(answer);
  });
  test('a selection may be called like a keyword with other letters around it', () => {
    expect(verdict('android: { a: x }\nnotx: { a: y }\ncondition: android and not notx', { a: 'x' })).toBe(true);
  });
});

describe('refused conditions, each with its place', () => {
  // Line 1 of the condition is line 10 of the rule; the text begins at column 14.
  test.each<readonly [string, string, number]>([
    ['x1 and', 'condition-syntax', 20],
    ['and x1', 'condition-syntax', 14],
    ['x1 x2', 'condition-syntax', 17],
    ['(x1 or x2', 'condition-syntax', 23],
    ['x1)', 'condition-syntax', 16],
    ['x1 and not', 'condition-syntax', 24],
    ['x1 or nobody', 'condition-undefined', 20],
    ['x1 or 1 of z*', 'condition-empty-selector', 25],
    ['x1 or 3 of x*', 'condition-count', 20],
    ['x*', 'condition-syntax', 14],
    ['1 of', 'condition-syntax', 18],
    ['x1 | count() > 3', 'condition-aggregation', 17],
    ['x1 AND x2', 'condition-keyword-case', 17],
    ['x1 & x2', 'condition-syntax', 17],
  ])('%s: %s at column %i', (condition, code, column) => {
    const problems = problemsOf(`${selections}condition: ${condition}`);
    expect(problems.map(({ code, line, column }) => ({ code, line, column }))).toEqual([{ code, line: 10, column }]);
  });
  test('a block condition counts lines from its text', () => {
    expect(problemsOf(`${selections}condition: |-\n  x1 or\n  nobody`)[0]).toMatchObject({
      code: 'condition-undefined',
      line: 12,
    });
  });
  test('no condition, an empty one, one that is no text', () => {
    expect(codes('sel: { a: x }\ncondition: ')).toEqual(['condition-type']);
    expect(codes('sel: { a: x }\ncondition: []')).toEqual(['condition-missing']);
    expect(codes('sel: { a: x }\ncondition: { x: y }')).toEqual(['condition-type']);
  });
});

describe('selections', () => {
  test.each<readonly [string, Record<string, unknown>, boolean]>([
    ['sel:\n  - a: x\n    b: y\n  - a: z', { a: 'x' }, false],
    ['sel:\n  - a: x\n    b: y\n  - a: z', { a: 'z' }, true],
    ['sel:\n  - [needle]\n  - a: z', { b: 'a needle' }, true],
    ['sel:\n  - needle\n  - a: z', { a: 'z' }, true],
    ['sel: needle', { b: 'a needle' }, true],
    ["sel: { '': needle }", { b: 'a needle' }, true],
    ['sel: { "|contains": needle }', { b: 'a needle' }, true],
    ['sel: { "a b": x }', { 'a b': 'x' }, true],
    ['sel: &s { a: x }\nother: *s\ncondition: other', { a: 'x' }, true],
  ])('%s on %j is %s', (detection, fields, answer) => {
    expect(verdict(detection, fields)).toBe(answer);
  });
  test.each([
    ['sel: {}', 'selection-empty'],
    ['sel: []', 'selection-empty'],
    ['sel:', 'selection-empty'],
    ['sel: { a: { b: c } }', 'value-type'],
    ['sel: { a: [[x]] }', 'value-type'],
    ['sel: { a: x }\ntimeframe: 5m', 'timeframe-ignored'],
    [`sel: { a: ${'x'.repeat(70_000)} }`, 'value-too-long'],
  ])('%s: %s', (detection, code) => expect(codes(detection)).toEqual([code]));
});
