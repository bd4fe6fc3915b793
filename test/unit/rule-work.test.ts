import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RulesUnreadable } from '../../src/detect/rule-files.ts';
import { ruleWork, type WorkingRules } from '../../src/detect/rule-work.ts';
import { runInThread } from '../../src/detect/thread-task.ts';

const rule = (n: number, product: string): string => `title: Rule ${n}
id: 00000000-0000-4000-8000-${String(n).padStart(12, '0')}
logsource: { product: ${product} }
detection: { s: { a|contains: ['word${n}', 'w*o?rd${n}'] }, condition: s }
`;
const tagsOf = (product: string) => ({ product, categories: [], services: [] });
const event = (n: number, product: string) => ({ fields: { a: `a word${n} b` }, logsource: tagsOf(product) });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rule-work-'));
  await writeRules(300);
});

async function writeRules(count: number): Promise<void> {
  const rules = Array.from({ length: count }, (_, n) => rule(n, n % 2 === 0 ? 'windows' : 'linux'));
  await writeFile(join(dir, 'rules.yml'), `${rules.join('---\n')}---\ntitle: [\n`);
}
afterEach(() => rm(dir, { recursive: true, force: true }));

const places = () => ({ dirs: [dir], options: {}, unknownDimension: 'closed' as const });

/** How often others had their turn meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work.finally(() => {
    isDone = true;
  });
  return turns;
}

/** What matching would have to compile here would have to read a tree. */
function withoutTrees({ set }: WorkingRules): void {
  for (const one of set.rules) {
    Object.defineProperty(one, 'ir', {
      get: () => {
        throw new Error('the tree of a rule was read on the event loop');
      },
    });
  }
}

test('rules are read and compiled by the thread for the tags that are named', { timeout: 120_000 }, async () => {
  const working = await ruleWork.inThread(places(), [tagsOf('windows')]);
  const here = await ruleWork.here(places());
  expect(working.set.version).toBe(here.set.version);
  expect(structuredClone({ ...working.read })).toEqual(structuredClone({ ...here.read }));
  withoutTrees(working);
  expect(working.set.lacks([tagsOf('windows'), tagsOf('linux')])).toEqual([tagsOf('linux')]);
  expect(working.set.match(event(8, 'windows'))).toEqual([8]);
  expect(working.read.refused).toBe(1);
});

test('tags that come later are compiled by a thread, each once, while others have their turn', {
  timeout: 120_000,
}, async () => {
  const working = await ruleWork.inThread(places(), []);
  withoutTrees(working);
  const asked = ['linux', 'windows', 'linux'].map((product) => working.prepare([tagsOf(product)]));
  // Compiled here, they would hold everything up: a thread cannot even start within so few turns.
  expect(await turnsDuring(Promise.all(asked))).toBeGreaterThan(20);
  expect(working.set.match(event(7, 'linux'))).toEqual([7]);
  expect(working.set.match(event(8, 'windows'))).toEqual([8]);
  expect(await turnsDuring(working.prepare([tagsOf('linux'), tagsOf('windows')]))).toBeLessThan(3);
});

test('a folder that is not there is told as it is without a thread', { timeout: 120_000 }, async () => {
  const nowhere = { ...places(), dirs: [join(dir, 'nowhere')] };
  await expect(ruleWork.inThread(nowhere, [])).rejects.toThrow(RulesUnreadable);
  await expect(ruleWork.here(nowhere)).rejects.toThrow(RulesUnreadable);
});

test('a thread that crashes is told of', { timeout: 120_000 }, async () => {
  const here = pathToFileURL(join(dir, 'caller.js')).href;
  await writeFile(join(dir, 'exits.js'), 'process.exit(9)');
  await writeFile(join(dir, 'throws.js'), 'throw new Error("no such rule")');
  await writeFile(
    join(dir, 'hoards.js'),
    'for (const held = []; ; ) held.push(Array(1e5).fill().map((_, i) => ({ i })))',
  );
  const lost = (message: string) => ({ code: 'thread-lost', message: expect.stringContaining(message) });
  await expect(runInThread(here, 'nowhere', {})).rejects.toMatchObject(lost('nowhere'));
  await expect(runInThread(here, 'exits', {})).rejects.toMatchObject(lost('exit code 9'));
  await expect(runInThread(here, 'throws', {})).rejects.toMatchObject(lost('no such rule'));
  await expect(runInThread(here, 'hoards', {}, 64)).rejects.toMatchObject(lost('memory'));
});

test('few rules are compiled where they are used: the first events of a kind do not wait for a thread', {
  timeout: 120_000,
}, async () => {
  await writeRules(40);
  const working = await ruleWork.inThread(places(), []);
  expect(await turnsDuring(working.prepare([tagsOf('linux'), tagsOf('windows')]))).toBeLessThan(10);
  expect(working.set.lacks([tagsOf('linux'), tagsOf('windows')])).toEqual([]);
  expect(working.set.match(event(2, 'windows'))).toEqual([2]);
});
