import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import {
  createIntake,
  type DeadLetterRow,
  type Intake,
  type IntakeLimits,
  type IntakeOptions,
} from '../../src/ingest/index.ts';
import type { Batch, BatchRef } from '../../src/model/batch.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { IntakeRefused, IntakeUncertain, type RawLine, type Source, type Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { readLine } from '../harness/read-line.ts';
import { wholeBatches } from '../harness/whole-batch.ts';

/** A whole store in memory: idempotent by batch id, and it can be away, silent, or refuse rows. */
function memoryStore() {
  const batches = new Map<string, { batch: Batch; rows: readonly SecurityEvent[] }>();
  const dead: DeadLetterRow[] = [];
  const offered: BatchRef[] = [];
  let mode: 'up' | 'away' | 'lands-unseen' = 'up';
  let tries = 0;
  let writing: Promise<void> | null = null;
  return {
    batches,
    dead,
    offered,
    get tries() {
      return tries;
    },
    set mode(next: typeof mode) {
      mode = next;
    },
    /** What every write waits for. */
    set writing(next: Promise<void>) {
      writing = next;
    },
    rows: () => [...batches.values()].flatMap(({ rows }) => rows),
    async write(
      b: { id: string; day: string; receivedTimeMs: number; key: string },
      rows: readonly SecurityEvent[],
    ): Promise<{ committedTimeMs: number }> {
      tries += 1;
      await writing;
      if (mode === 'away') throw Object.assign(new Error('away'), { code: 'store-away' });
      if (rows.some((row) => row.raw.includes('POISON')))
        throw Object.assign(new Error('bad'), { code: 'store-refused' });
      const sources = [...new Set(rows.map((row) => row.source))];
      const batch: Batch = { ...b, rows: rows.length, committedTimeMs: 1, sources, how: 'committed' };
      if (!batches.has(b.id)) batches.set(b.id, { batch, rows });
      if (mode === 'lands-unseen') throw Object.assign(new Error('cut'), { code: 'store-away' });
      return { committedTimeMs: 1 };
    },
    async lookup(id: string): Promise<Batch | null> {
      if (mode === 'away') throw Object.assign(new Error('away'), { code: 'store-away' });
      return batches.get(id)?.batch ?? null;
    },
    async deadLetter(rows: readonly DeadLetterRow[]): Promise<void> {
      dead.push(...rows);
    },
    async offer(ref: BatchRef): Promise<void> {
      offered.push(ref);
    },
  };
}

const source = (id: string, more: Partial<Source> = {}): Source => ({
  id,
  name: id,
  org: 'so-tttt',
  system: 'qlvb',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
  ...more,
});

const lines = (...texts: string[]): RawLine[] => texts.map((text, index) => ({ text, line: index + 1 }));
const received = Date.UTC(2026, 10, 22, 5);

function submission(from: Source, texts: readonly string[], more: Partial<Submission> = {}): Submission {
  return {
    source: from,
    receivedTimeMs: received,
    lines: lines(...texts),
    key: '',
    transport: 'http',
    peer: '10.0.0.9',
    ...more,
  };
}

function world(limits: Partial<IntakeLimits> = {}, more: Partial<IntakeOptions> = {}) {
  const store = memoryStore();
  const intake: Intake = createIntake({
    readLine,
    open: wholeBatches(store.write),
    lookup: store.lookup,
    deadLetter: store.deadLetter,
    offer: store.offer,
    locate: (from, host) => ({ org: from.org, system: host === 'web-01' ? 'portal' : from.system, level: 3 }),
    limits: { gatherMs: 5, retryFirstMs: 1, retryMaxMs: 5, closeWaitMs: 200, ...limits },
    clock: Date.now,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    ...more,
  });
  return { store, intake };
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setImmediate(resolve));
}

async function refusal(run: Promise<unknown>): Promise<IntakeRefused> {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof IntakeRefused)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

