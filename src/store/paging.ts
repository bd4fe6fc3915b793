import { CursorRefused } from './errors.ts';

/** A page of a list; `cursor` is null on the last one. */
export interface Paged<T> {
  readonly items: T[];
  readonly cursor: string | null;
}

/** WHERE for lists of what belongs to a system, over the parameter `systems`; an empty list of systems sees nothing. */
export function systemsSql(systems: readonly string[] | null): string {
  return systems === null ? '1' : 'system IN {systems:Array(String)}';
}

/** A place in a list ordered by (time, id): the last row a page showed. */
export interface Place {
  readonly ms: number;
  readonly id: string;
}

export function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify([place.ms, place.id])).toString('base64url');
}

/** Reads what `writeCursor` wrote; a cursor someone made up is refused, not guessed at. */
export function readCursor(cursor: string): Place {
  try {
    if (cursor.length > 1024) throw new Error('too long');
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && typeof value[1] === 'string') {
      return { ms: value[0] as number, id: value[1] };
    }
  } catch {
    // Falls through to the refusal: why it cannot be read does not matter to the caller.
  }
  throw new CursorRefused();
}
