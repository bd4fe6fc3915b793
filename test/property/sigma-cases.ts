import { parseJsonObject } from '../../src/parse/json.ts';
import { type EventFields, parseRules, type Rule } from '../../src/sigma/index.ts';
import { anyFields } from './sigma-case-events.ts';
import { jsonLine } from './sigma-case-json.ts';
import { createRandom, type Random, repeat } from './sigma-case-random.ts';
import { casePlaceholders, ruleText } from './sigma-case-rules.ts';

/** An event twice: as it came, and as the object path reads it. */
export interface EventCase {
  readonly line: string;
  readonly fields: EventFields;
}

export interface CaseBatch {
  /** What parseRules took; refused documents are left out. */
  readonly rules: readonly Rule[];
  readonly events: readonly EventCase[];
}

export interface CaseSize {
  readonly rules: number;
  readonly events: number;
}

const depthMax = 64;

/**
 * A batch of generated rules, through the real parser, and of events that often meet or nearly meet one of them. The
 * same seed gives the same batch.
 */
export function caseBatch(seed: number, size: CaseSize): CaseBatch {
  const random = createRandom(seed);
  // One rule a file: a text of hundreds would run into the bounds of a file.
  const rules = repeat(size.rules, (i) => ruleText(random, seed * 1000 + i)).flatMap(
    (text) => parseRules(text, `seed-${seed}`, { placeholders: casePlaceholders }).rules,
  );
  return { rules, events: repeat(size.events, () => eventFor(random, rules)) };
}

/** An event for these rules, wherever they come from. */
export function eventFor(random: Random, rules: readonly Rule[]): EventCase {
  const line = jsonLine(
    random,
    anyFields(
      random,
      rules.map((rule) => rule.ir),
    ),
  );
  const event = eventOf(line);
  if (event === null) throw new Error(`the generator wrote broken JSON: ${line}`);
  return event;
}

/** A line of JSON as an event; null when it is none. */
export function eventOf(line: string): EventCase | null {
  const { object } = parseJsonObject(line, depthMax);
  return object === null ? null : { line, fields: object };
}