/** For those that are to meet in one batch: they come at once, but a busy machine may stop for a while between two. */
const gatherMs = 500;

describe('a submission', () => {
  it('is answered after its rows are stored, and detection is offered the batch', async () => {
    const { store, intake } = world();
    const answer = await intake.submit(submission(source('a'), ['{"x":1}', 'plain words']));
    expect(answer).toMatchObject({ accepted: 2, rejected: [] });
    expect(store.batches.get(answer.batch)?.rows.map((row) => row.id)).toEqual([
      `${answer.batch}-0`,
      `${answer.batch}-1`,
    ]);
    expect(store.offered).toEqual([{ id: answer.batch, day: '2026-11-22' }]);
    expect(store.rows()[1]).toMatchObject({ parser: 'raw', parseStatus: 'raw', parseReason: 'format-unknown' });
    expect(intake.stats()).toMatchObject({ acceptedRows: 2, rawRows: 1, waitingRows: 0, lagMs: 0 });
    await intake.close();
  });

  it('shares a batch with its neighbours, each answered with its own count', async () => {
    const { store, intake } = world({ gatherMs });
    const answers = await Promise.all(
      ['a', 'b', 'a', 'c'].map((id, n) => intake.submit(submission(source(id), Array(n + 1).fill('{"n":1}')))),
    );
    expect(store.batches.size).toBe(1);
    expect(new Set(answers.map((answer) => answer.batch)).size).toBe(1);
    expect(answers.map((answer) => answer.accepted)).toEqual([1, 2, 3, 4]);
    await intake.close();
  });

  it('of another received day is another batch', async () => {
    const { store, intake } = world();
    const midnight = Date.UTC(2026, 10, 23);
    await Promise.all([
      intake.submit(submission(source('a'), ['{"n":1}'], { receivedTimeMs: midnight - 1 })),
      intake.submit(submission(source('a'), ['{"n":2}'], { receivedTimeMs: midnight })),
    ]);
    expect([...store.batches.values()].map(({ batch }) => batch.day).sort()).toEqual(['2026-11-22', '2026-11-23']);
    await intake.close();
  });

  it('takes origin, drill, lane and source from the source, never from the line', async () => {
    const { store, intake } = world();
    const from = source('drill-src', { origin: 'drill', drill: 'r1', lane: 'l1' });
    await intake.submit(
      submission(from, ['{"source":"root","origin":"production","drill":"x","org":"y","host":"web-01"}']),
    );
    expect(store.rows()[0]).toMatchObject({
      source: 'drill-src',
      origin: 'drill',
      drill: 'r1',
      lane: 'l1',
      org: 'so-tttt',
      system: 'portal',
    });
    await intake.close();
  });

  it('without lines, or with blank ones only, is answered and makes no batch', async () => {
    const { store, intake } = world();
    expect(await intake.submit(submission(source('a'), []))).toEqual({ batch: '', accepted: 0, rejected: [] });
    expect(await intake.submit(submission(source('a'), ['', '  ']))).toEqual({ batch: '', accepted: 0, rejected: [] });
    expect(store.tries).toBe(0);
    await intake.close();
  });

  it('larger than a batch goes whole into one batch', async () => {
    const { store, intake } = world({ batchRowsMax: 10, chunkRows: 7 });
    const answer = await intake.submit(submission(source('a'), Array(95).fill('{"n":1}')));
    expect(answer.accepted).toBe(95);
    expect(store.batches.size).toBe(1);
    await intake.close();
  });
});

describe('an offer that fails', () => {
  it('does not fail the submission', async () => {
    const { store } = world();
    const intake = createIntake({
      readLine,
      ...store,
      open: wholeBatches(store.write),
      lookup: store.lookup,
      deadLetter: store.deadLetter,
      offer: () => Promise.reject(new Error('redis is away')),
      locate: () => ({ org: '', system: '', level: 1 }),
      clock: Date.now,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    });
    expect((await intake.submit(submission(source('a'), ['{"n":1}']))).accepted).toBe(1);
    await intake.close();
  });
});

