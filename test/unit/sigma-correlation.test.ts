import { describe, expect, test } from 'vitest';
import { type CorrelationIr, evaluateGroup, type Member, memberOf } from '../../src/sigma/index.ts';
import { baseRules, correlation, idOf, link } from './sigma-correlation-rows.ts';

/** The IR of a correlation over rules a, b, c with a timespan of ten seconds. */
function irOf(kind: string, condition = '', rules = '[a, b, c]'): CorrelationIr {
  const lines = `type: ${kind}\nrules: ${rules}\ngroup-by: [User]\ntimespan: 10s${condition === '' ? '' : `\ncondition: ${condition}`}`;
  const [found] = link([correlation(lines), baseRules]).correlations;
  if (found === undefined) throw new Error('refused');
  return found.ir;
}

/** `3a` is an event of second 3 that met rule a; `3a=7` has the value 7; `3ab` met both; equal seconds go by their place. */
function membersOf(ir: CorrelationIr, text: string): Member[] {
  return text.split(' ').flatMap((word, at) => {
    const [, second, letters = '', value = '1'] = /^([\d.]+)([a-d]+)(?:=(.*))?$/.exec(word) ?? [];
    return [...letters].flatMap((letter) => {
      const outcome = memberOf(
        ir,
        idOf(letter),
        { User: 'u', v: value },
        Number(second) * 1000,
        String(at).padStart(3, '0'),
      );
      return outcome.kind === 'member' ? [outcome.member] : [];
    });
  });
}

/** `3:2!` = at second 3 the value is 2 and an alert begins; `+` it goes on; `-` the condition does not hold. */
function story(ir: CorrelationIr, text: string): string {
  return evaluateGroup(ir, membersOf(ir, text))
    .map(({ timeMs, value, holds, turned }) => `${timeMs / 1000}:${value}${turned ? '!' : holds ? '+' : '-'}`)
    .join(' ');
}

describe('what an event contributes', () => {
  const ir = irOf('value_count', '{ field: [v, w], gte: 2 }', '[a]');
  const of = (fields: Record<string, unknown>) => memberOf(ir, idOf('a'), fields, 5, 'x');
  test('time, order, group and value', () => {
    expect(of({ User: 'Bob', v: 1, w: 'y' })).toEqual({
      kind: 'member',
      member: { timeMs: 5, order: 'x', reference: 0, group: ['Bob'], value: '1:11:y', number: 0, carried: [] },
    });
  });
  test.each([
    ['another rule', () => memberOf(ir, idOf('b'), { User: 'u' }, 5, 'x'), 'no-reference'],
    ['no group', () => of({ v: 1, w: 2 }), 'no-group'],
    ['a null group', () => of({ User: null, v: 1, w: 2 }), 'no-group'],
    ['an empty list as group', () => of({ User: [], v: 1, w: 2 }), 'no-group'],
    ['an object as group', () => of({ User: { x: 1 }, v: 1, w: 2 }), 'no-group'],
    ['an inherited name', () => of(Object.create({ User: 'u', v: 1, w: 2 })), 'no-group'],
    ['half a value', () => of({ User: 'u', v: 1 }), 'no-value'],
  ])('%s', (_name, outcome, kind) => expect(outcome().kind).toBe(kind));
  test.each([
    ['an empty text', { User: '' }, ['']],
    ['a number', { User: 7 }, ['7']],
    ['true', { User: true }, ['true']],
    ['a list of one', { User: ['u'] }, ['u']],
    ['a list of two', { User: ['u', null, 2] }, ['["u","2"]']],
  ])('%s as group', (_name, fields, group) => {
    const outcome = of({ ...fields, v: 1, w: 2 });
    expect(outcome.kind === 'member' && outcome.member.group).toEqual(group);
  });
  test.each([
    ['4.5', 4.5],
    [4.5, 4.5],
    ['-3', -3],
    ['1e3', 1000],
    [[7], 7],
    [[7, 8], null],
    ['seven', null],
    ['', null],
    ['0x10', null],
    [true, null],
    [' 7', null],
    ['1e291', null],
    [1e300, null],
  ])('%s as number', (value, number) => {
    const outcome = memberOf(
      irOf('value_sum', '{ field: v, gt: 1 }', '[a]'),
      idOf('a'),
      { User: 'u', v: value },
      5,
      'x',
    );
    expect(outcome.kind === 'member' ? outcome.member.number : null).toBe(number);
  });
  test('an alias is read under the name of its rule, dotted names through objects', () => {
    const lines = `type: event_count\nrules: [a, b]\ngroup-by: [who]\ntimespan: 1m\naliases: { who: { a: user.name, b: Account } }\ncondition: { gte: 2 }`;
    const [found] = link([correlation(lines), baseRules]).correlations;
    if (found === undefined) throw new Error('refused');
    const group = (rule: string, fields: Record<string, unknown>) => {
      const outcome = memberOf(found.ir, idOf(rule), fields, 1, 'x');
      return outcome.kind === 'member' ? outcome.member.group : outcome.kind;
    };
    expect(group('a', { user: { name: 'bob' }, Account: 'eve', who: 'x' })).toEqual(['bob']);
    expect(group('a', { 'user.name': 'flat', user: { name: 'bob' } })).toEqual(['flat']);
    expect(group('b', { user: { name: 'bob' }, Account: 'eve' })).toEqual(['eve']);
    expect(group('b', { who: 'x' })).toBe('no-group');
  });
});

