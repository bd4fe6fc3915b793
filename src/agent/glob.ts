import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What was found, and what could not be looked at. */
export interface Found {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** Folders below each other that `**` goes into. */
const depthMax = 32;

/**
 * Files that match patterns with `*`, `?`, `[…]` (within a name) and `**` (any folders), each once, at most `filesMax`.
 * `**` does not go into links to folders, so a loop of links ends; a link to a file is the file.
 */
export function findFiles(patterns: readonly string[], exclude: readonly string[], filesMax: number): Found {
  const files = new Set<string>();
  const problems: string[] = [];
  const isOut = pathTest(exclude);
  const add = (file: string): boolean => {
    if (isOut(file)) return true;
    if (files.size >= filesMax && !files.has(file)) return false;
    files.add(file);
    return true;
  };
  for (const pattern of patterns) {
    const whole = path.resolve(pattern);
    const { root } = path.parse(whole);
    const parts = whole.slice(root.length).split(path.sep);
    if (!walk(root, parts, 0, add, problems)) {
      problems.push(`${pattern}: more than ${filesMax} files; the others are not followed`);
      break;
    }
  }
  return { files: [...files], problems };
}

/** Whether a path matches one of some patterns; a pattern without a separator is held against the last name alone. */
export function pathTest(patterns: readonly string[]): (file: string) => boolean {
  const tests = patterns.map((pattern) => {
    const isName = !pattern.includes('/') && !pattern.includes(path.sep);
    const expression = new RegExp(`^${isName ? source(pattern) : source(path.resolve(pattern))}$`, 'u');
    return (file: string): boolean => expression.test(isName ? path.basename(file) : file);
  });
  return (file) => tests.some((test) => test(file));
}

/** False when there are more files than are taken. */
function walk(
  dir: string,
  parts: readonly string[],
  depth: number,
  add: (file: string) => boolean,
  problems: string[],
): boolean {
  const [part = '', ...rest] = parts;
  if (!/[*?[]/.test(part)) {
    const place = path.join(dir, part);
    if (rest.length > 0) return walk(place, rest, depth, add, problems);
    const kind = kindOf(place, problems);
    return kind === 'file' ? add(place) : true;
  }
  const isDeep = part === '**';
  const name = new RegExp(`^${source(part)}$`, 'u');
  if (isDeep && rest.length > 0 && !walk(dir, rest, depth, add, problems)) return false;
  for (const entry of entriesOf(dir, problems)) {
    const place = path.join(dir, entry.name);
    if (isDeep) {
      if (entry.isDirectory() && depth < depthMax && !walk(place, parts, depth + 1, add, problems)) return false;
      if (rest.length === 0 && !entry.isDirectory() && kindOf(place, problems) === 'file' && !add(place)) return false;
      continue;
    }
    if (!name.test(entry.name) || (entry.name.startsWith('.') && !part.startsWith('.'))) continue;
    if (rest.length > 0) {
      if (!entry.isFile() && !walk(place, rest, depth, add, problems)) return false;
    } else if (kindOf(place, problems) === 'file' && !add(place)) return false;
  }
  return true;
}

function source(pattern: string): string {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '*') {
      out += pattern[i + 1] === '*' ? '.*' : `[^\\${path.sep}]*`;
      while (pattern[i + 1] === '*') i++;
    } else if (char === '?') out += `[^\\${path.sep}]`;
    else if (char === '[' && pattern.indexOf(']', i + 2) > 0) {
      const end = pattern.indexOf(']', i + 2);
      const set = pattern.slice(i + 1, end).replace(/[\\[\]]/g, '\\$&');
      out += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      i = end;
    } else out += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return out;
}

function entriesOf(dir: string, problems: string[]): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    told(error, problems);
    return [];
  }
}

function kindOf(place: string, problems: string[]): 'file' | 'other' {
  try {
    return statSync(place).isFile() ? 'file' : 'other';
  } catch (error) {
    told(error, problems);
    return 'other';
  }
}

/** What is not there may come; what may not be read has to be told. */
function told(error: unknown, problems: string[]): void {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return;
  problems.push(error instanceof Error ? error.message : String(error));
}