describe('lines that cannot be stored', () => {
  const cases: readonly (readonly [name: string, line: RawLine, reason: string])[] = [
    ['over the bound', { text: 'x'.repeat(2_000), line: 2 }, 'too-long'],
    ['over the bound in bytes, not in characters', { text: 'ế'.repeat(500), line: 2 }, 'too-long'],
    ['UTF-16 read as UTF-8', { text: 'l\0o\0g\0', line: 2 }, 'binary'],
    [
      'broken by the transport',
      { text: 'head', line: 2, flaw: { reason: 'not-utf8', fatal: true, bytes: 9_999 } },
      'not-utf8',
    ],
  ];
  it.each(cases)('%s: rejected by number, and kept as a dead letter', async (_name, line, reason) => {
    const { store, intake } = world({ lineBytesMax: 1_000 });
    const good = { text: '{"n":1}', line: 1 };
    const answer = await intake.submit({ ...submission(source('a'), []), lines: [good, line] });
    expect(answer).toMatchObject({ accepted: 1, rejected: [{ line: 2, reason }] });
    expect(store.dead).toHaveLength(1);
    expect(store.dead[0]).toMatchObject({ reason, source: 'a', transport: 'http', peer: '10.0.0.9' });
    expect(store.dead[0]?.bytes).toBe(line.flaw?.bytes ?? Buffer.byteLength(line.text));
    await intake.close();
  });

  it('padding NULs at the end are no reason', async () => {
    const { intake } = world();
    expect((await intake.submit(submission(source('a'), ['ok\0\0\0\0']))).accepted).toBe(1);
    await intake.close();
  });

  it('a flaw that is not fatal is stored and flagged', async () => {
    const { store, intake } = world();
    const flaw = { reason: 'not-utf8', fatal: false, bytes: 7 };
    await intake.submit({ ...submission(source('a'), []), lines: [{ text: '{"a":"\ufffd"}', line: 1, flaw }] });
    expect(store.rows()[0]).toMatchObject({ parser: 'json', parseStatus: 'partial', parseReason: 'not-utf8' });
    await intake.close();
  });

  const tcvn3 = Buffer.from('{"user":"NguyÔn ThÞ H¹nh"}', 'latin1');
  const noUtf8 = { text: tcvn3.toString(), line: 1, base64: tcvn3.toString('base64') };
  const flaw = { reason: 'not-utf8', fatal: false, bytes: tcvn3.length };
  it.each([
    ['by their look', undefined, { ...noUtf8, flaw }, 'Nguyễn Thị Hạnh'],
    ['as the source is pinned', 'viscii', { ...noUtf8, flaw }, 'NguyÔn Thỡ HỰnh'],
    ['pinned, though they are UTF-8 by chance', 'tcvn3', { text: '{"user":"\u01b5"}', line: 1 }, 'ặà'],
  ] as const)('bytes of an old encoding are decoded and kept: %s', async (_name, encoding, line, user) => {
    const { store, intake } = world();
    const from = encoding === undefined ? source('a') : { ...source('a'), encoding };
    await intake.submit({ ...submission(from, []), lines: [line] });
    const bytes = 'base64' in line ? line.base64 : Buffer.from(line.text).toString('base64');
    expect(store.rows()[0]).toMatchObject({
      parseStatus: 'parsed',
      parseReason: '',
      raw: `{"user":"${user}"}`,
      fields: { user, 'vonggac.text_encoding': encoding ?? 'tcvn3', 'vonggac.raw_base64': bytes },
    });
    await intake.close();
  });

  it('bytes that nothing makes sense of are kept beside what could be read', async () => {
    const { store, intake } = world();
    const bytes = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
    const line = { text: bytes.toString(), line: 1, base64: bytes.toString('base64'), flaw };
    await intake.submit({ ...submission(source('a'), []), lines: [line] });
    expect(store.rows()[0]).toMatchObject({
      parseStatus: 'partial',
      parseReason: 'not-utf8',
      fields: { a: '\ufffd\ufffd', 'vonggac.raw_base64': bytes.toString('base64') },
    });
    await intake.close();
  });

  it('slow dead letters keep neither the good lines waiting nor the door open', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { store, intake } = world({ lineBytesMax: 10, heldRowsMax: 10 }, { deadLetter: () => gate });
    const answers = [1, 2, 3].map(() =>
      intake.submit(submission(source('a'), ['x'.repeat(11), ...Array<string>(6).fill('{"n":1}')])),
    );
    expect(await Promise.allSettled(answers.slice(1))).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await until(() => store.rows().length === 6);
    release();
    expect(await answers[0]).toMatchObject({ accepted: 6, rejected: [{ line: 1, reason: 'too-long' }] });
    await intake.close();
  });

  it('no more dead letters than the bound, the rest counted', async () => {
    const { store, intake } = world({ lineBytesMax: 10, deadLettersMax: 3 });
    const answer = await intake.submit(submission(source('a'), Array(8).fill('x'.repeat(11))));
    expect(answer.rejected).toHaveLength(8);
    expect(store.dead).toHaveLength(3);
    expect(intake.stats().deadLettersLost).toBe(5);
    await intake.close();
  });
});

