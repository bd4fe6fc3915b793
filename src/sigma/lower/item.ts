import type { SigmaLimits } from '../limits.ts';
import { nearest } from '../nearest.ts';
import type { ItemTree } from '../parse/detection.ts';
import { placeInScalar } from '../parse/scalar-place.ts';
import { anyDash, anyText, normaliseParts, parseText, type TextPart } from '../parse/text-parts.ts';
import type { YamlScalar } from '../parse/yaml.ts';
import type { Position, Problems } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { latin1 } from './bytes.ts';
import { numberOf } from './compare.ts';
import type { Item, Pattern, Value } from './ir.ts';
import type { ModifierContext, Operand } from './modifier.ts';
import { itemModifiers, modifiers } from './modifiers.ts';

/** Values of placeholders by name, for `expand`. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

/** `field|modifiers: values` → item; null when something was refused. Every value is looked at first. */
export function lowerItem(
  tree: ItemTree,
  placeholders: Placeholders,
  limits: SigmaLimits,
  problems: Problems,
): Item | null {
  const names = tree.modifiers.map((modifier) => modifier.name);
  const before = problems.refusals();
  for (const { name, at } of tree.modifiers) {
    if (!modifiers.has(name) && !itemModifiers.includes(name)) {
      problems.report('modifier-unknown', at, `"${name.slice(0, 40)}" is no modifier`, nearestAdvice(name));
    }
  }
  if (problems.refusals() > before) return null;

  const written = names.filter((name) => !itemModifiers.includes(name));
  // Placeholders are part of the value as written: see expand.ts.
  const transforming = written.toSorted((a, b) => Number(b === 'expand') - Number(a === 'expand'));
  const cased = names.includes('cased');
  const values = tree.values.map((scalar) => {
    let operands: readonly Operand[] = [operandOf(scalar)];
    for (const [i, name] of transforming.entries()) {
      const context: ModifierContext = {
        modifier: name,
        earlier: transforming.slice(0, i),
        others: names.filter((other) => other !== name),
        limits,
        placeholder: (key) => (Object.hasOwn(placeholders, key) ? placeholders[key] : undefined),
        report: (code, message, advice, offset) =>
          problems.report(code, placeOf(tree, name, scalar, code, offset), message, advice),
      };
      const apply = modifiers.get(name);
      const changed = operands.map((operand) => apply?.(operand, context) ?? null);
      if (changed.includes(null)) return null;
      operands = changed.flatMap((operand) => operand ?? []);
    }
    return finish(operands, tree.field === null, cased, scalar.at, limits, problems);
  });
  if (problems.refusals() > before) return null;
  return {
    field: tree.field,
    link: names.includes('all') ? 'all' : 'any',
    negated: names.includes('neq'),
    values: values.filter((value) => value !== null),
    at: tree.at,
  };
}

/** What concerns the chain of modifiers is shown once, at the modifier; what concerns a value, at the value. */
function placeOf(tree: ItemTree, modifier: string, scalar: YamlScalar, code: ProblemCode, offset = -1): Position {
  if (offset >= 0) return placeInScalar(scalar, offset);
  if (code !== 'modifier-order' && code !== 'modifier-conflict') return scalar.at;
  return tree.modifiers.find(({ name }) => name === modifier)?.at ?? tree.at;
}

function operandOf(scalar: YamlScalar): Operand {
  const { value } = scalar;
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'text', raw: value, parts: parseText(value) };
  return { kind: 'number', text: String(value) };
}

function finish(
  operands: readonly Operand[],
  keyword: boolean,
  cased: boolean,
  at: Position,
  limits: SigmaLimits,
  problems: Problems,
): Value | null {
  const patterns: Pattern[] = [];
  for (const operand of operands) {
    const pattern = patternOf(operand, keyword, cased);
    if (typeof pattern === 'string') {
      problems.report(keyword ? 'keyword-type' : 'modifier-conflict', at, pattern);
      return null;
    }
    if (pattern.kind === 'text' && pattern.parts.filter((part) => typeof part !== 'string').length > limits.wildcards) {
      const what = pattern.parts.includes(anyDash) ? 'flags and wildcards' : 'wildcards';
      problems.report('value-wildcards', at, `the value has more than ${limits.wildcards} ${what}`);
      return null;
    }
    patterns.push(pattern);
  }
  return patterns;
}

/** The last step of a value; a text says why there is none. */
function patternOf(operand: Operand, keyword: boolean, cased: boolean): Pattern | string {
  const ends: readonly TextPart[] = keyword ? [anyText] : [];
  const text = (parts: readonly TextPart[]): Pattern => ({
    kind: 'text',
    parts: normaliseParts([...ends, ...parts, ...ends]),
    cased,
  });
  switch (operand.kind) {
    case 'text':
      return text(operand.parts);
    case 'number':
      return text([operand.text]);
    case 'boolean':
      return text([String(operand.value)]);
    case 'bytes':
      return text([latin1(operand.bytes)]);
    case 'null':
      return keyword ? 'null is no keyword' : { kind: 'null' };
    case 'field':
      return keyword ? 'fieldref needs a field' : { kind: 'field', name: operand.name, how: operand.how, cased };
    case 'time':
      return {
        kind: 'compare',
        operator: 'eq',
        number: numberOf(operand.number) ?? Number.NaN,
        part: operand.part,
      };
    case 'pattern':
      if (cased && operand.pattern.kind !== 'regex') return `cased has no meaning beside ${operand.pattern.kind}`;
      if (keyword && operand.pattern.kind === 'exists') return 'exists needs a field';
      return operand.pattern;
  }
}

/** Names the modifier that was probably meant. */
function nearestAdvice(name: string): string | undefined {
  const near = nearest(name, [...modifiers.keys(), ...itemModifiers]);
  return near === null ? undefined : `Did you mean ${near}?`;
}
