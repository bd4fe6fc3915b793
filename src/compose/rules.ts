import type { RefusedRuleView, RuleSetView, RuleView } from '../contract/api.ts';
import { defaultDetectLimits, type LiveRules, liveRulesOf } from '../detect/index.ts';
import { fingerprintOf, followRules, type RuleChangeLimits } from '../detect/rule-changes.ts';
import { type RuleWork, ruleWork, type WorkingRules } from '../detect/rule-work.ts';
import { ThreadLost } from '../detect/thread-task.ts';
import { severityOf } from '../model/severity.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Correlation, EventLogsource, Rule, UnknownDimension } from '../sigma/index.ts';

/** Refusals shown by name; all of them are in the log and counted. */
const refusedShownMax = 200;

/** Readings of folders that are written to meanwhile, before it is given up. */
const readingsMax = 10;

type ReloadOutcome =
  | { readonly kind: 'loaded'; readonly changed: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

/** A row of the audit trail: who had the rules read again and what came of it. */
export type RuleAudit = (row: {
  readonly actor: string;
  readonly action: 'reloaded' | 'reload-failed';
  readonly document: Readonly<Record<string, unknown>>;
}) => Promise<void>;

/**
 * The rules a process lives by, and as people read them. Follows its folders; sets are swapped whole. Rules are read and
 * compiled in a thread, for the kinds of events the set in force has met, so that whatever else the process does goes on.
 */
export interface RuleBook {
  /** The set in force now: a new object whenever it changes. */
  live(): LiveRules;
  list(): readonly RuleView[];
  get(id: string): RuleView | null;
  set(): RuleSetView;
  /**
   * Reads the folders again, one reading at a time. A set that cannot be read, or that would leave nothing of rules
   * there were, does not replace the one in force, nor does one over which the thread stopped twice; the reason shows
   * in `set()` until a reading succeeds.
   */
  reload(actor: string): Promise<ReloadOutcome>;
  /** From now on reads the folders again by itself when they change. */
  follow(): void;
  close(): Promise<void>;
}

interface InForce {
  readonly live: LiveRules;
  /** Tags of events it is compiled for. */
  readyFor(): readonly EventLogsource[];
  readonly rules: ReadonlyMap<string, Rule | Correlation>;
  readonly set: RuleSetView;
}

/** How rule files are read. */
export interface RuleOptions {
  /** YAML file of value lists for `expand`; '' for none. */
  readonly placeholderFile: string;
  readonly legacyActions: boolean;
  readonly unknownDimension: UnknownDimension;
}

/** Actor of readings nobody asked for. */
const systemActor = 'system';

/** Loads the rule folders; every refusal is a line in the log with file, line and column. Throws RulesUnreadable. */
export async function openRuleBook(o: {
  readonly dirs: readonly string[];
  readonly options: RuleOptions;
  readonly audit: RuleAudit;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'counter' | 'gauge'>;
  readonly limits?: Partial<RuleChangeLimits>;
  /** Default: in threads. */
  readonly work?: RuleWork;
}): Promise<RuleBook> {
  const log = o.log.child({ part: 'rules' });
  const gauges = {
    inForce: o.metrics.gauge('rules_in_force', 'Rules of the set in force', ['kind']),
    refused: o.metrics.gauge('rules_refused', 'Documents of the newest reading that were refused'),
    loaded: o.metrics.gauge('rules_loaded_timestamp_seconds', 'When the set in force was loaded'),
    failing: o.metrics.gauge('rules_reload_failing', '1 while what lies in the folders is not in force'),
  };
  const reloads = o.metrics.counter('rules_reloads_total', 'Readings of the rule folders after the first', ['outcome']);
  const places = o.options.placeholderFile === '' ? o.dirs : [...o.dirs, o.options.placeholderFile];
  let print = '';
  let now = await read(null);
  let working: Promise<unknown> = Promise.resolve();
  let follower: { close(): Promise<void> } | null = null;
  show();

  /** `tags` null: the first reading. */
  async function read(tags: readonly EventLogsource[] | null): Promise<InForce> {
    for (let attempt = 1; attempt <= readingsMax; attempt += 1) {
      const before = await fingerprintOf(places);
      const working = await work(tags);
      print = await fingerprintOf(places);
      // Written to while it was read: a set of old and new halves was never meant by anybody.
      if (print === before) return inForceOf(working, o.options.unknownDimension, o.clock());
    }
    throw new Error(`the files in ${o.dirs.join(', ')} change faster than they can be read`);
  }

  async function work(tags: readonly EventLogsource[] | null): Promise<WorkingRules> {
    const { inThread, here } = o.work ?? ruleWork;
    const reading = { dirs: o.dirs, options: o.options, unknownDimension: o.options.unknownDimension };
    try {
      return await inThread(reading, tags ?? []);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      log.warn({ reason: error.message }, 'rules are read a second time');
      // At the start nothing else goes on yet that a reading could hold up.
      return tags === null ? here(reading) : inThread(reading, tags);
    }
  }

  function show(): void {
    for (const kind of ['detections', 'correlations', 'filters'] as const) gauges.inForce.set({ kind }, now.set[kind]);
    gauges.refused.set(now.set.refusedTotal);
    gauges.loaded.set(now.set.loadedMs / 1000);
    gauges.failing.set(now.set.failure === '' ? 0 : 1);
    for (const { file, line, column, code, message } of now.set.refused)
      log.warn({ at: `${file}:${line}:${column}`, code }, `rule refused: ${message}`);
  }

  async function again(actor: string): Promise<ReloadOutcome> {
    const outcome = await replace();
    reloads.inc({ outcome: outcome.kind });
    const { version, refusedTotal, failure, detections, correlations, filters } = now.set;
    const document = { version, detections, correlations, filters, refused: refusedTotal };
    if (outcome.kind === 'failed')
      log.error({ reason: outcome.reason }, 'the rule folders cannot be used; the rules in force stay');
    else log.info({ actor, ...document, changed: outcome.changed }, 'rules read again');
    // The set is in force whether or not the store can note it.
    await o
      .audit({
        actor,
        action: outcome.kind === 'failed' ? 'reload-failed' : 'reloaded',
        document: outcome.kind === 'failed' ? { version, reason: failure } : { ...document, changed: outcome.changed },
      })
      .catch((error: unknown) => log.warn({ err: error }, 'a reading of the rules was not noted in the audit trail'));
    return outcome;
  }

  async function replace(): Promise<ReloadOutcome> {
    const reason = await readOrReason();
    if (typeof reason === 'string') {
      now = { ...now, set: { ...now.set, failure: reason, failedMs: o.clock() } };
      gauges.failing.set(1);
      return { kind: 'failed', reason };
    }
    const changed = reason.live.version !== now.live.version;
    // An equal set is not swapped: what the detector knows of it (rules held apart, engines built) stays.
    now = changed ? reason : { ...reason, live: now.live, readyFor: now.readyFor };
    show();
    return { kind: 'loaded', changed };
  }

  async function readOrReason(): Promise<InForce | string> {
    try {
      const next = await read(now.readyFor());
      const gone = next.live.facts.length === 0 && now.live.facts.length > 0;
      return gone ? `no rule is left in ${o.dirs.join(', ')} (${next.set.refusedTotal} refused)` : next;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  const reload = (actor: string): Promise<ReloadOutcome> => {
    const next = working.then(() => again(actor));
    working = next.catch(() => undefined);
    return next;
  };

  return {
    live: () => now.live,
    list: () => [...now.rules.values()].map(viewOf),
    get: (id) => {
      const rule = now.rules.get(id);
      return rule === undefined ? null : viewOf(rule);
    },
    set: () => now.set,
    reload,
    follow: () => {
      follower ??= followRules({
        places,
        known: print,
        changed: async () => ((await reload(systemActor)).kind === 'loaded' ? print : null),
        log,
        ...(o.limits === undefined ? {} : { limits: o.limits }),
      });
    },
    close: async () => {
      await follower?.close();
      await working;
    },
  };
}

function inForceOf(working: WorkingRules, unknownDimension: UnknownDimension, loadedMs: number): InForce {
  const { read, prepare } = working;
  const { correlations, tooLong } = withinTimespan(read.correlations);
  const live = liveRulesOf(working.set, { correlations, silent: read.silent, unknownDimension, prepare });
  const refused = [...read.problems.filter((problem) => problem.severity === 'refused'), ...tooLong];
  const set: RuleSetView = {
    version: live.version,
    loadedMs,
    detections: read.rules.length,
    correlations: correlations.length,
    filters: read.filters,
    refused: refused.slice(0, refusedShownMax).map(({ file, line, column, code, message, advice }) => {
      return { file, line, column, code, message, advice };
    }),
    refusedTotal: read.refused + tooLong.length,
    failure: '',
    failedMs: 0,
  };
  const rules = new Map([...read.rules, ...read.correlations].map((rule) => [rule.id, rule]));
  return { live, readyFor: working.set.readyFor, rules, set };
}

/** Live, a correlation cannot look back farther than members are kept; nor can what is built on one that does. */
function withinTimespan(correlations: readonly Correlation[]): {
  readonly correlations: readonly Correlation[];
  readonly tooLong: readonly RefusedRuleView[];
} {
  const standing = new Map<string, Correlation>();
  const tooLong: RefusedRuleView[] = [];
  const days = defaultDetectLimits.timespanMaxMs / 86_400_000;
  for (const correlation of correlations) {
    const { id, ir, file, line } = correlation;
    const below = ir.references.find((reference) => reference.kind === 'correlation' && !standing.has(reference.id));
    if (below === undefined && ir.timespanMs <= defaultDetectLimits.timespanMaxMs) standing.set(id, correlation);
    else {
      const message = below === undefined ? `the timespan is over ${days} days` : `it is built on ${below.id}, refused`;
      const advice = 'shorten the timespan, or ask over stored events instead';
      tooLong.push({ file, line, column: 1, code: 'correlation-timespan-live', message, advice });
    }
  }
  return { correlations: [...standing.values()], tooLong };
}

/** A correlation has those of the rules it refers to. */
const noLogsource = { product: null, category: null, service: null };

function viewOf(rule: Rule | Correlation): RuleView {
  const own = rule.custom.vonggac;
  const titleVi = typeof own === 'object' && own !== null && 'title_vi' in own ? String(own.title_vi) : '';
  const { product, category, service } = 'logsource' in rule ? rule.logsource : noLogsource;
  const logsource = Object.fromEntries(
    Object.entries({ product, category, service }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  return {
    id: rule.id,
    title: rule.title,
    titleVi,
    severity: severityOf(rule.level),
    status: rule.status,
    description: rule.description,
    author: rule.author,
    license: rule.license,
    references: rule.references,
    tags: rule.tags,
    falsepositives: rule.falsePositives,
    logsource,
    file: rule.file,
    text: rule.source,
    hash: rule.hash,
  };
}
