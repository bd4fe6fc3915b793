import { joinRuleOf } from '../parse/index.ts';
import { createLineJoiner, type JoinedRecord } from '../parse/multi-line.ts';

/** An entry of a request, and how many of the client's it stands for. */
export interface EntryRecord<T> {
  readonly entry: T;
  readonly entries: number;
}

export interface EntryShape<T> {
  /** null: not a line of text, which belongs to no record. */
  textOf(entry: T): string | null;
  /** Whether one may go on what the other began. */
  isAlike(a: T, b: T): boolean;
  /** The first entry of a record with the text of all. */
  withText(first: T, text: string): T;
}

/**
 * Entries that follow on each other in one request, put together where a client sent each line of a record as an entry of
 * its own and the parser of the source says how records begin. Only what began with such a line is gone on with: messages
 * that an application sends without its time in front are never taken for the rest of others. An entry that holds several
 * lines is what its client put together, and is not taken apart. One at a time, so that whoever counts them can stop.
 */
export function* joinEntries<T>(entries: readonly T[], parser: string, o: EntryShape<T>): Generator<EntryRecord<T>> {
  const rule = joinRuleOf(parser);
  if (rule === null) {
    for (const entry of entries) yield { entry, entries: 1 };
    return;
  }
  const joiner = createLineJoiner(rule);
  let held: T[] = [];

  function* given(record: JoinedRecord | null): Generator<EntryRecord<T>> {
    const [first] = held;
    if (record === null || first === undefined) return;
    held = held.slice(record.lines);
    yield { entry: record.lines === 1 ? first : o.withText(first, record.text), entries: record.lines };
  }

  for (const entry of entries) {
    const text = o.textOf(entry)?.replace(/\r?\n$/, '') ?? null;
    const before = held.at(-1);
    if (before !== undefined && (text === null || !o.isAlike(before, entry))) yield* given(joiner.flush());
    if (text === null || (held.length === 0 && !rule.isStart(text, ''))) yield { entry, entries: 1 };
    else {
      held.push(entry);
      for (const record of joiner.push(text, 0)) yield* given(record);
    }
  }
  yield* given(joiner.flush());
}
