import { setImmediate } from 'node:timers/promises';
import { compileRules, type EventLogsource, type RuleSet, type UnknownDimension } from '../sigma/index.ts';
import { imageStoreOf, packedImagesIn } from './packed-images.ts';
import { type LoadOptions, loadRuleDirs, RulesUnreadable } from './rule-files.ts';
import { packRules, type ReadRules, unpackRules } from './rule-pack.ts';
import { runInThread } from './thread-task.ts';

/** What of the options a thread can be given. */
export type RuleReading = Pick<LoadOptions, 'placeholderFile' | 'legacyActions'>;

/**
 * Up to so many rules are compiled for a new kind of events where they are used: that takes a quarter of a millisecond a
 * rule at most, and starting a thread for it some hundred, for which the first events of every kind would wait.
 */
const compiledHereMax = 200;

/** Work of rule-thread.ts: rules that are read there or are read already, and the tags they are compiled for. */
export interface RuleTask {
  readonly from: { readonly dirs: readonly string[]; readonly options: RuleReading } | { readonly packed: Uint8Array };
  readonly unknownDimension: UnknownDimension;
  readonly tags: readonly EventLogsource[];
}

/** All of it in shared memory. */
export type RuleReply =
  | { readonly kind: 'ready'; readonly packed: Uint8Array; readonly images: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Rules at work; whatever takes long is done elsewhere than on the event loop. */
export interface WorkingRules {
  readonly read: ReadRules;
  readonly set: RuleSet;
  /**
   * Makes the set ready for events of these tags. Rejects with ThreadLost; then the first event of tags that are
   * missing waits while their image is compiled, on the event loop.
   */
  prepare(tags: readonly EventLogsource[]): Promise<void>;
}

/** Where rules are read. */
export interface RulePlaces {
  readonly dirs: readonly string[];
  readonly options: RuleReading;
  readonly unknownDimension: UnknownDimension;
}

/** How rules get to work. */
export interface RuleWork {
  /** Rejects with RulesUnreadable, and with ThreadLost. */
  inThread(places: RulePlaces, tags: readonly EventLogsource[]): Promise<WorkingRules>;
  /** On the event loop, which stands still meanwhile. Rejects with RulesUnreadable. */
  here(places: RulePlaces): Promise<WorkingRules>;
}

/**
 * Rules read from folders and made ready for events of these tags, by a thread. Rejects with RulesUnreadable, and with
 * ThreadLost.
 */
async function workingRules(places: RulePlaces, tags: readonly EventLogsource[]): Promise<WorkingRules> {
  const { dirs, options, unknownDimension } = places;
  const { packed, images } = await inThread({ from: { dirs, options }, unknownDimension, tags });
  return atWork(packed, new Map(images), unknownDimension, tags);
}

/** The same without a thread. */
async function workingRulesHere({ dirs, options, unknownDimension }: RulePlaces): Promise<WorkingRules> {
  return atWork(packRules(await loadRuleDirs(dirs, options)), new Map(), unknownDimension, []);
}

export const ruleWork: RuleWork = { inThread: workingRules, here: workingRulesHere };

async function inThread(task: RuleTask): Promise<Extract<RuleReply, { kind: 'ready' }>> {
  const reply = await runInThread<RuleTask, RuleReply>(import.meta.url, 'rule-thread', task);
  if (reply.kind === 'unreadable') throw new RulesUnreadable(reply.reason);
  return reply;
}

async function atWork(
  packed: Uint8Array,
  images: Map<string, Uint8Array>,
  unknownDimension: UnknownDimension,
  tags: readonly EventLogsource[],
): Promise<WorkingRules> {
  const read = unpackRules(packed);
  const set = compileRules(read.rules, { unknownDimension, images: imageStoreOf(packedImagesIn(images)) });
  await open(tags);
  /** What is under way: those who ask meanwhile wait for it, and then find what they need or ask themselves. */
  let working: Promise<void> = Promise.resolve();
  return {
    read,
    set,
    prepare(wanted) {
      if (set.lacks(wanted).length === 0) return Promise.resolve();
      working = working.catch(() => undefined).then(() => compile(wanted));
      return working;
    },
  };

  async function compile(wanted: readonly EventLogsource[]): Promise<void> {
    const missing = set.lacks(wanted);
    if (missing.length === 0) return;
    if (read.rules.length > compiledHereMax) {
      const reply = await inThread({ from: { packed }, unknownDimension, tags: missing });
      for (const [key, image] of reply.images) images.set(key, image);
    }
    await open(missing);
  }

  /** Some milliseconds each. */
  async function open(ready: readonly EventLogsource[]): Promise<void> {
    for (const one of ready) {
      await setImmediate();
      set.prepare([one]);
    }
  }
}
