import type { Pattern } from '../lower/ir.ts';
import { anyText, type TextPart } from '../parse/text-parts.ts';
import { isAscii } from './classes.ts';
import { eventText } from './event-text.ts';
import type { Facts } from './facts.ts';
import { isFreeText } from './free-text.ts';

/** A truth with more literals than this is better looked for by an automaton, however common they are. */
const literalsMax = 8;
/** Hits of a literal in a value of usual length from which on it is common. */
const commonHits = 0.1;
const usualLength = 60;
/** Shorter literals than this count as common: without them an automaton can do by windows of several characters. */
const shortLength = 4;

/**
 * Truths that would be marked in event after event and yet make no rule a candidate: a dash, a digit, `.exe` somewhere
 * in a command line. They are left out of the automata and found out by a slow test when a program asks for them. Adds
 * those tests to the facts; gives their numbers by truth. Fields whose values repeat keep theirs: there the value cache
 * marks them for next to nothing.
 */
export function lazyTruths(facts: Facts, isTrigger: (truth: number) => boolean): Map<number, number> {
  const tests = new Map<number, number>();
  const freeTexts = facts.fields.filter((field) => isFreeText(field.name));
  for (const { index: field, literals } of [{ index: -1, literals: facts.keywords }, ...freeTexts]) {
    const counts = new Map<number, number>();
    for (const kind of ['exact', 'prefix', 'suffix', 'contains'] as const) {
      for (const truths of literals.of(kind).values()) {
        for (const truth of truths) counts.set(truth, (counts.get(truth) ?? 0) + 1);
      }
    }
    const common = new Set<number>();
    for (const [text, truths] of literals.of('contains')) {
      const isShort = text.length < shortLength;
      if (!isAscii(text) || (!isShort && eventText.chanceOf(text) * usualLength < commonHits)) continue;
      for (const truth of truths) if (!isTrigger(truth) && (counts.get(truth) ?? 0) <= literalsMax) common.add(truth);
    }
    if (common.size === 0) continue;
    for (const [truth, patterns] of patternsOf(facts, field, common)) {
      tests.set(truth, facts.slow.length);
      facts.slow.push({ field, patterns });
      const named = facts.fields[field];
      if (named !== undefined) named.valuesWanted = true;
    }
  }
  return tests;
}

function patternsOf(facts: Facts, field: number, wanted: ReadonlySet<number>): Map<number, Pattern[]> {
  const literals = facts.fields[field]?.literals ?? facts.keywords;
  const found = new Map<number, Pattern[]>();
  for (const kind of ['exact', 'prefix', 'suffix', 'contains'] as const) {
    for (const [text, truths] of literals.of(kind)) {
      const parts: TextPart[] = text === '' ? [] : [text];
      if (kind === 'contains' || kind === 'suffix') parts.unshift(anyText);
      if (kind === 'contains' || kind === 'prefix') parts.push(anyText);
      for (const truth of truths) {
        if (!wanted.has(truth)) continue;
        const patterns = found.get(truth);
        const pattern: Pattern = { kind: 'text', parts, cased: false };
        if (patterns === undefined) found.set(truth, [pattern]);
        else patterns.push(pattern);
      }
    }
  }
  return found;
}