describe('what holds when', () => {
  test.each([
    ['two of whatever rule', '{ gte: 2 }', '0a 5a 6b', '0:1- 5:2! 6:3+'],
    ['both ends are inside', '{ gte: 2 }', '0a 10a', '0:1- 10:2!'],
    ['one millisecond more is outside', '{ gte: 2 }', '0a 10.001a', '0:1- 10.001:1-'],
    ['events of one time are one instant', '{ gte: 2 }', '1a 1a 1a', '1:3!'],
    ['an event of two rules counts once', '{ gte: 2 }', '1ab 2a', '1:1- 2:2!'],
    [
      'it may turn false and true again',
      '{ gte: 3 }',
      '0a 1a 2a 11.5a 12.5a 13a',
      '0:1- 1:2- 2:3! 11.5:2- 12.5:2- 13:3!',
    ],
    ['a silence ends it though nothing turned false', '{ gte: 1 }', '0a 10a 20.001a', '0:1! 10:2+ 20.001:1!'],
    ['a range', '{ gt: 1, lte: 2 }', '0a 1a 2a', '0:1- 1:2! 2:3-'],
    ['eq', '{ eq: 2 }', '0a 1a 2a', '0:1- 1:2! 2:3-'],
    ['neq', '{ neq: 2 }', '0a 1a 2a', '0:1! 1:2- 2:3!'],
    ['lt holds from the start', '{ lt: 2 }', '0a 1a 2a', '0:1! 1:2- 2:3-'],
  ])('event_count: %s', (_name, condition, events, expected) => {
    expect(story(irOf('event_count', condition), events)).toBe(expected);
  });

  test.each([
    ['value_count', '{ field: v, gte: 2 }', '0a=x 1a=x 2a=y', '0:1- 1:1- 2:2!'],
    ['value_count', '{ field: v, gte: 2 }', '0a=x 1a=X 2a=1 3a=1.0', '0:1- 1:2! 2:3+ 3:4+'],
    ['value_sum', '{ field: v, gt: 10 }', '0a=4 1a=6 2a=1 9a=-1', '0:4- 1:10- 2:11! 9:10-'],
    ['value_sum', '{ field: v, gte: 0.3 }', '0a=0.1 1a=0.2', `0:0.1- 1:${0.1 + 0.2}!`],
    ['value_sum', '{ field: v, eq: 1 }', '0a=1e100 1a=1 2a=-1e100', '0:1e+100- 1:1e+100- 2:1!'],
    ['value_avg', '{ field: v, gte: 2.5 }', '0a=1 1a=2 2a=5', '0:1- 1:1.5- 2:2.6666666666666665!'],
    ['value_median', '{ field: v, gte: 3 }', '0a=1 1a=5 2a=9', '0:1- 1:3! 2:5+'],
    ['value_percentile', '{ field: v, percentile: 25, gte: 2 }', '0a=1 1a=5 2a=9 11.5a=9', '0:1- 1:2! 2:3+ 11.5:9+'],
    ['value_percentile', '{ field: v, percentile: 100, gt: 8 }', '0a=1 1a=9', '0:1- 1:9!'],
    ['value_sum', '{ field: v, gte: 1 }', '0a=none 1a=1', '1:1!'],
  ])('%s %s over %s', (kind, condition, events, expected) => {
    expect(story(irOf(kind, condition), events)).toBe(expected);
  });

  test.each([
    ['all, in any order', '', '0c 1b 2a', '0:1- 1:2- 2:3!'],
    ['one event may meet all', '', '0abc', '0:3!'],
    ['not within the window', '', '0a 5b 10.5c', '0:1- 5:2- 10.5:2-'],
    ['fewer are enough', '{ gte: 2 }', '0a 1a 2c', '0:1- 1:1- 2:2!'],
    ['exactly two', '{ eq: 2 }', '0a 1b 2c', '0:1- 1:2! 2:3-'],
    ['an expression', '(a or b) and not c', '0a 1c 2a 11.5a', '0:1! 1:2- 2:2- 11.5:1!'],
    ['one that names a few', 'a and b', '0c 1a 2b', '0:1- 1:2- 2:3!'],
    ['nothing but not', 'not a and not b', '0c 1a 12c', '0:1! 1:2- 12:1!'],
    ['all of them', 'all of them', '0c 1b 2a', '0:1- 1:2- 2:3!'],
  ])('temporal: %s', (_name, condition, events, expected) => {
    expect(story(irOf('temporal', condition), events)).toBe(expected);
  });

  test.each([
    ['in order', '', '0a 1b 2c', '0:1- 1:2- 2:3!'],
    ['out of order', '', '0c 1b 2a', '0:1- 1:1- 2:1-'],
    ['equal times satisfy the order', '', '1c 1b 1a', '1:3!'],
    ['one event cannot stand for two', '', '1abc', '1:1-'],
    ['three events of one time that all meet all', '', '1abc 1abc 1abc', '1:3!'],
    ['a matching is found', '', '1a 1ab 1bc', '1:3!'],
    ['and is not where there is none', '', '1c 1ab 1c', '1:2-'],
    ['others may stand between', '', '0a 1a 2c 3b 4a 5c', '0:1- 1:1- 2:2- 3:2- 4:2- 5:3!'],
    ['the first of the chain leaves the window', '', '0a 1b 10c 11c 12c', '0:1- 1:2- 10:3! 11:2- 12:1-'],
    ['a later first one keeps it going', '', '0a 5a 6b 7c 11c 16c', '0:1- 5:1- 6:2- 7:3! 11:3+ 16:2-'],
    ['any two in order', '{ gte: 2 }', '0b 1a 2c', '0:1- 1:1- 2:2!'],
    ['a then b or c', 'a and (b or c)', '0c 1a 2c 3b', '0:1- 1:2- 2:2! 3:3+'],
    ['a then b without c', 'a and b and not c', '0a 1b 2c 12b', '0:1- 1:2! 2:3- 12:2-'],
    ['the list gives the order, not the expression', 'c and a', '0c 1a 2c', '0:1- 1:2- 2:2!'],
  ])('temporal_ordered: %s', (_name, condition, events, expected) => {
    expect(story(irOf('temporal_ordered', condition), events)).toBe(expected);
  });

  test('the completing event is the last of its time by order, and the window is shown whole', () => {
    const ir = irOf('event_count', '{ gte: 3 }');
    const [, last] = evaluateGroup(ir, membersOf(ir, '2a 2b 0c'));
    expect(last?.completing).toMatchObject({ timeMs: 2000, order: '001', reference: 1 });
    expect(last?.members.map(({ order }) => order)).toEqual(['002', '000', '001']);
  });

  test('double and shuffled members change nothing', () => {
    const ir = irOf('temporal_ordered');
    const members = membersOf(ir, '0a 1b 2c 2a 3b 4c');
    const shuffled = [...members, ...members.toReversed(), ...members.slice(2, 4)];
    expect(evaluateGroup(ir, shuffled)).toEqual(evaluateGroup(ir, members));
  });

  test('no members, no instants', () => expect(evaluateGroup(irOf('temporal'), [])).toEqual([]));
});
