import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BatchRef } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import { utcDay } from '../model/event-time.ts';
import { IntakeRefused, IntakeUncertain, type Receipt, type Submission } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createBatchIds, keyedBatchId } from './batch-id.ts';
import { createDeadLetterDesk } from './dead-letters.ts';
import { defaultIntakeLimits, type IntakeLimits } from './limits.ts';
import { createIntakeMeters } from './meters.ts';
import { type Planned, planBatches } from './plan-batches.ts';
import type { Locate, LookupBatch, MaskLine, OfferBatch, OpenBlock, WriteDeadLetters } from './ports.ts';
import type { ReadLine } from './read-line.ts';
import { toSecurityEvent } from './rows.ts';
import { screenLines } from './screen.ts';
import { type Settled, settle } from './settle.ts';
import { pauseUnlessAborted, untilAborted } from './until-aborted.ts';
import { createWaiting, type Entry } from './waiting.ts';

export type { IntakeLimits } from './limits.ts';
export type { DeadLetterRow, OpenBlock } from './ports.ts';

export interface IntakeOptions {
  readonly open: (day: string) => OpenBlock;
  /**
   * Whether keyed submissions may be stored with others in one block: only where nobody else can be storing the same one
   * meanwhile, since a block is recognised when it is sent again, not a part of it. Default: no.
   */
  readonly keyedTogether?: boolean;
  readonly lookup: LookupBatch;
  readonly locate: Locate;
  /** Absent or null: lines are kept as they come. */
  readonly mask?: MaskLine | null;
  readonly offer: OfferBatch;
  readonly deadLetter: WriteDeadLetters;
  readonly limits?: Partial<IntakeLimits>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Distinguishes the processes that write batches; random when not given. */
  readonly writer?: string;
  readonly readLine: ReadLine;
}

interface IntakeStats {
  /** Rows accepted from collectors and not yet committed, waiting or being written. */
  readonly waitingRows: number;
  readonly waitingBytes: number;
  /** Age of the oldest of them, ms; 0 when none. */
  readonly lagMs: number;
  readonly batchesInFlight: number;
  readonly storeAway: boolean;
  readonly acceptedRows: number;
  readonly rejectedRows: number;
  readonly rawRows: number;
  readonly refused: number;
  readonly batches: number;
  readonly deadLettersLost: number;
}

export interface Intake {
  /**
   * Resolves once the rows and their ledger row are in the store. Throws IntakeRefused when the lines were certainly
   * not taken; then, and only then, they may be sent again without a key and not be doubled. Throws IntakeUncertain when
   * the belt was closed while the store had not answered.
   */
  submit(submission: Submission): Promise<Receipt>;
  stats(): IntakeStats;
  /** Takes nothing new, finishes what it has within `closeWaitMs`. */
  close(): Promise<void>;
}

const busyRetrySeconds = 1;
const awayRetrySeconds = 3;

