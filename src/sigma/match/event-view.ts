import { canonicalText } from '../canonical.ts';
import { fold } from '../fold.ts';
import { addValues, contentOf, type EventFields, type FieldContent, leafTexts } from './field-content.ts';

/**
 * One event as the evaluator reads it: its values as texts, each folded at most once, and which of them belong to the
 * fields that rules name. One view serves event after event; a number (the generation) tells old content from new.
 */
export class EventView {
  generation = 0;
  fields: EventFields = {};
  /** Slots that the present event fills. */
  readonly filled: FieldSlot[] = [];
  /** The first `leafCount` texts are all values of the event; those behind are repeats for nested fields. */
  leafCount = 0;
  readonly #texts: string[] = [];
  readonly #folded: (string | undefined)[] = [];
  #used = 0;
  readonly #slots = new Map<string, FieldSlot>();
  readonly #dotted: FieldSlot[] = [];

  /** The slot of a field name; the same name has the same slot. */
  slot(name: string): FieldSlot {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = new FieldSlot(name, this.#slots.size);
    this.#slots.set(name, slot);
    if (name.includes('.')) this.#dotted.push(slot);
    return slot;
  }

  /** Takes in the next event. */
  open(fields: EventFields): void {
    this.generation++;
    this.fields = fields;
    this.filled.length = 0;
    this.#used = 0;
    let nested = false;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      const slot = this.#slots.get(key);
      const text = canonicalText(value);
      const from = this.#used;
      if (text !== null) this.#push(text);
      else if (value !== null && value !== undefined) nested = this.#openStructure(value) || nested;
      if (slot === undefined) continue;
      if (text !== null || value === null || value === undefined) this.#fill(slot, from, text !== null);
      else slot.structure = value;
    }
    this.leafCount = this.#used;
    if (nested) this.#fillNested();
  }

  /** Text number `i`, folded. */
  folded(i: number): string {
    const known = this.#folded[i];
    if (known !== undefined) return known;
    const folded = fold(this.#texts[i] ?? '');
    this.#folded[i] = folded;
    return folded;
  }

  /** Text number `i`, as it came. */
  text(i: number): string {
    return this.#texts[i] ?? '';
  }

  /** Pushes the leaves of a list or object; true, since slots must then be filled by their content. */
  #openStructure(value: unknown): boolean {
    const texts: string[] = [];
    leafTexts(value, texts, 1);
    for (const text of texts) this.#push(text);
    return true;
  }

  /** Lists and objects: the slots of their own names, then dotted names that lead into them. */
  #fillNested(): void {
    for (const slot of this.#slots.values()) {
      if (slot.structure === undefined) continue;
      const content: FieldContent = { exists: true, present: false, texts: [] };
      addValues(slot.structure, content, 0);
      slot.structure = undefined;
      this.#fillContent(slot, content);
    }
    for (const slot of this.#dotted) {
      if (slot.generation === this.generation) continue;
      const content = contentOf(this.fields, slot.name);
      if (content.exists) this.#fillContent(slot, content);
    }
  }

  #fillContent(slot: FieldSlot, content: FieldContent): void {
    const from = this.#used;
    for (const text of content.texts) this.#push(text);
    this.#fill(slot, from, content.present);
  }

  #fill(slot: FieldSlot, from: number, present: boolean): void {
    slot.generation = this.generation;
    slot.present = present;
    slot.from = from;
    slot.to = this.#used;
    this.filled.push(slot);
  }

  #push(text: string): void {
    this.#texts[this.#used] = text;
    this.#folded[this.#used] = undefined;
    this.#used++;
  }
}

/** What the present event holds under one name; valid only when `generation` is the view's. */
export class FieldSlot {
  readonly name: string;
  readonly index: number;
  generation = 0;
  present = false;
  /** Texts [from, to) of the view. */
  from = 0;
  to = 0;
  /** A list or object waiting to be read. */
  structure: unknown = undefined;

  constructor(name: string, index: number) {
    this.name = name;
    this.index = index;
  }
}
