import { isUtf8 } from 'node:buffer';
import type { RawLine } from '../model/source.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';
import { toRawLine } from './line-text.ts';

/**
 * Lines made of what a request says. Their text is either text, or bytes of which each is one character (Latin-1): a
 * string that is no UTF-8 goes through JSON unchanged that way, and its bytes arrive where the source's encoding is known.
 */
export interface LineMaker {
  /**
   * A line that stands for so many entries of the client. Throws `too-many-lines`, `body-too-large`: a body can name one
   * large thing for thousands of small ones.
   */
  add(text: string, entries?: number): void;
  readonly lines: readonly RawLine[];
}

export function createLineMaker(kind: 'text' | 'bytes', limits: HttpCollectorLimits): LineMaker {
  const lines: RawLine[] = [];
  let chars = 0;
  let before = 0;
  return {
    lines,
    add(text, entries = 1) {
      chars += text.length;
      if (before + entries > limits.linesMax) throw new HttpProblem('too-many-lines');
      if (chars > limits.linesBytesMax) throw new HttpProblem('body-too-large');
      const line = before + 1;
      before += entries;
      // Always a line: one with nothing in it would put the numbers of the others wrong.
      const made = kind === 'text' ? { text, line } : toRawLine(Buffer.from(text, 'latin1'), line, limits);
      lines.push(made ?? { text: '', line });
    },
  };
}

const escapes = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|.)/gs;

/** Escapes of characters beyond ASCII as the bytes of their UTF-8, so that the text holds bytes and nothing else. */
function escapesAsBytes(text: string): string {
  return text.replace(escapes, (found) =>
    found[1] !== 'u' || /^\\u00[0-7]/.test(found)
      ? found
      : Buffer.from(JSON.parse(`"${found}"`) as string).toString('latin1'),
  );
}

/** A JSON body, and the kind of text its strings are. Throws `bad-body`. */
export function readJson(body: Buffer): { readonly value: unknown; readonly kind: 'text' | 'bytes' } {
  const kind = isUtf8(body) ? 'text' : 'bytes';
  try {
    const text =
      kind === 'text' ? body.toString('utf8').replace(/^\ufeff/, '') : escapesAsBytes(body.toString('latin1'));
    return { value: JSON.parse(text), kind };
  } catch {
    throw new HttpProblem('bad-body', 0, 'not JSON');
  }
}

const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** A line between two texts, its bytes too when they are no UTF-8. `inner` may quote what it is given. */
export function around(line: RawLine, before: string, inner: (text: string) => string, after: string): RawLine {
  if (line.flaw?.fatal === true) return line;
  const text = before + inner(line.text) + after;
  if (line.base64 === undefined) return { ...line, text };
  const bytes = Buffer.from(line.base64, 'base64').toString('latin1');
  return {
    ...line,
    text,
    base64: Buffer.from(asBytes(before) + inner(bytes) + asBytes(after), 'latin1').toString('base64'),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value as JSON. Throws `bad-body` when it is nested deeper than the stack is. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    throw new HttpProblem('bad-body', 0, 'nested too deep');
  }
}