/** The belt: raw lines → events → one committed batch → an offer to detection → receipts. */
export function createIntake(o: IntakeOptions): Intake {
  const limits: IntakeLimits = { ...defaultIntakeLimits, ...o.limits };
  const { readLine } = o;
  const nextId = createBatchIds(o.clock, o.writer ?? randomBytes(3).toString('hex'));
  const meters = createIntakeMeters(o.metrics);
  const desk = createDeadLetterDesk({ write: o.deadLetter, limits, clock: o.clock, log: o.log, meters });
  const waiting = createWaiting({ keyedTogether: o.keyedTogether ?? false });
  const keyed = new Map<string, Promise<Receipt>>();
  const running = new Set<Promise<void>>();
  const heldBySource = new Map<string, { rows: number; bytes: number }>();
  const inFlightSinceMs = new Map<symbol, number>();
  const tryingSinceMs = new Map<string, number>();
  const stopped = new AbortController();
  let heldRows = 0;
  let heldBytes = 0;
  let awaySinceMs: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closing = false;

  /** Whether the store has failed or kept silent too long. With no batch in flight nobody knows, so one is let in. */
  function isAway(): boolean {
    if (running.size === 0) return false;
    const nowMs = o.clock();
    if (awaySinceMs !== null && nowMs - awaySinceMs >= limits.awayGraceMs) return true;
    for (const sinceMs of tryingSinceMs.values()) if (nowMs - sinceMs >= limits.silentMs) return true;
    return false;
  }

  function refuse(code: 'busy' | 'store-away', message: string): IntakeRefused {
    meters.refused(code);
    return new IntakeRefused(code, code === 'busy' ? busyRetrySeconds : awayRetrySeconds, message);
  }

  function hold(source: string, rows: number, bytes: number): void {
    heldRows += rows;
    heldBytes += bytes;
    const held = heldBySource.get(source) ?? { rows: 0, bytes: 0 };
    held.rows += rows;
    held.bytes += bytes;
    // Sources come and go; only those with something held are remembered.
    if (held.rows === 0 && held.bytes === 0) heldBySource.delete(source);
    else heldBySource.set(source, held);
  }

  function checkRoom(source: string, rows: number, bytes: number): void {
    if (closing) throw refuse('store-away', 'The intake is closing');
    if (isAway()) throw refuse('store-away', 'The store does not answer');
    const held = heldBySource.get(source) ?? { rows: 0, bytes: 0 };
    const isFull = heldRows + rows > limits.heldRowsMax || heldBytes + bytes > limits.heldBytesMax;
    // One submission alone may be over its share; a second one may not.
    const isGreedy =
      held.rows > 0 &&
      (held.rows + rows > limits.heldRowsMax * limits.sourceShare ||
        held.bytes + bytes > limits.heldBytesMax * limits.sourceShare);
    if ((isFull && heldRows > 0) || isGreedy) {
      throw refuse('busy', isGreedy ? 'This source has too much waiting' : 'Too much is waiting');
    }
  }

  /** Refuse what no write was ever tried for: certainly not stored. */
  function refuseWaiting(): void {
    for (const entry of waiting.drain()) {
      entry.reject(refuse('store-away', 'The store does not answer'));
    }
  }

  function onTry(batch: string): void {
    tryingSinceMs.set(batch, o.clock());
  }

  function onFailure(batch: string): void {
    tryingSinceMs.delete(batch);
    awaySinceMs ??= o.clock();
    meters.retried();
    if (isAway()) refuseWaiting();
  }

  function onStored(batch: string): void {
    tryingSinceMs.delete(batch);
    awaySinceMs = null;
  }

  /** Reads a batch's lines into the block, a chunk at a time: an event that is done with is forgotten at once. */
  async function readInto(open: OpenBlock, { head, entries }: Planned): Promise<{ rows: number; raw: number }> {
    let chunk: SecurityEvent[] = [];
    let rows = 0;
    let raw = 0;
    open.begin(head);
    for (const { submission, kept } of entries) {
      for (const line of kept) {
        const event = toSecurityEvent(line, submission, head.id, rows, readLine, o.locate, o.mask ?? null);
        chunk.push(event);
        rows += 1;
        if (event.parseStatus === 'raw') raw += 1;
        if (chunk.length < limits.chunkRows) continue;
        await open.add(chunk);
        chunk = [];
        // Big submissions must not keep the loop from health checks and other sources.
        await nextTurn();
      }
    }
    if (chunk.length > 0) await open.add(chunk);
    return { rows, raw };
  }

  function offer(ref: BatchRef): void {
    o.offer(ref).catch((error: unknown) => {
      o.log.warn({ batch: ref.id, reason: String(error) }, 'detection not woken; the sweeper will find the batch');
    });
  }

  /** The store will not have this entry: its lines become dead letters and are rejected, which the client is told. */
  async function bury(entry: Entry, batch: string, reason: string): Promise<void> {
    const buried = await desk.bury(entry.submission, entry.kept, 'store-refused');
    o.log.error(
      { batch, rows: entry.kept.length, buried, reason },
      'the store refuses a batch; its lines are dead letters',
    );
    if (!buried) throw refuse('store-away', 'The store refuses the batch and its dead letters');
    meters.rejected(entry.kept.length);
    const rejected = [...entry.rejected, ...entry.kept.map(({ line }) => ({ line, reason: 'store-refused' }))];
    entry.resolve({ batch: '', accepted: 0, rejected: rejected.sort((a, b) => a.line - b.line) });
  }

  async function readAndSettle(open: OpenBlock, batches: readonly Planned[]): Promise<Settled> {
    const read = { batches: batches.length, rows: 0, raw: 0 };
    for (const batch of batches) {
      const { rows, raw } = await readInto(open, batch);
      read.rows += rows;
      read.raw += raw;
    }
    const startedMs = o.clock();
    const settled = await settle(
      { id: batches[0]?.head.id ?? '', rows: read.rows },
      {
        write: () => untilAborted(open.write(), stopped.signal),
        limits,
        log: o.log,
        onTry,
        onFailure,
        onStored,
        pause: (ms) => pauseUnlessAborted(ms, stopped.signal),
      },
    );
    if (settled.kind === 'stored') meters.stored(read, o.clock() - startedMs);
    return settled;
  }

  async function commit(entries: readonly Entry[]): Promise<void> {
    const first = entries[0];
    if (first === undefined) return;
    const batches = planBatches(entries, nextId);
    const open = o.open(first.day);
    const settled = await readAndSettle(open, batches).finally(() => open.close());
    if (settled.kind === 'unknown') throw new IntakeUncertain();
    if (settled.kind === 'refused') {
      // It answered, so it is not away.
      awaySinceMs = null;
      // One bad submission must not take its company along: each is tried alone, under an id of its own.
      if (entries.length === 1) await bury(first, batches[0]?.head.id ?? '', settled.reason);
      else for (const entry of entries) await commit([entry]);
      return;
    }
    for (const { head, entries: stored } of batches) {
      offer({ id: head.id, day: head.day });
      for (const { kept, rejected, resolve } of stored) resolve({ batch: head.id, accepted: kept.length, rejected });
    }
  }

  function launch(entries: readonly Entry[]): void {
    const mark = Symbol('batch');
    inFlightSinceMs.set(mark, Math.min(...entries.map((entry) => entry.sinceMs)));
    const run = commit(entries)
      // Entries already answered are unmoved by this.
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error : new Error(String(error));
        if (!(error instanceof IntakeRefused || error instanceof IntakeUncertain))
          o.log.error({ reason: reason.message }, 'a batch failed by a fault of ours');
        for (const entry of entries) entry.reject(reason);
      })
      .finally(() => {
        inFlightSinceMs.delete(mark);
        running.delete(run);
        pump();
      });
    running.add(run);
  }

  /** Start batches while there is room: at once when one is full or its time has come, else after the gathering time. */
  function pump(): void {
    while (running.size < limits.batchesInFlightMax && waiting.entries > 0) {
      const oldest = waiting.oldestSinceMs() ?? o.clock();
      const leftMs = limits.gatherMs - (o.clock() - oldest);
      const isFull = waiting.rows >= limits.batchRowsMax || waiting.bytes >= limits.batchBytesMax;
      if (!isFull && !closing && leftMs > 0) {
        timer ??= setTimeout(() => {
          timer = null;
          pump();
        }, leftMs);
        return;
      }
      launch(waiting.take(limits.batchRowsMax, limits.batchBytesMax));
    }
  }

  async function enqueue(submission: Submission, keyedId: string): Promise<Receipt> {
    let bytes = 0;
    for (const line of submission.lines) bytes += line.text.length + (line.base64?.length ?? 0);
    const { kept, refused, rejected } = screenLines(submission.lines, limits);
    checkRoom(submission.source.id, kept.length, bytes);
    meters.rejected(refused.length);
    // Beside the batch, not before it: nothing may come between the look at the room and the taking of it.
    const posted = refused.length > 0 ? desk.post(submission, refused) : Promise.resolve();
    if (kept.length === 0) {
      await posted;
      return { batch: '', accepted: 0, rejected };
    }
    const source = submission.source.id;
    const day = utcDay(submission.receivedTimeMs);
    hold(source, kept.length, bytes);
    const answered = new Promise<Receipt>((resolve, reject) => {
      waiting.add({ submission, kept, rejected, bytes, day, keyedId, sinceMs: o.clock(), resolve, reject });
    });
    // Room is given back before the sender hears the answer, or its next submission would meet its own last one.
    const receipt = answered.finally(() => hold(source, -kept.length, -bytes));
    pump();
    const [answer] = await Promise.all([receipt, posted]);
    return answer;
  }

  async function submitKeyed(submission: Submission, id: string): Promise<Receipt> {
    const known = await o.lookup(id).catch((error: unknown) => {
      throw refuse('store-away', `The ledger cannot be asked: ${String(error)}`);
    });
    if (known === null) return enqueue(submission, id);
    return { batch: id, accepted: known.rows, rejected: screenLines(submission.lines, limits).rejected };
  }

  return {
    submit(submission) {
      if (submission.key === '') return enqueue(submission, '');
      const id = keyedBatchId(submission.source.id, submission.key);
      const same = keyed.get(id);
      if (same !== undefined) return same;
      const receipt = submitKeyed(submission, id).finally(() => keyed.delete(id));
      keyed.set(id, receipt);
      return receipt;
    },
    stats() {
      const nowMs = o.clock();
      const oldest = Math.min(waiting.oldestSinceMs() ?? nowMs, ...inFlightSinceMs.values());
      return {
        waitingRows: heldRows,
        waitingBytes: heldBytes,
        lagMs: heldRows === 0 ? 0 : Math.max(0, nowMs - oldest),
        batchesInFlight: running.size,
        storeAway: isAway(),
        ...meters.totals(),
      };
    },
    async close() {
      closing = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      pump();
      const giveUp = setTimeout(() => stopped.abort(), limits.closeWaitMs);
      while (running.size > 0) await Promise.all(running);
      stopped.abort();
      clearTimeout(giveUp);
      refuseWaiting();
    },
  };
}
