import { IntakeRefused, IntakeUncertain, type Submission } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { LineIntake } from './ports.ts';

/** Tries of a submission that fails by a fault of ours; then its lines are given up, with an error in the log. */
const faultsMax = 10;

export interface PersistentSubmit {
  /**
   * Hands lines to the belt until it has them: most transports have no answer to give, so nobody else would send them
   * again. False when they were given up: the collector is closing, the belt fails on them every time, or `isWanted`,
   * asked between tries, says that their sender will send them again.
   */
  submit(submission: Submission, isWanted?: () => boolean): Promise<boolean>;
  close(): void;
}

export function createPersistentSubmit(o: {
  intake: LineIntake;
  log: Logger;
  retryFirstMs: number;
  retryMaxMs: number;
}): PersistentSubmit {
  const stopped = new AbortController();

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (stopped.signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        stopped.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      stopped.signal.addEventListener('abort', end);
    });
  }

  return {
    async submit(submission, isWanted = () => true) {
      let waitMs = o.retryFirstMs;
      for (let faults = 0; ; ) {
        try {
          await o.intake.submit(submission);
          return true;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          const facts = { source: submission.source.id, lines: submission.lines.length, reason };
          // The belt is closed, and lines that may be stored are not to be handed over twice.
          if (error instanceof IntakeUncertain) {
            o.log.warn(facts, 'the store had not answered for these lines when the belt was closed');
            return false;
          }
          if (!(error instanceof IntakeRefused)) {
            faults += 1;
            o.log.error({ ...facts, faults }, 'lines not taken by a fault of ours');
          }
          if (stopped.signal.aborted || faults >= faultsMax) {
            o.log.error(facts, 'lines given up');
            return false;
          }
          await pause(waitMs);
          if (!isWanted()) return false;
          waitMs = Math.min(waitMs * 2, o.retryMaxMs);
        }
      }
    },
    close() {
      stopped.abort();
    },
  };
}
