import { CursorRefused } from './errors.ts';

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
