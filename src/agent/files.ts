import { closeSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AgentInput } from '../model/agent.ts';
import { findFiles, pathTest } from './glob.ts';
import type { AgentLimits } from './limits.ts';
import { type FileFacts, factsOf, hasHead, headOf, isPacked, type Position } from './position.ts';
import { isCopy, openRotated, stemOf } from './rotated.ts';
import { type Chunk, headerBefore, openTail, type Tail } from './tail.ts';

/** The files of all inputs, found, followed and let go. */
export interface Files {
  /** Looks for files that came and went. */
  find(): void;
  /** Looks which files have news. */
  look(): void;
  /** The next chunk of the file whose turn it is; null when none has anything whole. */
  next(): Chunk | 'more' | null;
  readonly count: number;
  readonly lagBytes: number;
  /** The files that are followed for each input, by their names. */
  names(): ReadonlyMap<AgentInput, readonly string[]>;
  /** What is wrong with files now. */
  problems(): readonly string[];
  /** Nothing will come any more: what is there counts as whole. */
  finish(): void;
  /** Streams that are followed. */
  streams(): ReadonlySet<number>;
  close(): void;
}

export interface FilesOptions {
  readonly inputs: readonly AgentInput[];
  /** Positions of files that were followed before, by stream. */
  readonly known: readonly Position[];
  /** Whether the agent has read this input before: what is there now has come since, and is read from its start. */
  readonly isKnownInput: (input: AgentInput) => boolean;
  readonly newStream: () => number;
  /** A stream is followed now, from there on. */
  readonly opened: (position: Position) => void;
  /** The parser that says where the records of an input's files begin and end. */
  readonly parserOf: (input: AgentInput) => string;
  /** Something to be told once. */
  readonly tell: (what: string) => void;
  readonly limits: AgentLimits;
  readonly clock: () => number;
}

interface Followed {
  readonly tail: Tail;
  readonly fd: number;
  hasNews: boolean;
  /** When no pattern found it any more; null while one does. */
  goneMs: number | null;
}

const neverFollowed: readonly string[] = ['*.gz', '*.zst', '*.xz', '*.bz2', '*.zip', '*.lz4', '*.swp'];

