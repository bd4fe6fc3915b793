import { stringify } from 'yaml';
import type { YamlEntry, YamlScalar } from '../parse/yaml.ts';
import type { Position } from '../problem.ts';
import type { Edit } from './finding.ts';

/** A file's text with the places of its lines, and the small edits that fixes are made of. */
export interface SourceText {
  readonly text: string;
  readonly lines: number;
  /** The line without its end, '' beyond the file. */
  line(number: number): string;
  offsetOf(at: Position): number;
  /** Replaces text that stands at a place; null when something else stands there. */
  replace(at: Position, written: string, by: string): Edit[] | null;
  /** Gives a scalar another value in the quotes it has; null when it is a block text or runs over lines. */
  setScalar(scalar: YamlScalar, value: string): Edit[] | null;
  /** Writes a scalar anew, quotes and all; null as above. */
  writeScalar(scalar: YamlScalar, written: string): Edit[] | null;
  /** Takes out the entry of a block list, with its line; null unless it stands alone on its line. */
  removeEntry(scalar: YamlScalar): Edit[] | null;
  /** Takes out a key with its one-line value; null when something else stands on the line. */
  removeKey(entry: YamlEntry): Edit[] | null;
}

export function createSource(text: string): SourceText {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);

  const source: SourceText = {
    text,
    lines: starts.length,
    line: (number) => {
      const start = starts[number - 1];
      return start === undefined ? '' : text.slice(start, (starts[number] ?? text.length + 1) - 1).replace(/\r$/, '');
    },
    offsetOf: ({ line, column }) => (starts[line - 1] ?? text.length) + column - 1,
    replace(at, written, by) {
      const from = source.offsetOf(at);
      return text.startsWith(written, from) ? [{ from, to: from + written.length, text: by }] : null;
    },
    setScalar(scalar, value) {
      const place = writtenForm(scalar);
      const quoted = place === null ? null : inQuotesOf(text.charAt(place.from), value);
      return place === null || quoted === null ? null : [{ ...place, text: quoted }];
    },
    writeScalar(scalar, written) {
      const place = writtenForm(scalar);
      return place === null ? null : [{ ...place, text: written }];
    },
    removeEntry(scalar) {
      const place = writtenForm(scalar);
      if (place === null) return null;
      return removeLine(scalar.at.line, place, /^\s*-\s+$/);
    },
    removeKey({ keyAt, value }) {
      const place = value.kind === 'scalar' && value.at.line === keyAt.line ? writtenForm(value) : null;
      return place === null ? null : removeLine(keyAt.line, place, /^\s*[\w-]+:\s+$/);
    },
  };
  return source;

  function removeLine(line: number, place: { from: number; to: number }, before: RegExp): Edit[] | null {
    const from = starts[line - 1] ?? 0;
    const to = starts[line] ?? text.length;
    const alone = before.test(text.slice(from, place.from)) && text.slice(place.to, to).trim() === '';
    return alone ? [{ from, to, text: '' }] : null;
  }

  /** Where a one-line scalar stands, quotes included. It is found by its value, so a miss only costs the fix. */
  function writtenForm(scalar: YamlScalar): { from: number; to: number } | null {
    const from = source.offsetOf(scalar.at);
    const first = text.charAt(from);
    const value = String(scalar.value);
    if (first === "'" || first === '"') {
      const quoted = first === "'" ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
      return text.startsWith(quoted, from) && !value.includes('\n') ? { from, to: from + quoted.length } : null;
    }
    const ends = /^[ \t]*(\r?\n|$|[,\]}]|[ \t]#)/.test(text.slice(from + value.length, from + value.length + 200));
    return scalar.textColumn > 0 && value !== '' && text.startsWith(value, from) && ends
      ? { from, to: from + value.length }
      : null;
  }
}

function inQuotesOf(quote: string, value: string): string | null {
  if (quote === "'") return `'${value.replaceAll("'", "''")}'`;
  if (quote === '"') return /["\\\p{Cc}]/u.test(value) ? null : `"${value}"`;
  return writeText(value);
}

/** A text as a YAML scalar that is safe in block and flow places alike. */
function writeText(value: string): string {
  if (/\p{Cc}/u.test(value)) return JSON.stringify(value);
  const plain = stringify(value, { lineWidth: 0, singleQuote: true }).trimEnd();
  return /^[\p{L}\p{N}_\\/.][^,[\]{}]*$/u.test(plain) && plain === value ? plain : `'${value.replaceAll("'", "''")}'`;
}
