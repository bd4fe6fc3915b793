import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { AgentInput } from '../model/agent.ts';
import type { AgentLimits } from './limits.ts';
import type { Position } from './position.ts';
import { type Chunk, countLines } from './tail.ts';

/** The journal of systemd, read by `journalctl`, which keeps running and is started again when it ends. */
export interface Journal {
  /** What has come since the last call, whole lines only; null when nothing has. */
  next(): Chunk | null;
  /** Told of what keeps it from being read; '' when nothing does. */
  readonly problem: string;
  close(): void;
}

export interface JournalOptions {
  readonly input: AgentInput;
  readonly start: Position;
  readonly limits: AgentLimits;
  /** Rung when lines came. */
  readonly ring: () => void;
  readonly clock: () => number;
}

const lineFeed = 10;
const restartMs = 5000;
const problemCharsMax = 300;

export function openJournal(o: JournalOptions): Journal {
  const { limits, input } = o;
  let position = o.start;
  let waiting: Buffer[] = [];
  let bytes = 0;
  let problem = '';
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;

  function run(): void {
    // What was read and not given out comes again: the cursor stands behind the last line given.
    waiting = [];
    bytes = 0;
    const from = position.cursor === '' ? [] : [`--after-cursor=${position.cursor}`];
    // Without --no-tail following begins ten lines before the end, whatever the cursor.
    const started = spawn('journalctl', ['--output=json', '--all', '--quiet', '--follow', '--no-tail', ...from], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stdout.on('data', (part: Buffer) => {
      waiting.push(part);
      bytes += part.length;
      problem = '';
      // The journal is its own spool: what is not taken yet stays in it.
      if (bytes >= limits.batchBytesMax) started.stdout.pause();
      o.ring();
    });
    started.stderr.on('data', (part: Buffer) => {
      problem = `journalctl: ${part.toString('utf8').trim().slice(0, problemCharsMax)}`;
    });
    const again = (why: string): void => {
      if (child !== started) return;
      child = null;
      if (problem === '') problem = `journalctl ended: ${why}`;
      timer = setTimeout(run, restartMs);
    };
    started.on('error', (error) => again(error.message));
    started.on('exit', (code, signal) => again(String(code ?? signal)));
  }

  function close(): void {
    const ending = child;
    child = null;
    if (timer !== null) clearTimeout(timer);
    ending?.kill();
  }

  run();
  return {
    get problem() {
      return problem;
    },
    close,
    next() {
      if (bytes === 0) return null;
      const all = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting);
      const end = all.lastIndexOf(lineFeed) + 1;
      const rest = all.subarray(end);
      waiting = rest.length === 0 ? [] : [Buffer.from(rest)];
      bytes = rest.length;
      // An entry larger than all that is held at once cannot be taken: it is left out, and the next one tells where to go on.
      if (end === 0 && bytes >= limits.batchBytesMax) {
        problem = 'an entry of the journal is too large and is left out';
        waiting = [];
        bytes = 0;
      }
      child?.stdout?.resume();
      if (end === 0) return null;
      const lines = Buffer.from(all.subarray(0, end));
      const before = position;
      position = {
        ...before,
        cursor: lastCursor(lines, before.cursor),
        offset: before.offset + end,
        seenMs: o.clock(),
      };
      return {
        input,
        bytes: lines,
        lines: countLines(lines),
        tooLong: [],
        header: '',
        from: before.offset,
        after: position,
      };
    },
  };
}

/** Where the journal ends now; '' when it is empty or cannot be read. */
export function journalEnd(): string {
  const { stdout } = spawnSync('journalctl', ['--output=json', '--quiet', '--lines=1'], { encoding: 'utf8' });
  return lastCursor(Buffer.from(stdout ?? ''), '');
}

function lastCursor(lines: Buffer, before: string): string {
  const at = lines.lastIndexOf('"__CURSOR"');
  const found = at < 0 ? null : /^"__CURSOR"\s*:\s*"([^"]+)"/.exec(lines.toString('utf8', at, at + 1000));
  return found?.[1] ?? before;
}
