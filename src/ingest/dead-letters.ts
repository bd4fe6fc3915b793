import type { RawLine, Submission } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { IntakeLimits } from './limits.ts';
import type { IntakeMeters } from './meters.ts';
import type { DeadLetterRow, WriteDeadLetters } from './ports.ts';
import type { Refused } from './screen.ts';

export interface DeadLetterDesk {
  /** Keep the heads of refused lines, at most `deadLettersMax` a submission; a failing store is logged and counted. */
  post(submission: Submission, refused: readonly Refused[]): Promise<void>;
  /** Keep the heads of all these lines; false when they could not be written. */
  bury(submission: Submission, lines: readonly RawLine[], reason: string): Promise<boolean>;
}

export function createDeadLetterDesk(o: {
  write: WriteDeadLetters;
  limits: IntakeLimits;
  clock: () => number;
  log: Logger;
  meters: IntakeMeters;
}): DeadLetterDesk {
  function row(submission: Submission, line: RawLine, bytes: number, reason: string): DeadLetterRow {
    const { receivedTimeMs, peer } = line.arrival ?? submission;
    return {
      atMs: receivedTimeMs,
      source: submission.source.id,
      transport: submission.transport,
      peer,
      reason,
      head: line.text.slice(0, o.limits.deadLetterHeadChars),
      bytes,
    };
  }

  async function write(rows: readonly DeadLetterRow[]): Promise<boolean> {
    try {
      await o.write(rows);
      return true;
    } catch (error) {
      o.meters.deadLettersLost(rows.length);
      o.log.warn({ rows: rows.length, reason: String(error) }, 'dead letters not written');
      return false;
    }
  }

  return {
    async post(submission, refused) {
      const posted = refused.slice(0, o.limits.deadLettersMax);
      if (posted.length < refused.length) {
        const left = refused.length - posted.length;
        o.meters.deadLettersLost(left);
        o.log.warn({ source: submission.source.id, left }, 'more dead letters in one submission than are kept');
      }
      await write(posted.map(({ line, bytes, reason }) => row(submission, line, bytes, reason)));
    },
    bury: (submission, lines, reason) =>
      write(lines.map((line) => row(submission, line, Buffer.byteLength(line.text), reason))),
  };
}
