import type { FieldValue } from '../model/event.ts';
import type { Selector } from '../model/mapping.ts';
import type { ParsedRecord } from '../model/record.ts';

/** What a selector finds in a record; undefined for a field that is not there. */
export type SelectorReader = (record: ParsedRecord, parser: string) => FieldValue | undefined;

/** An own field of a record, `__proto__` and the like included. */
export function ownField(fields: Readonly<Record<string, FieldValue>>, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function readerOf(selector: Selector): SelectorReader {
  switch (selector) {
    case 'parser':
      return (_record, parser) => parser;
    case 'program':
      return (record) => record.program;
    case 'channel':
      return (record) => record.channel;
    case 'provider':
      return (record) => record.provider;
    case 'event_id':
      return (record) => record.eventId;
    default: {
      const name = selector.slice(selector.indexOf(':') + 1);
      if (selector.startsWith('has:')) return (record) => (Object.hasOwn(record.fields, name) ? 'true' : 'false');
      return (record) => ownField(record.fields, name);
    }
  }
}

/** Spellings kept by a selector, so that a known one costs one lookup and no lower-casing. */
const spellingsMax = 2_048;
const spellingCharsMax = 128;
/** Lists that hold several named values at once; what comes beyond is resolved anew each time. */
const compositesMax = 256;

/**
 * Sorts what a selector finds into the few classes that rules can tell apart: 0 for texts that no rule names, one for
 * each named text, and one for each set of named texts that a list held together. Bounded, whatever the records hold.
 */
export class ValueClasses {
  /** Named texts each class stands for. */
  readonly #members: (readonly string[])[] = [[]];
  readonly #named = new Map<string, number>();
  readonly #bySpelling = new Map<string, number>();
  readonly #composites = new Map<string, number>();

  constructor(named: Iterable<string>) {
    for (const text of named) {
      if (this.#named.has(text)) continue;
      this.#named.set(text, this.#members.length);
      this.#members.push([text]);
    }
  }

  /** Lower-cased named texts of a class. */
  members(id: number): readonly string[] {
    return this.#members[id] ?? [];
  }

  /** Class of a value; -1 when it would be one class too many. */
  of(value: FieldValue | undefined): number {
    if (typeof value === 'string') return this.#bySpelling.get(value) ?? this.#learn(value);
    if (typeof value === 'number' || typeof value === 'boolean') return this.of(String(value));
    return Array.isArray(value) && value.length > 0 ? this.#ofList(value) : this.of('');
  }

  #learn(text: string): number {
    const id = this.#named.get(text.toLowerCase()) ?? 0;
    if (this.#bySpelling.size < spellingsMax && text.length <= spellingCharsMax) {
      // A part of a line would keep the whole line in memory; this makes a text of its own.
      this.#bySpelling.set(JSON.parse(JSON.stringify(text)) as string, id);
    }
    return id;
  }

  #ofList(list: readonly FieldValue[]): number {
    const found = new Set<number>();
    for (const member of list) {
      const id = typeof member === 'object' ? 0 : this.of(member);
      if (id > 0) found.add(id);
    }
    const [first = 0] = found;
    if (found.size <= 1) return first;
    const key = [...found].sort((a, b) => a - b).join(' ');
    const known = this.#composites.get(key);
    if (known !== undefined || this.#composites.size >= compositesMax) return known ?? -1;
    const id = this.#members.length;
    this.#members.push([...found].flatMap((each) => this.members(each)));
    this.#composites.set(key, id);
    return id;
  }

  /** Named texts of a value that has no class of its own. */
  membersOf(value: FieldValue | undefined): readonly string[] {
    const list = Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? '' : value];
    return list.flatMap((member) => this.members(Math.max(0, this.of(member))));
  }
}