export function createFiles(o: FilesOptions): Files {
  const { limits, clock } = o;
  const byId = new Map<string, Followed>();
  const known = new Map(o.known.map((position) => [position.id, position]));
  const copies = new Map<string, string>();
  const unreadable = new Map<string, string>();
  let globProblems: readonly string[] = [];
  let turn: Followed[] = [];
  let isFirst = true;
  /** Followed files by what the names of their rotated copies begin with; made when it is asked. */
  let stems: Map<string, Followed[]> | null = null;

  function follow(fd: number, position: Position, input: AgentInput): Followed {
    const tail = openTail(fd, position, { input, limits, parserOf: o.parserOf }, clock());
    const followed: Followed = { tail, fd, hasNews: true, goneMs: null };
    byId.set(position.id, followed);
    if (stems !== null) addTo(stems, followed);
    o.opened(position);
    lookAt(followed);
    return followed;
  }

  function letGo(followed: Followed): void {
    const { position } = followed.tail;
    byId.delete(position.id);
    followed.tail.close();
    if (!followed.tail.isDeleted) known.set(position.id, position);
  }

  function fresh(fd: number, facts: FileFacts, place: string, offset: number): Position {
    const begin = { stream: o.newStream(), path: place, id: facts.id, head: headOf(fd), cursor: '', seenMs: clock() };
    return { ...begin, offset, header: '' };
  }

  /** Of a file that is read from its end the header has to be looked up. */
  function atEnd(fd: number, facts: FileFacts, place: string, parser: string): Position {
    return { ...fresh(fd, facts, place, facts.size), header: headerBefore(fd, facts.size, parser) };
  }

  /** The rest of what a stream was reading when its file was renamed out of sight or emptied. */
  function followRest(position: Position, input: AgentInput): void {
    const rest = openRotated(position, (id) => byId.has(id));
    if (rest === null) return;
    o.tell(`${position.path}: what was not read yet is read from ${rest.path}`);
    follow(rest.fd, { ...position, id: rest.id, path: rest.path }, input).goneMs = clock();
  }

  function resume(fd: number, facts: FileFacts, place: string, input: AgentInput): void {
    const before = known.get(facts.id);
    if (before !== undefined && before.offset <= facts.size && hasHead(fd, before.head)) {
      known.delete(facts.id);
      follow(fd, { ...before, path: place }, input);
      return;
    }
    if (before !== undefined) {
      // Emptied while nobody looked, or the inode is another file's now.
      known.delete(facts.id);
      followRest(before, input);
      follow(fd, fresh(fd, facts, place, 0), input);
      return;
    }
    const fromEnd = isFirst && input.begin === 'end' && !o.isKnownInput(input);
    follow(fd, fromEnd ? atEnd(fd, facts, place, o.parserOf(input)) : fresh(fd, facts, place, 0), input);
  }

  /** The copy that rotation makes of a file before it empties it: its lines are read where they were written. */
  function isCopyOfFollowed(fd: number, facts: FileFacts, place: string): boolean {
    const original = copies.get(facts.id);
    if (original !== undefined) return byId.has(original);
    stems ??= byStem(byId.values());
    for (const { tail, fd: its } of beginnings(place).flatMap((stem) => stems?.get(stem) ?? [])) {
      if (!isCopy(fd, { fd: its, position: tail.position })) continue;
      copies.set(facts.id, tail.position.id);
      return true;
    }
    return false;
  }

  /** The id of a file that is followed; null for one that is not to be. */
  function see(place: string, input: AgentInput): string | null {
    const { dev, ino } = statSync(place, { bigint: true });
    const followed = byId.get(`${dev}:${ino}`);
    if (followed !== undefined) {
      followed.tail.rename(place);
      followed.goneMs = null;
      return followed.tail.position.id;
    }
    const fd = openSync(place, 'r');
    let isKept = false;
    try {
      const facts = factsOf(fd);
      if (byId.has(facts.id) || isPacked(fd)) return null;
      if (!known.has(facts.id) && isCopyOfFollowed(fd, facts, place)) return null;
      resume(fd, facts, place, input);
      isKept = true;
      return facts.id;
    } finally {
      if (!isKept) closeSync(fd);
    }
  }

  function find(): void {
    const seen = new Set<string>();
    stems = null;
    const problems: string[] = [];
    for (const input of o.inputs) {
      if (input.paths.includes('journald')) continue;
      const found = findFiles(input.paths, [...neverFollowed, ...input.exclude], limits.filesMax);
      problems.push(...found.problems);
      for (const place of found.files) {
        if (byId.size >= limits.filesMax && !isFollowed(place)) {
          problems.push(`${place}: not followed, more than ${limits.filesMax} files`);
          break;
        }
        try {
          const id = see(place, input);
          if (id !== null) seen.add(id);
          unreadable.delete(place);
        } catch (error) {
          const what = error instanceof Error ? error.message : String(error);
          if (unreadable.get(place) !== what) o.tell(`${place}: cannot be read: ${what}`);
          unreadable.set(place, what);
        }
      }
    }
    for (const [id, followed] of byId) if (!seen.has(id)) followed.goneMs ??= clock();
    for (const what of problems) if (!globProblems.includes(what)) o.tell(what);
    globProblems = problems;
    if (isFirst) findWhatMovedAway();
    isFirst = false;
  }

  function isFollowed(place: string): boolean {
    for (const { tail } of byId.values()) if (tail.position.path === place) return true;
    return false;
  }

  /** Files that were renamed while the agent did not run. */
  function findWhatMovedAway(): void {
    for (const position of [...known.values()]) {
      const input = o.inputs.find(({ paths }) => pathTest(paths)(position.path));
      if (input !== undefined && !byId.has(position.id)) followRest(position, input);
    }
  }

  function lookAt(followed: Followed): void {
    const { tail } = followed;
    const look = tail.look(clock());
    if (look !== 'truncated') {
      followed.hasNews = look === 'news';
      return;
    }
    const { position, input } = tail;
    byId.delete(position.id);
    o.tell(`${position.path}: was emptied; read from its start`);
    followRest(position, input);
    const facts = factsOf(followed.fd);
    follow(followed.fd, fresh(followed.fd, facts, position.path, 0), input);
  }

  function look(): void {
    for (const followed of [...byId.values()]) {
      lookAt(followed);
      const { goneMs, tail } = followed;
      if (goneMs === null || byId.get(tail.position.id) !== followed) continue;
      if (clock() - Math.max(goneMs, tail.grownMs) < limits.goneMs) continue;
      tail.finish();
      if (tail.lagBytes === 0) letGo(followed);
      else followed.hasNews = true;
    }
  }

  return {
    find,
    look,
    next() {
      // Each file in turn, so that one that grows fast does not keep the others waiting.
      if (turn.length === 0) turn = [...byId.values()].filter(({ hasNews }) => hasNews);
      for (let followed = turn.shift(); followed !== undefined; followed = turn.shift()) {
        if (byId.get(followed.tail.position.id) !== followed) continue;
        const chunk = followed.tail.next(clock());
        if (chunk !== null) return chunk;
        followed.hasNews = false;
      }
      return null;
    },
    get count() {
      return byId.size;
    },
    get lagBytes() {
      let bytes = 0;
      for (const { tail } of byId.values()) bytes += tail.lagBytes;
      return bytes;
    },
    names() {
      const names = new Map<AgentInput, string[]>();
      for (const { tail } of byId.values()) {
        const its = names.get(tail.input);
        if (its === undefined) names.set(tail.input, [tail.position.path]);
        else its.push(tail.position.path);
      }
      return names;
    },
    finish() {
      for (const { tail } of byId.values()) tail.finish();
    },
    streams: () => new Set([...byId.values()].map(({ tail }) => tail.position.stream)),
    problems: () => [...unreadable.entries()].map(([place, what]) => `${place}: ${what}`).concat(globProblems),
    close() {
      for (const { tail } of byId.values()) tail.close();
      byId.clear();
    },
  };
}

function byStem(files: Iterable<Followed>): Map<string, Followed[]> {
  const stems = new Map<string, Followed[]>();
  for (const followed of files) addTo(stems, followed);
  return stems;
}

function addTo(stems: Map<string, Followed[]>, followed: Followed): void {
  const stem = stemOf(followed.tail.position.path);
  const others = stems.get(stem);
  if (others === undefined) stems.set(stem, [followed]);
  else others.push(followed);
}

/** Every path that a path begins with, in its own folder. */
function beginnings(place: string): readonly string[] {
  const { dir, base } = path.parse(place);
  return Array.from(base, (_, i) => path.join(dir, base.slice(0, i + 1)));
}
