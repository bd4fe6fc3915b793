import type { Rule } from '../rule.ts';
import { sha256 } from '../sha256.ts';
import { compileImage } from './compile-image.ts';
import { createExplainer, type MatchDetail } from './explain.ts';
import type { EventFields } from './field-content.ts';
import { ObjectPath } from './object-path.ts';
import { applies, type EventLogsource, RouteCache, type UnknownDimension } from './routing.ts';

/** What of an event the engine reads; a SecurityEvent and a NormalisedEvent both fit. */
export interface RuleEvent {
  readonly fields: EventFields;
  readonly logsource: EventLogsource;
}

export interface CompileOptions {
  /** Default `closed`. */
  readonly unknownDimension?: UnknownDimension;
  /** Keeps what values of low variety make true. Default true; answers are the same without. */
  readonly valueCache?: boolean;
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

export function compileRules(rules: readonly Rule[], options: CompileOptions = {}): RuleSet {
  const unknown = options.unknownDimension ?? 'closed';
  const hashes = rules.map((rule) => `${rule.id} ${rule.hash}`).toSorted();
  const routes = new RouteCache<ObjectPath>();
  const engines = new Map<string, ObjectPath>();
  let everything: ObjectPath | null = null;
  const explain = createExplainer();

  return {
    version: sha256(`${unknown}\n${hashes.join('\n')}`).slice(0, 32),
    rules,
    match(event, matchOptions) {
      if (matchOptions?.routing === false) return all().match(event.fields);
      const route = routes.get(event.logsource) ?? newRoute(event.logsource);
      if (route !== null) return route.match(event.fields);
      return all()
        .match(event.fields)
        .filter((index) => appliesTo(index, event.logsource));
    },
    explain(index, event) {
      const rule = rules[index];
      return rule === undefined ? [] : explain(rule.ir, event.fields);
    },
  };

  function all(): ObjectPath {
    everything ??= engineOf(rules.map((_, index) => index));
    return everything;
  }

  /** Null when no more engines are kept. */
  function newRoute(logsource: EventLogsource): ObjectPath | null {
    if (routes.isFull) return null;
    const indexes = [...rules.keys()].filter((index) => appliesTo(index, logsource));
    // Tags that no rule tells apart share an engine.
    const key = indexes.join();
    const engine = engines.get(key) ?? engineOf(indexes);
    engines.set(key, engine);
    routes.set(logsource, engine);
    return engine;
  }

  function engineOf(indexes: readonly number[]): ObjectPath {
    const compiled = indexes.flatMap((index) => {
      const rule = rules[index];
      return rule === undefined ? [] : [{ index, ir: rule.ir }];
    });
    return new ObjectPath(compileImage(compiled), { valueCache: options.valueCache !== false });
  }

  function appliesTo(index: number, logsource: EventLogsource): boolean {
    const rule = rules[index];
    return rule !== undefined && applies(rule.logsource, logsource, unknown);
  }
}
