import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRuleBook, type RuleBook } from '../../src/compose/rules.ts';
import { type RuleWork, ruleWork } from '../../src/detect/rule-work.ts';
import { ThreadLost } from '../../src/detect/thread-task.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { until } from '../harness/poll.ts';

const rule = (n: number, contains: string): string => `title: Rule ${n}
id: 00000000-0000-4000-8000-00000000000${n}
status: test
level: low
logsource:
  category: process_creation
detection:
  s:
    CommandLine|contains: '${contains}'
  condition: s
`;

const event = (command: string) => ({
  fields: { CommandLine: command },
  logsource: { product: null, categories: ['process_creation'], services: [] },
});

let dir: string;
let book: RuleBook;
let metrics: Metrics;
let audit: { actor: string; action: string; document: Readonly<Record<string, unknown>> }[];
let auditFails: boolean;
/** Threads that stop before one does not. */
let threadsLost: number;
/** Tags that a thread was to compile for, each time one was asked. */
let asked: (readonly unknown[])[];

/** As threads do it, in this one: what threads do is tested in rule-work.test.ts. */
const work: RuleWork = {
  here: ruleWork.here,
  async inThread(places, tags) {
    asked.push(tags);
    if (threadsLost-- > 0) throw new ThreadLost('out of memory');
    const working = await ruleWork.here(places);
    working.set.prepare(tags);
    return working;
  },
};

const open = (): Promise<RuleBook> => {
  return openRuleBook({
    dirs: [join(dir, 'rules')],
    options: { placeholderFile: '', legacyActions: false, unknownDimension: 'closed' },
    audit: async (row) => {
      if (auditFails) throw new Error('the store is away');
      audit.push(row);
    },
    clock: Date.now,
    log: createLog('silent'),
    metrics,
    limits: { pollMs: 50, settleMs: 20 },
    work,
  });
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vonggac-rules-'));
  await mkdir(join(dir, 'rules', 'deep'), { recursive: true });
  await writeFile(join(dir, 'rules', 'one.yml'), rule(1, 'whoami'));
  audit = [];
  auditFails = false;
  threadsLost = 0;
  asked = [];
  metrics = createMetrics();
  book = await open();
});
afterEach(async () => {
  await book.close();
  await rm(dir, { recursive: true, force: true });
});

const titlesMet = (rules: readonly number[]): (string | undefined)[] =>
  rules.map((rule) => book.live().facts[rule]?.title);

const changedFrom = (version: string): Promise<string> =>
  until(
    async () => book.set().version,
    (now) => now !== version,
    10_000,
  );

