import type { FieldComparison, Item, Pattern } from '../lower/ir.ts';
import type { EventView, FieldSlot } from './event-view.ts';
import { compileGlob } from './glob.ts';
import { LiteralIndex } from './literal-index.ts';
import { compareTexts } from './reference.ts';
import { shapeOf } from './text-shape.ts';
import { plainTest, type TextTest } from './text-test.ts';

/** From this many literals on, one scan is cheaper than one search a literal. */
const indexedLiteralsMin = 24;

/** An item of any number of rules, with its answer for the present event. */
export class ItemTest {
  readonly #view: EventView;
  readonly #slot: FieldSlot | null;
  readonly #groups: readonly PatternGroup[];
  readonly #negated: boolean;
  /** Rough cost of one evaluation; cheap tests go first where order does not matter. */
  readonly cost: number;
  #generation = 0;
  #met = false;

  constructor(item: Item, view: EventView) {
    this.#view = view;
    this.#slot = item.field === null ? null : view.slot(item.field);
    this.#negated = item.negated;
    // Any of several values is one group; all of them is a group each.
    const lists = item.link === 'all' ? item.values : [item.values.flat()];
    this.#groups = lists.map((patterns) => new PatternGroup(patterns, view));
    this.cost = this.#groups.reduce((sum, group) => sum + group.cost, item.field === null ? 20 : 0);
  }

  /** Whether the present event meets the item; found out once an event. */
  met(): boolean {
    const { generation } = this.#view;
    if (this.#generation === generation) return this.#met;
    this.#generation = generation;
    this.#met = this.#evaluate() !== this.#negated;
    return this.#met;
  }

  #evaluate(): boolean {
    const slot = this.#slot;
    const view = this.#view;
    const exists = slot === null || slot.generation === view.generation;
    const from = slot === null ? 0 : slot.from;
    const to = slot === null ? view.leafCount : exists ? slot.to : slot.from;
    const present = slot === null ? to > 0 : exists && slot.present;
    for (const group of this.#groups) if (!group.met(exists, present, from, to)) return false;
    return true;
  }
}

interface Reference {
  readonly slot: FieldSlot;
  readonly how: FieldComparison;
  readonly cased: boolean;
}

/** Alternatives, sorted by how they are tested. */
class PatternGroup {
  readonly #view: EventView;
  readonly #exact = new Set<string>();
  readonly #prefixes: string[] = [];
  readonly #suffixes: string[] = [];
  readonly #contained: string[] = [];
  readonly #foldedTests: TextTest[] = [];
  readonly #rawTests: TextTest[] = [];
  readonly #references: Reference[] = [];
  #index: LiteralIndex | null = null;
  #whenPresent = false;
  #whenAbsent = false;
  #whenExists = false;
  #whenMissing = false;
  cost = 0;

  constructor(patterns: readonly Pattern[], view: EventView) {
    this.#view = view;
    for (const pattern of patterns) this.#add(pattern);
    if (this.#contained.length >= indexedLiteralsMin) {
      this.#index = new LiteralIndex();
      for (const text of this.#contained) this.#index.add('contains', text);
      this.#index.build();
      this.#contained.length = 0;
    }
  }

  #add(pattern: Pattern): void {
    switch (pattern.kind) {
      case 'null':
        this.#whenAbsent = true;
        return;
      case 'exists':
        if (pattern.expected) this.#whenExists = true;
        else this.#whenMissing = true;
        return;
      case 'field':
        this.#references.push({ slot: this.#view.slot(pattern.name), how: pattern.how, cased: pattern.cased });
        this.cost += 5;
        return;
      case 'text':
        this.#addText(pattern.parts, pattern.cased);
        return;
      default:
        this.#rawTests.push(plainTest(pattern));
        this.cost += pattern.kind === 'regex' ? 50 : 5;
    }
  }

  #addText(parts: Extract<Pattern, { kind: 'text' }>['parts'], cased: boolean): void {
    const shape = shapeOf(parts, cased);
    this.cost += shape.kind === 'glob' ? 5 : 1;
    if (shape.kind === 'present') this.#whenPresent = true;
    else if (cased) this.#rawTests.push(compileGlob(parts, true));
    else if (shape.kind === 'glob') this.#foldedTests.push(compileGlob(parts, false));
    else if (shape.kind === 'exact') this.#exact.add(shape.text);
    else if (shape.kind === 'prefix') this.#prefixes.push(shape.text);
    else if (shape.kind === 'suffix') this.#suffixes.push(shape.text);
    else this.#contained.push(shape.text);
  }

  met(exists: boolean, present: boolean, from: number, to: number): boolean {
    if (present ? this.#whenPresent : this.#whenAbsent) return true;
    if (exists ? this.#whenExists : this.#whenMissing) return true;
    for (let i = from; i < to; i++) if (this.#metBy(i)) return true;
    return false;
  }

  #metBy(i: number): boolean {
    const folded = this.#view.folded(i);
    if (this.#exact.size > 0 && this.#exact.has(folded)) return true;
    for (const text of this.#suffixes) if (folded.endsWith(text)) return true;
    for (const text of this.#prefixes) if (folded.startsWith(text)) return true;
    for (const text of this.#contained) if (folded.includes(text)) return true;
    if (this.#index?.has(folded)) return true;
    for (const test of this.#foldedTests) if (test(folded)) return true;
    const raw = this.#view.text(i);
    for (const test of this.#rawTests) if (test(raw)) return true;
    for (const reference of this.#references) if (this.#equalsOther(reference, raw, folded)) return true;
    return false;
  }

  #equalsOther({ slot, how, cased }: Reference, raw: string, folded: string): boolean {
    const view = this.#view;
    if (slot.generation !== view.generation) return false;
    for (let i = slot.from; i < slot.to; i++) {
      if (cased ? compareTexts(raw, how, view.text(i)) : compareTexts(folded, how, view.folded(i))) return true;
    }
    return false;
  }
}
