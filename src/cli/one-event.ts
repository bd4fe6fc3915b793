import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { readLines } from './read-lines.ts';

/** Bytes of an event's line, and of a JSON file that holds one. */
const eventBytes = 1_048_576;

/** The event's text is not to be had; the message says why. */
export class NoEvent extends Error {}

/**
 * The text of one event: `-` is the first line of standard input, `FILE:LINE` a line of a file (gzip too), `FILE` the
 * only line of a file, or one JSON object over several lines. Throws NoEvent.
 */
export async function readOneEvent(place: string, stdin: Readable): Promise<string> {
  if (place === '-') return only(await linesOf(stdin, null), 'standard input');
  const [, file = '', line] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (line !== undefined && (await isFile(file))) {
    const [text] = await linesOf(createReadStream(file), Number(line));
    if (text === undefined) throw new NoEvent(`${file} has no line ${line}, or an empty one`);
    return text;
  }
  if (!(await isFile(place))) throw new NoEvent(`${place} is no file`);
  return only(await linesOf(createReadStream(place), null), place);
}

/** Every line that is not empty, or the wanted one alone. */
async function linesOf(stream: Readable, wanted: number | null): Promise<string[]> {
  const lines: string[] = [];
  let bytes = 0;
  await readLines(stream, eventBytes, {
    line(line, from, to, number) {
      const text = line.toString('utf8', from, to);
      if (text.trim() === '' || (wanted !== null && number !== wanted)) return;
      bytes += text.length;
      if (bytes <= eventBytes) lines.push(text);
    },
    tooLong(number, maxBytes) {
      if (wanted === null || wanted === number) throw new NoEvent(`line ${number} has more than ${maxBytes} bytes`);
    },
    full: () => false,
    drain: () => Promise.resolve(),
  });
  return lines;
}

function only(lines: readonly string[], place: string): string {
  const [first, second] = lines;
  if (first === undefined) throw new NoEvent(`${place} is empty`);
  if (second === undefined) return first;
  try {
    return JSON.stringify(JSON.parse(lines.join('\n')));
  } catch {
    if (place === 'standard input') return first;
    throw new NoEvent(`${place} has several lines: name one, as ${place}:1`);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
