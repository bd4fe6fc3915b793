import { changeRate, currentRate, type DrillClock, simTime, startClock, wallTime } from './clock.ts';
import { type DrillRecord, renderLine } from './records.ts';
import type { Scenario, ScenarioSource } from './scenario.ts';

/** One line that was handed to a collector, or given up after its retries: the log the score is computed from. */
export interface Emission {
  readonly record: number;
  readonly inject: string;
  readonly source: string;
  /** The text as sent, to the byte; equals `raw` of the event it becomes. */
  readonly line: string;
  /** Wall time the record was due at, which is also the time its text states. */
  readonly dueMs: number;
  /** Wall time just before the sending that succeeded (or the last that failed). */
  readonly emittedMs: number;
  readonly outcome: 'sent' | 'failed';
}

export interface ReplayLimits {
  /** Lines handed over in one send. */
  readonly batchLinesMax: number;
  /** Shortest pause between two sends of one source, so that neighbouring records share a batch. */
  readonly tickMs: number;
  /** Longest timer, so that a changed wall clock is noticed soon. */
  readonly tickMaxMs: number;
  readonly retriesMax: number;
  /** First wait before a retry; doubles each time. */
  readonly retryMs: number;
}

export const defaultReplayLimits: ReplayLimits = {
  batchLinesMax: 500,
  tickMs: 100,
  tickMaxMs: 1000,
  retriesMax: 6,
  retryMs: 200,
};

export interface ReplayOptions {
  readonly scenario: Scenario;
  /** By ascending time, as `parseRecords` gives them. */
  readonly records: readonly DrillRecord[];
  /** Wall time now, ms since the epoch. */
  readonly clock: () => number;
  /** Runs something later; the function returned cancels it. */
  readonly schedule: (delayMs: number, run: () => void) => () => void;
  /**
   * Hands lines to the collector of the source's route and resolves once they are accepted. `key` is the same when the
   * same lines are sent again after a rejection, for collectors that know idempotency keys. It has to settle: its time
   * limit is its own, and `stop` waits for it.
   */
  readonly send: (source: ScenarioSource, lines: readonly string[], key: string) => Promise<void>;
  readonly speed: number;
  readonly onEmit?: (emissions: readonly Emission[]) => void;
  /** A batch that failed for good, or an `onEmit` that threw; the replay goes on with the next batch. */
  readonly onError?: (source: ScenarioSource, error: unknown) => void;
  readonly limits?: Partial<ReplayLimits>;
}

export interface ReplayProgress {
  readonly state: 'ready' | 'running' | 'paused' | 'finished' | 'stopped';
  readonly startedMs: number;
  readonly simMs: number;
  readonly durationMs: number;
  readonly records: number;
  readonly emitted: number;
  readonly failed: number;
}

export interface Replay {
  start(): void;
  /** Changes the speed from now on; 0 pauses. Records that became due meanwhile are not lost nor sent twice. */
  setSpeed(rate: number): void;
  /** Stops sending, waits for what is under way. */
  stop(): Promise<void>;
  progress(): ReplayProgress;
  /** Resolves when every record was sent or given up, or the replay was stopped. */
  readonly finished: Promise<void>;
}