describe('a keyed submission', () => {
  it('repeated is answered from the ledger and stored once, with the same rejections', async () => {
    const { store, intake } = world({ lineBytesMax: 100 });
    const one = submission(source('a'), ['{"n":1}', 'x'.repeat(101)], { key: 'K-1' });
    const first = await intake.submit(one);
    const again = await intake.submit({ ...one, receivedTimeMs: received + 86_400_000 });
    expect(again).toEqual(first);
    expect(first.batch).toMatch(/^k[0-9a-f]{32}$/);
    expect(store.rows()).toHaveLength(1);
    await intake.close();
  });

  it('twice at the same time is one batch', async () => {
    const { store, intake } = world();
    const one = submission(source('a'), ['{"n":1}'], { key: 'K-1' });
    const [first, second] = await Promise.all([intake.submit(one), intake.submit(one)]);
    expect(first).toEqual(second);
    expect(store.rows()).toHaveLength(1);
    await intake.close();
  });

  it('of another source is another batch, and never shares one', async () => {
    const { store, intake } = world();
    await Promise.all(['a', 'b'].map((id) => intake.submit(submission(source(id), ['{"n":1}'], { key: 'same' }))));
    expect(store.batches.size).toBe(2);
    await intake.close();
  });
});

describe('keyed submissions that may be stored together', () => {
  /** How many batches each write had. */
  function counting(together: boolean) {
    const writes: number[] = [];
    const store = memoryStore();
    const made = world(
      { gatherMs },
      {
        keyedTogether: together,
        lookup: store.lookup,
        open: (day) => {
          const open = wholeBatches(store.write)(day);
          let begun = 0;
          return {
            ...open,
            begin: (batch) => {
              begun += 1;
              open.begin(batch);
            },
            write: async () => {
              writes.push(begun);
              return open.write();
            },
          };
        },
      },
    );
    return { ...made, store, writes };
  }
  const five = ['a', 'b', 'c', 'd', 'e'];

  it.each([
    ['together', true, [6]],
    ['each alone', false, [1, 1, 1, 1, 1, 1]],
  ] as const)('%s: every key is a batch of its own', async (_, together, wanted) => {
    const { store, intake, writes } = counting(together);
    const keyless = intake.submit(submission(source('x'), ['{"n":0}']));
    const answers = await Promise.all(
      five.map((id) => intake.submit(submission(source(id), ['{"n":1}', '{"n":2}'], { key: 'same' }))),
    );
    await keyless;
    expect(writes).toEqual(wanted);
    expect(store.batches.size).toBe(6);
    expect(new Set(answers.map(({ batch }) => batch)).size).toBe(5);
    for (const [i, { batch, accepted }] of answers.entries()) {
      expect(accepted).toBe(2);
      const { rows } = store.batches.get(batch) ?? { rows: [] };
      expect(rows.map((row) => [row.id, row.source])).toEqual([
        [`${batch}-0`, five[i]],
        [`${batch}-1`, five[i]],
      ]);
    }
    const again = await intake.submit(submission(source('b'), ['{"n":1}', '{"n":2}'], { key: 'same' }));
    expect(again.batch).toBe(answers[1]?.batch);
    expect(writes).toEqual(wanted);
    await intake.close();
  });

  it('what the store refuses of them is a dead letter, the others are stored under their own keys', async () => {
    const { store, intake } = counting(true);
    const answers = await Promise.all(
      five.map((id) =>
        intake.submit(submission(source(id), [id === 'c' ? '{"POISON":1}' : '{"n":1}'], { key: `k-${id}` })),
      ),
    );
    expect(answers.map(({ accepted }) => accepted)).toEqual([1, 1, 0, 1, 1]);
    expect(store.batches.size).toBe(4);
    await intake.close();
  });
});