describe('rules follow their folders', () => {
  test('a new file, a changed one and one that went away', async () => {
    book.follow();
    const first = book.set().version;
    const old = book.live();
    await writeFile(join(dir, 'rules', 'deep', 'two.yaml'), rule(2, 'net user'));
    const second = await changedFrom(first);
    expect(titlesMet(book.live().match(event('net user x')))).toEqual(['Rule 2']);
    // Whoever works with the set it began with goes on with it.
    expect(old.match(event('net user x'))).toEqual([]);
    expect(old.version).toBe(first);
    await writeFile(join(dir, 'rules', 'one.yml'), rule(1, 'ipconfig'));
    const third = await changedFrom(second);
    expect(titlesMet(book.live().match(event('ipconfig')))).toEqual(['Rule 1']);
    await rm(join(dir, 'rules', 'deep', 'two.yaml'));
    await changedFrom(third);
    expect(book.list().map(({ title }) => title)).toEqual(['Rule 1']);
    expect(audit.map(({ actor, action, document }) => [actor, action, document.detections])).toEqual([
      ['system', 'reloaded', 2],
      ['system', 'reloaded', 2],
      ['system', 'reloaded', 1],
    ]);
    expect(await metrics.text()).toMatch(/vonggac_rules_reloads_total\{outcome="loaded"\} 3/);
  });

  test('a folder that went away leaves the old set standing, says so once, and is taken up again', async () => {
    book.follow();
    const first = book.live();
    await rename(join(dir, 'rules'), join(dir, 'elsewhere'));
    await until(
      async () => book.set().failure,
      (failure) => failure.includes('cannot be read'),
      10_000,
    );
    expect(book.live()).toBe(first);
    expect(book.set()).toMatchObject({ version: first.version, detections: 1 });
    expect(await metrics.text()).toMatch(/vonggac_rules_reload_failing 1/);
    await rename(join(dir, 'elsewhere'), join(dir, 'rules'));
    await until(
      async () => book.set().failure,
      (failure) => failure === '',
      10_000,
    );
    // The same rules: the same set, with all the detector knows of it.
    expect(book.live()).toBe(first);
    expect(await metrics.text()).toMatch(/vonggac_rules_reload_failing 0/);
    expect(audit.map(({ action }) => action)).toEqual(['reload-failed', 'reloaded']);
  });

  test('a reading that would leave no rule at all is not put in force; one that leaves some is', async () => {
    const first = book.live();
    await writeFile(join(dir, 'rules', 'one.yml'), 'title: [');
    expect(await book.reload('p1')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no rule is left'),
    });
    expect(book.live()).toBe(first);
    await writeFile(join(dir, 'rules', 'two.yml'), rule(2, 'net user'));
    expect(await book.reload('p1')).toEqual({ kind: 'loaded', changed: true });
    expect(book.set()).toMatchObject({ detections: 1, refusedTotal: 1, failure: '' });
    expect(book.set().refused[0]?.file).toContain('one.yml');
    expect(book.get('00000000-0000-4000-8000-000000000001')).toBeNull();
  });

  test('readings asked for at once go one after another, and a store that is away does not hold the rules up', async () => {
    auditFails = true;
    await writeFile(join(dir, 'rules', 'two.yml'), rule(2, 'net user'));
    const outcomes = await Promise.all([book.reload('p1'), book.reload('p2')]);
    expect(outcomes).toEqual([
      { kind: 'loaded', changed: true },
      { kind: 'loaded', changed: false },
    ]);
    expect(book.set().detections).toBe(2);
    expect(audit).toEqual([]);
  });

  test('a new set is compiled for the kinds of events that the old one met', async () => {
    const { logsource } = event('x');
    book.live().match(event('x'));
    await writeFile(join(dir, 'rules', 'two.yml'), rule(2, 'net user'));
    await book.reload('p1');
    expect(asked).toEqual([[], [logsource]]);
    // Nothing is left to do: no thread, not even a turn of the event loop.
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await book.live().prepare([logsource]);
    expect(turned).toBe(false);
  });

  test('a thread that stops is asked once more; then the old rules stay, and the reason is told', async () => {
    await writeFile(join(dir, 'rules', 'two.yml'), rule(2, 'net user'));
    threadsLost = 2;
    const first = book.live();
    expect(await book.reload('p1')).toEqual({ kind: 'failed', reason: 'out of memory' });
    expect(book.live()).toBe(first);
    expect(book.set()).toMatchObject({ detections: 1, failure: 'out of memory' });
    threadsLost = 1;
    expect(await book.reload('p1')).toEqual({ kind: 'loaded', changed: true });
    expect(book.set()).toMatchObject({ detections: 2, failure: '' });
  });

  test('at the start nothing else goes on yet: without a thread, rules are read here', async () => {
    await book.close();
    threadsLost = 1;
    metrics = createMetrics();
    book = await open();
    expect(book.set()).toMatchObject({ detections: 1, failure: '' });
  });

  test('a file written while it was read is read again', async () => {
    const version = book.set().version;
    const writing = (async () => {
      for (let n = 2; n < 8; n += 1) await writeFile(join(dir, 'rules', `n${n}.yml`), rule(n, `word${n}`));
    })();
    await Promise.all([writing, book.reload('p1')]);
    await book.reload('p1');
    expect(book.set().version).not.toBe(version);
    expect(book.set().detections).toBe(7);
  });
});