/** A replay of one scenario: one feeder a source, all on one clock, so that a stuck source does not hold the others. */
export function createReplay(options: ReplayOptions): Replay {
  const limits: ReplayLimits = { ...defaultReplayLimits, ...options.limits };
  let drillClock: DrillClock = startClock(0, 0);
  let state: 'ready' | 'running' | 'finished' | 'stopped' = 'ready';
  let startedMs = 0;
  let emitted = 0;
  let failed = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const feeders = options.scenario.sources.map((source) =>
    createFeeder(
      source,
      options.records.filter((record) => record.source === source.id),
    ),
  );

  interface Feeder {
    wake(): void;
    halt(): Promise<void>;
    done(): boolean;
  }

  function createFeeder(source: ScenarioSource, records: readonly DrillRecord[]): Feeder {
    let next = 0;
    let cancel = (): void => undefined;
    let busy: Promise<void> | null = null;
    let endWait = (): void => undefined;

    /** Looks what is due now, sends it, and plans the next look. Does nothing while a send is under way. */
    function wake(): void {
      cancel();
      if (busy !== null || state !== 'running') return;
      const now = options.clock();
      const due = dueFrom(now);
      if (due.length > 0) {
        busy = deliver(due, now)
          .catch((error: unknown) => options.onError?.(source, error))
          .then(() => {
            busy = null;
            next += due.length;
            if (next < records.length) plan(limits.tickMs);
            else settle();
          });
        return;
      }
      plan(0);
    }

    function dueFrom(now: number): readonly DrillRecord[] {
      const sim = simTime(drillClock, now);
      let end = next;
      while (end < records.length && end - next < limits.batchLinesMax && (records[end]?.atMs ?? 0) <= sim) end += 1;
      return records.slice(next, end);
    }

    function plan(atLeastMs: number): void {
      const record = records[next];
      const wall = record === undefined || state !== 'running' ? null : wallTime(drillClock, record.atMs);
      if (wall === null) return;
      const waitMs = Math.ceil(wall - options.clock());
      cancel = options.schedule(Math.min(Math.max(waitMs, atLeastMs, 1), limits.tickMaxMs), wake);
    }

    async function deliver(due: readonly DrillRecord[], now: number): Promise<void> {
      const rendered = due.map((record) => {
        const dueMs = Math.floor(wallTime(drillClock, record.atMs) ?? now);
        return { record, dueMs, line: renderLine(record.template, dueMs) };
      });
      const lines = rendered.map(({ line }) => line);
      const key = `${startedMs.toString(36)}-${source.id}-${due[0]?.index ?? 0}-${due.length}`;
      const sent = await trySend(lines, key);
      if (sent.outcome === 'sent') emitted += lines.length;
      else failed += lines.length;
      options.onEmit?.(
        rendered.map(({ record, dueMs, line }) => {
          return { record: record.index, inject: record.inject, source: source.id, line, dueMs, ...sent };
        }),
      );
    }

    async function trySend(
      lines: readonly string[],
      key: string,
    ): Promise<{ readonly emittedMs: number; readonly outcome: 'sent' | 'failed' }> {
      for (let attempt = 0; ; attempt += 1) {
        const emittedMs = options.clock();
        try {
          await options.send(source, lines, key);
          return { emittedMs, outcome: 'sent' };
        } catch (error) {
          if (attempt >= limits.retriesMax || state !== 'running') {
            options.onError?.(source, error);
            return { emittedMs, outcome: 'failed' };
          }
          await wait(limits.retryMs * 2 ** attempt);
        }
      }
    }

    function wait(ms: number): Promise<void> {
      return new Promise((resolve) => {
        const cancelWait = options.schedule(ms, resolve);
        endWait = (): void => {
          cancelWait();
          resolve();
        };
      });
    }

    async function halt(): Promise<void> {
      cancel();
      endWait();
      await busy;
    }

    return { wake, halt, done: () => next >= records.length };
  }

  function settle(): void {
    if (state !== 'running' || !feeders.every((feeder) => feeder.done())) return;
    state = 'finished';
    drillClock = changeRate(drillClock, options.clock(), 0);
    finish();
  }

  function start(): void {
    if (state !== 'ready') return;
    startedMs = options.clock();
    drillClock = startClock(startedMs, options.speed);
    state = 'running';
    for (const feeder of feeders) feeder.wake();
    settle();
  }

  function setSpeed(rate: number): void {
    if (state !== 'running') return;
    drillClock = changeRate(drillClock, options.clock(), rate);
    for (const feeder of feeders) feeder.wake();
  }

  async function stop(): Promise<void> {
    if (state === 'running' || state === 'ready') state = 'stopped';
    await Promise.all(feeders.map((feeder) => feeder.halt()));
    finish();
  }

  function progress(): ReplayProgress {
    const { durationMs } = options.scenario;
    const paused = state === 'running' && currentRate(drillClock) === 0;
    const simMs = state === 'ready' ? 0 : Math.min(simTime(drillClock, options.clock()), durationMs);
    const records = options.records.length;
    return { state: paused ? 'paused' : state, startedMs, simMs, durationMs, records, emitted, failed };
  }

  return { start, setSpeed, stop, progress, finished };
}