describe('a store that is away', () => {
  it('a batch that landed unseen is written again under its own id and lands once', async () => {
    const { store, intake } = world();
    store.mode = 'lands-unseen';
    const answer = intake.submit(submission(source('a'), ['{"n":1}']));
    await until(() => store.tries >= 3);
    store.mode = 'up';
    expect((await answer).accepted).toBe(1);
    expect(store.rows()).toHaveLength(1);
    await intake.close();
  });

  it('refuses new and waiting submissions after the grace, and takes them again when it is back', async () => {
    const { store, intake } = world({ awayGraceMs: 0, batchesInFlightMax: 1, gatherMs: 0 });
    store.mode = 'away';
    const held = intake.submit(submission(source('a'), ['{"n":1}']));
    await until(() => store.tries >= 1);
    const refused = await refusal(intake.submit(submission(source('a'), ['{"n":2}'])));
    expect([refused.code, refused.retryAfterSeconds > 0]).toEqual(['store-away', true]);
    expect(intake.stats()).toMatchObject({ storeAway: true, waitingRows: 1 });
    store.mode = 'up';
    expect((await held).accepted).toBe(1);
    expect((await intake.submit(submission(source('a'), ['{"n":3}']))).accepted).toBe(1);
    expect(store.rows().map((row) => row.fields.n)).toEqual([1, 3]);
    await intake.close();
  });

  it('a silent write closes the door too', async () => {
    const { store, intake } = world({ silentMs: 20, gatherMs: 0 });
    let written: () => void = () => undefined;
    store.writing = new Promise((resolve) => {
      written = resolve;
    });
    const slow = intake.submit(submission(source('a'), ['{"n":1}']));
    await until(() => intake.stats().storeAway);
    expect((await refusal(intake.submit(submission(source('b'), ['{"n":2}'])))).code).toBe('store-away');
    written();
    expect((await slow).accepted).toBe(1);
    await intake.close();
  });

  it('close gives up on it and says that the outcome is not known', async () => {
    const { store, intake } = world({ closeWaitMs: 30 });
    store.mode = 'away';
    const held = intake.submit(submission(source('a'), ['{"n":1}'])).catch((error: unknown) => error);
    await until(() => store.tries >= 1);
    await intake.close();
    // Not IntakeRefused: that would say that the lines may be sent again.
    expect(await held).toBeInstanceOf(IntakeUncertain);
  });

  it('close does not wait for a write that never ends', async () => {
    const { intake } = world({ closeWaitMs: 30 }, { open: wholeBatches(() => new Promise(() => undefined)) });
    const held = intake.submit(submission(source('a'), ['{"n":1}'])).catch((error: unknown) => error);
    await until(() => intake.stats().batchesInFlight === 1);
    await intake.close();
    expect(await held).toBeInstanceOf(IntakeUncertain);
  });
});

