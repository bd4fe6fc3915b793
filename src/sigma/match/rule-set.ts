import type { Item } from '../lower/ir.ts';
import type { Rule } from '../rule.ts';
import { sha256 } from '../sha256.ts';
import { cluesOf } from './clue.ts';
import { type CompiledRule, createEngine, type Engine } from './engine.ts';
import { EventView } from './event-view.ts';
import { createExplainer, type MatchDetail } from './explain.ts';
import type { EventFields } from './field-content.ts';
import { ItemTest } from './item-test.ts';
import { treeOf } from './node.ts';
import { applies, type EventLogsource, routeKey, type UnknownDimension } from './routing.ts';

/** What of an event the engine reads; a SecurityEvent and a NormalisedEvent both fit. */
export interface RuleEvent {
  readonly fields: EventFields;
  readonly logsource: EventLogsource;
}

export interface CompileOptions {
  /** Default `closed`. */
  readonly unknownDimension?: UnknownDimension;
}

export interface MatchOptions {
  /** false holds every rule against the event, whatever its logsource. Default true. */
  readonly routing?: boolean;
}

/** Rules ready to be held against events. Answers depend on rules and event alone, not on what came before. */
export interface RuleSet {
  /** Hash of the rules' texts and the options; equal sets in any order of files have equal versions. */
  readonly version: string;
  readonly rules: readonly Rule[];
  /** Indexes into `rules` of those that the event meets, ascending. */
  match(event: RuleEvent, options?: MatchOptions): readonly number[];
  /** Why the event meets the rule: see MatchDetail; [] when it does not. Slow: meant for hits. */
  explain(rule: number, event: RuleEvent): readonly MatchDetail[];
}

/** Engines of different tag sets kept at once; what comes beyond is routed rule by rule. */
const routesMax = 256;

export function compileRules(rules: readonly Rule[], options: CompileOptions = {}): RuleSet {
  const unknown = options.unknownDimension ?? 'closed';
  const view = new EventView();
  const tests = new Map<string, ItemTest>();
  const testsByItem = new Map<Item, ItemTest>();
  const compiled: CompiledRule[] = rules.map((rule, index) => {
    const node = treeOf(rule.ir, testOf);
    return { index, node, clues: cluesOf(node) };
  });
  const hashes = rules.map((rule) => `${rule.id} ${rule.hash}`).toSorted();
  const routes = new Map<string, Engine>();
  let everything: Engine | null = null;
  const explainer = createExplainer((item) => testsByItem.get(item)?.met() ?? false);

  return {
    version: sha256(`${unknown}\n${hashes.join('\n')}`).slice(0, 32),
    rules,
    match(event, matchOptions) {
      if (matchOptions?.routing === false) return all()(event.fields);
      const key = routeKey(event.logsource);
      const route = routes.get(key);
      if (route !== undefined) return route(event.fields);
      if (routes.size >= routesMax) return all()(event.fields).filter((index) => appliesTo(index, event.logsource));
      const engine = createEngine(
        compiled.filter(({ index }) => appliesTo(index, event.logsource)),
        view,
      );
      routes.set(key, engine);
      return engine(event.fields);
    },
    explain(index, event) {
      const rule = rules[index];
      if (rule === undefined) return [];
      view.open(event.fields);
      return explainer.explain(rule.ir, event.fields);
    },
  };

  function all(): Engine {
    everything ??= createEngine(compiled, view);
    return everything;
  }

  function appliesTo(index: number, logsource: EventLogsource): boolean {
    const rule = rules[index];
    return rule !== undefined && applies(rule.logsource, logsource, unknown);
  }

  /** Items that say the same have one test, so an event answers each of them once. */
  function testOf(item: Item): ItemTest {
    const key = JSON.stringify([item.field, item.link, item.negated, item.values]);
    const test = tests.get(key) ?? new ItemTest(item, view);
    tests.set(key, test);
    testsByItem.set(item, test);
    return test;
  }
}
