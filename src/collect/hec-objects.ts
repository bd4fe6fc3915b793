import { HttpProblem } from './http-problem.ts';

/** A member of an object: its name, and its value as it was sent. */
export type Members = ReadonlyMap<string, Buffer>;

/** A broken object, and which of the body's it is, from 0. */
export class BrokenObject extends HttpProblem {
  readonly number: number;
  constructor(number: number, detail: string) {
    super('bad-body', 0, detail);
    this.number = number;
  }
}

const quote = 34;
const backslash = 92;
const opening: ReadonlySet<number> = new Set([123, 91]);
const closing: ReadonlySet<number> = new Set([125, 93]);
const blank: ReadonlySet<number> = new Set([32, 9, 10, 13]);

/**
 * The JSON objects of a body, one behind the other with any or no blanks between, each as its members. The bytes of values
 * stay as they are, so that no number changes and no text; whether they are JSON is for the caller. Throws BrokenObject.
 */
export function cutObjects(body: Buffer, objectsMax: number): readonly Members[] {
  const out: Members[] = [];
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;

  function fail(detail: string): BrokenObject {
    return new BrokenObject(out.length, detail);
  }

  function skipBlanks(): void {
    while (blank.has(body[at] ?? -1)) at++;
  }

  /** To behind the closing quote. */
  function skipString(): void {
    for (at++; at < body.length; at++) {
      const byte = body[at];
      if (byte === backslash) at++;
      else if (byte === quote) return void at++;
    }
    throw fail('a text without an end');
  }

  /** To behind a value of any kind; what is nested is counted, not called, so that no depth is too deep. */
  function skipValue(): void {
    let depth = 0;
    while (at < body.length) {
      const byte = body[at] ?? -1;
      if (byte === quote) {
        skipString();
        if (depth === 0) return;
        continue;
      }
      if (opening.has(byte)) depth++;
      else if (closing.has(byte)) {
        if (depth === 0) return;
        depth--;
        if (depth === 0) return void at++;
      } else if (depth === 0 && (byte === 44 || blank.has(byte))) return;
      at++;
    }
    throw fail('an object without an end');
  }

  function member(members: Map<string, Buffer>): void {
    const from = at;
    if (body[at] !== quote) throw fail('a name is missing');
    skipString();
    const name = nameOf(body.subarray(from, at));
    skipBlanks();
    if (body[at] !== 58) throw fail('a colon is missing');
    at++;
    skipBlanks();
    const valueFrom = at;
    skipValue();
    members.set(name, body.subarray(valueFrom, at));
    skipBlanks();
  }

  function nameOf(quoted: Buffer): string {
    try {
      return JSON.parse(quoted.toString('utf8')) as string;
    } catch {
      throw fail('a name that is no text');
    }
  }

  for (skipBlanks(); at < body.length; skipBlanks()) {
    if (out.length >= objectsMax) throw new HttpProblem('too-many-lines');
    if (body[at] !== 123) throw fail('an object is missing');
    at++;
    const members = new Map<string, Buffer>();
    skipBlanks();
    while (body[at] !== 125) {
      member(members);
      if (body[at] === 44) at++;
      else if (body[at] !== 125) throw fail('a comma is missing');
      skipBlanks();
    }
    at++;
    out.push(members);
  }
  return out;
}