describe('rows the store refuses', () => {
  it('become dead letters and rejections without taking their company along', async () => {
    const { store, intake } = world({ refusedTriesMax: 2 });
    const [good, bad] = await Promise.all([
      intake.submit(submission(source('a'), ['{"n":1}'])),
      intake.submit(submission(source('b'), ['POISON'])),
    ]);
    expect(good).toMatchObject({ accepted: 1, rejected: [] });
    expect(bad).toEqual({ batch: '', accepted: 0, rejected: [{ line: 1, reason: 'store-refused' }] });
    expect(store.dead.map((row) => [row.reason, row.head])).toEqual([['store-refused', 'POISON']]);
    // The door is open again: a refusal is an answer.
    expect((await intake.submit(submission(source('a'), ['{"n":2}']))).accepted).toBe(1);
    await intake.close();
  });
});

describe('bounds', () => {
  it('a flooding source is refused at its share while another is still taken', async () => {
    const { store, intake } = world({ heldRowsMax: 100, sourceShare: 0.5, batchesInFlightMax: 1, awayGraceMs: 60_000 });
    store.mode = 'away';
    const flood = source('flood');
    const held = [1, 2, 3, 4].map(() => intake.submit(submission(flood, Array(10).fill('{"n":1}'))));
    const greedy = await refusal(intake.submit(submission(flood, Array(20).fill('{"n":1}'))));
    expect(greedy.code).toBe('busy');
    const other = intake.submit(submission(source('quiet'), ['{"n":2}']));
    store.mode = 'up';
    expect((await other).accepted).toBe(1);
    expect((await Promise.all(held)).every((answer) => answer.accepted === 10)).toBe(true);
    expect(intake.stats().refused).toBe(1);
    await intake.close();
  });

  it('a quiet source does not wait behind a flooding one', async () => {
    const { store, intake } = world({ batchRowsMax: 10, batchesInFlightMax: 1, heldRowsMax: 10_000 });
    const flood = Array.from({ length: 20 }, () =>
      intake.submit(submission(source('flood'), Array(9).fill('{"n":1}'))),
    );
    const quiet = await intake.submit(submission(source('quiet'), ['{"n":2}']));
    await Promise.all(flood);
    expect([...store.batches.keys()].indexOf(quiet.batch)).toBeLessThan(3);
    await intake.close();
  });

  it('keeps the order within a source', async () => {
    const { store, intake } = world({ batchRowsMax: 3, batchesInFlightMax: 2 });
    await Promise.all(Array.from({ length: 30 }, (_, n) => intake.submit(submission(source('a'), [`{"n":${n}}`]))));
    const byId = [...store.rows()].sort((a, b) => (a.batch < b.batch ? -1 : a.batch > b.batch ? 1 : 0));
    expect(byId.map((row) => row.fields.n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    await intake.close();
  });
});

describe('a source whose clock is put right', () => {
  it('has the correction on every event that bears a time, and what is ahead of its receipt is kept and flagged', async () => {
    const { store, intake } = world();
    const hour = 3_600_000;
    const lines = ['{"timestamp":"2026-11-22T05:00:00Z"}', '{"timestamp":"2026-11-21T22:00:00Z"}', 'no time'];
    const corrected = source('utc', { timeCorrection: { addMs: 7 * hour, reason: 'UTC' } });
    await intake.submit(submission(corrected, lines));
    expect(
      store
        .rows()
        .map(({ eventTimeMs, fields, raw }) => [
          eventTimeMs - received,
          fields['vonggac.time_correction_ms'],
          fields['vonggac.time_flags'],
          raw,
        ]),
    ).toEqual([
      [7 * hour, 7 * hour, ['future'], lines[0]],
      [0, 7 * hour, undefined, lines[1]],
      [0, undefined, undefined, lines[2]],
    ]);
    await intake.close();
  });
});
