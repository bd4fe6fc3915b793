/** How records of several lines begin. */
export interface JoinRule {
  /** Whether a line begins a record, knowing the line before it in the one that is held; if not, it belongs to that. */
  readonly isStart: (line: string, before: string) => boolean;
}

export interface JoinLimits {
  readonly linesMax: number;
  readonly charsMax: number;
}

/** A stack trace of a deep framework has some 300 lines. */
const joinLimits: JoinLimits = { linesMax: 500, charsMax: 262_144 };

export interface JoinedRecord {
  /** The lines with newlines between them. */
  readonly text: string;
  readonly lines: number;
  /** A limit was reached: the record goes on in the next one. */
  readonly isCut: boolean;
}

/** Lines of one source put together to records. No clock of its own: the caller says when, and decides what is too old. */
export interface LineJoiner {
  /** The records that are complete now that this line has come, in order; at most two. */
  push(line: string, nowMs: number): readonly JoinedRecord[];
  /** What is held, given out: the file ended, or nothing has come for as long as the caller waits. */
  flush(): JoinedRecord | null;
  /** When the last line came that is still held; null when none is. */
  readonly heldSinceMs: number | null;
}

/**
 * Joins lines by where records begin. No line is ever lost or given out twice: beyond a limit the record is given out cut,
 * and what follows is a record of its own. Lines before the first beginning are a record, too.
 */
export function createLineJoiner(rule: JoinRule, limits: JoinLimits = joinLimits): LineJoiner {
  let held: string[] = [];
  let chars = 0;
  let heldSinceMs: number | null = null;

  function take(isCut: boolean): JoinedRecord {
    const record = { text: held.join('\n'), lines: held.length, isCut };
    held = [];
    chars = 0;
    heldSinceMs = null;
    return record;
  }

  return {
    get heldSinceMs() {
      return heldSinceMs;
    },
    push(line, nowMs) {
      const out: JoinedRecord[] = [];
      if (held.length > 0) {
        if (rule.isStart(line, held.at(-1) ?? '')) out.push(take(false));
        else if (held.length >= limits.linesMax || chars + line.length + 1 > limits.charsMax) out.push(take(true));
      }
      held.push(line);
      chars += line.length + 1;
      heldSinceMs = nowMs;
      // A line that is over the limit by itself waits for nothing.
      if (chars > limits.charsMax) out.push(take(true));
      return out;
    },
    flush: () => (held.length === 0 ? null : take(false)),
  };
}
