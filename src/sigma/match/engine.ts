import type { Clues } from './clue.ts';
import type { EventView, FieldSlot } from './event-view.ts';
import type { EventFields } from './field-content.ts';
import { LiteralIndex } from './literal-index.ts';
import { isMet, type Node } from './node.ts';

/** A rule as an engine takes it. */
export interface CompiledRule {
  readonly index: number;
  readonly node: Node;
  readonly clues: Clues;
}

/** A set of rules held against one event after the other; indexes come back ascending. */
export type Engine = (fields: EventFields) => number[];

/** What a field's being there, or a literal in it, makes worth looking at. */
interface FieldWatch {
  readonly slot: FieldSlot | null;
  readonly literals: LiteralIndex;
  /** Rules by literal number. */
  readonly rulesOf: number[][];
  readonly rulesWhenThere: number[];
}

/**
 * Arranges rules by their clues. For an event, the clues that turn up name the candidates, and each candidate is
 * decided by its tree; rules without clues are candidates always.
 */
export function createEngine(rules: readonly CompiledRule[], view: EventView): Engine {
  const watches = new Map<FieldSlot | null, FieldWatch>();
  const always: number[] = [];
  for (const [position, { clues }] of rules.entries()) {
    if (clues === null) {
      always.push(position);
      continue;
    }
    for (const clue of clues.any) {
      const slot = clue.field === null ? null : view.slot(clue.field);
      const watch = watchOf(slot);
      if (clue.kind === 'there') watch.rulesWhenThere.push(position);
      else {
        const id = watch.literals.add(clue.kind, clue.text);
        const list = watch.rulesOf[id];
        if (list === undefined) watch.rulesOf[id] = [position];
        else list.push(position);
      }
    }
  }
  for (const watch of watches.values()) watch.literals.build();

  const bySlot: (FieldWatch | undefined)[] = [];
  for (const [slot, watch] of watches) if (slot !== null) bySlot[slot.index] = watch;
  const anywhere = watches.get(null);
  const indexes = Int32Array.from(rules, (rule) => rule.index);
  const nodes = rules.map((rule) => rule.node);
  // Doubles, because 32 bits of generations are used up in a day and a half at 20,000 events a second.
  const looked = new Float64Array(rules.length);
  const candidates: number[] = [];
  const found: number[] = [];

  return (fields) => {
    view.open(fields);
    candidates.length = 0;
    for (const slot of view.filled) {
      const watch = bySlot[slot.index];
      if (watch !== undefined) look(watch, slot.from, slot.to);
    }
    if (anywhere !== undefined) look(anywhere, 0, view.leafCount);
    propose(always);
    const met: number[] = [];
    for (const position of candidates) {
      const node = nodes[position];
      if (node !== undefined && isMet(node)) met.push(indexes[position] ?? 0);
    }
    return met.length > 1 ? met.sort((a, b) => a - b) : met;
  };

  function watchOf(slot: FieldSlot | null): FieldWatch {
    const known = watches.get(slot);
    if (known !== undefined) return known;
    const watch = { slot, literals: new LiteralIndex(), rulesOf: [], rulesWhenThere: [] };
    watches.set(slot, watch);
    return watch;
  }

  function look(watch: FieldWatch, from: number, to: number): void {
    propose(watch.rulesWhenThere);
    if (watch.literals.size === 0) return;
    watch.literals.reset();
    found.length = 0;
    for (let i = from; i < to; i++) watch.literals.scan(view.folded(i), found);
    for (const id of found) propose(watch.rulesOf[id] ?? []);
  }

  function propose(positions: readonly number[]): void {
    const { generation } = view;
    for (const position of positions) {
      if (looked[position] === generation) continue;
      looked[position] = generation;
      candidates.push(position);
    }
  }
}
