import type { Rule } from '../rule.ts';
import { sha256 } from '../sha256.ts';
import { ByteRun } from './bytes/byte-run.ts';
import { LineTokens } from './bytes/line-tokens.ts';
import { OwnLogsource } from './bytes/own-logsource.ts';
import { compileImage } from './compile-image.ts';
import { createExplainer, type MatchDetail } from './explain.ts';
import type { EventFields } from './field-content.ts';
import type { EngineImage } from './image.ts';
import { ObjectPath } from './object-path.ts';
import { applies, type EventLogsource, RouteCache, type UnknownDimension } from './routing.ts';
import { Run } from './run.ts';

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
  /** Where images are looked for before they are compiled. Default: nowhere. */
  readonly images?: ImageStore;
}

/**
 * Images that were compiled before, or elsewhere, of this very list of rules: the same rules in the same order. Keys say
 * which of them an image holds. Compiling is most of the time until a set is ready to match.
 */
export interface ImageStore {
  get(key: string): EngineImage | undefined;
  /** Takes an image that was compiled because `get` had none; gives the one to run: this, or its like in other memory. */
  put(key: string, image: EngineImage): EngineImage;
}

export interface MatchOptions {
  /** false holds every rule against the event, whatever its logsource. Default true. */
  readonly routing?: boolean;
}

export interface MatchLineOptions extends MatchOptions {
  /**
   * Tags of a line that was cut into tokens, null for a line that this is not the way to read. Default: what the line
   * states in its own `product`, `category` and `service`.
   */
  readonly logsource?: (line: LineTokens) => EventLogsource | null;
  /**
   * true answers as for the object with dotted names: names of objects themselves, and of lists without a scalar, are no
   * fields, but an empty object is null and an empty list one as the value of a key. Default false.
   */
  readonly flattened?: boolean;
}

/** What the engine reads of a rule; the tree only where an image is compiled or a match explained. */
export type EngineRule = Pick<Rule, 'id' | 'hash' | 'logsource' | 'ir'>;

/** Rules ready to be held against events. Answers depend on rules and event alone, not on what came before. */
export interface RuleSet<R extends EngineRule = Rule> {
  /** Hash of the rules' texts and the options; equal sets in any order of files have equal versions. */
  readonly version: string;
  readonly rules: readonly R[];
  /** Indexes into `rules` of those that the event meets, ascending. */
  match(event: RuleEvent, options?: MatchOptions): readonly number[];
  /**
   * The same over the bytes of one line of NDJSON, [from, to), without its end and without making objects: several
   * times quicker. The answer is that of `match` over the object in the line, its numbers read as ingest reads them
   * (an integer beyond 2^53 keeps its digits). null: read this line with JSON.parse instead. That is said of lines
   * that are no JSON object, have a key twice, or pass bounds (nesting, number of values); docs/sigma.md lists them.
   */
  matchLine(bytes: Uint8Array, from: number, to: number, options?: MatchLineOptions): readonly number[] | null;
  /** Why the event meets the rule: see MatchDetail; [] when it does not. Slow: meant for hits. */
  explain(rule: number, event: RuleEvent): readonly MatchDetail[];
  /** Tags of events it is ready for. For others it first gets or compiles an image, up to a second with thousands of rules. */
  readyFor(): readonly EventLogsource[];
  /** Those of the tags that it is not ready for, and could be. */
  lacks(tags: readonly EventLogsource[]): readonly EventLogsource[];
  /** Makes ready for events of these tags. */
  prepare(tags: readonly EventLogsource[]): void;
  /** Events given to `match` so far that held values nested too deep to be seen (64 levels); they met or not without. */
  eventsCut(): number;
}

/** Size of all routes' tables together, in bytes; beyond it further events are routed rule by rule. */
const routeTablesMax = 256 * 2 ** 20;

/** The rules of one route, ready for objects, and for bytes once some came. */
interface Engine {
  readonly image: EngineImage;
  readonly path: ObjectPath;
  bytes: ByteRun | null;
}

export function compileRules<R extends EngineRule>(rules: readonly R[], options: CompileOptions = {}): RuleSet<R> {
  const unknown = options.unknownDimension ?? 'closed';
  const routes = new RouteCache<Engine>();
  const engines = new Map<string, Engine>();
  let tableBytes = 0;
  let everything: Engine | null = null;
  let version: string | undefined;
  const line = new LineTokens();
  const ownLogsource = new OwnLogsource(line);
  const explain = createExplainer();

  return {
    get version() {
      version ??= versionOf(rules, unknown);
      return version;
    },
    rules,
    match(event, matchOptions) {
      if (matchOptions?.routing === false) return all().path.match(event.fields);
      const route = routes.get(event.logsource) ?? newRoute(event.logsource);
      if (route !== null) return route.path.match(event.fields);
      return all()
        .path.match(event.fields)
        .filter((index) => appliesTo(index, event.logsource));
    },
    matchLine(bytes, from, to, matchOptions) {
      if (!line.read(bytes, from, to)) return null;
      const { logsource, routing, flattened = false } = matchOptions ?? {};
      if (routing === false && logsource === undefined) return overBytes(all()).match(flattened);
      const tags = logsource === undefined ? ownLogsource.read() : logsource(line);
      if (tags === null) return null;
      if (routing === false) return overBytes(all()).match(flattened);
      const route = routes.get(tags) ?? newRoute(tags);
      if (route !== null) return overBytes(route).match(flattened);
      return overBytes(all())
        .match(flattened)
        .filter((index) => appliesTo(index, tags));
    },
    explain(index, event) {
      const rule = rules[index];
      return rule === undefined ? [] : explain(rule.ir, event.fields);
    },
    readyFor: () => routes.tags(),
    lacks: (tags) => (areRoutesFull() ? [] : tags.filter((one) => routes.get(one) === undefined)),
    prepare(tags) {
      for (const one of tags) if (routes.get(one) === undefined) newRoute(one);
    },
    eventsCut() {
      let cut = everything?.path.cut ?? 0;
      for (const engine of engines.values()) cut += engine.path.cut;
      return cut;
    },
  };

  function overBytes(engine: Engine): ByteRun {
    engine.bytes ??= new ByteRun(new Run(engine.image), line);
    return engine.bytes;
  }

  function all(): Engine {
    if (everything === null) {
      const indexes = [...rules.keys()];
      everything = engineOf(indexes, indexes.join());
    }
    return everything;
  }

  function areRoutesFull(): boolean {
    return routes.isFull || tableBytes > routeTablesMax;
  }

  /** Null when no more engines are kept. */
  function newRoute(logsource: EventLogsource): Engine | null {
    if (areRoutesFull()) return null;
    const indexes = [...rules.keys()].filter((index) => appliesTo(index, logsource));
    // Tags that no rule tells apart share an engine.
    const key = indexes.join();
    let engine = engines.get(key);
    if (engine === undefined) {
      engine = engineOf(indexes, key);
      engines.set(key, engine);
      tableBytes += engine.image.table.byteLength;
    }
    routes.set(logsource, engine);
    return engine;
  }

  function engineOf(indexes: readonly number[], key: string): Engine {
    const { images, valueCache } = options;
    const imageKey = images === undefined ? '' : sha256(key).slice(0, 32);
    let image = images?.get(imageKey);
    if (image === undefined) {
      image = compileImage(
        indexes.flatMap((index) => {
          const rule = rules[index];
          return rule === undefined ? [] : [{ index, ir: rule.ir }];
        }),
      );
      if (images !== undefined) image = images.put(imageKey, image);
    }
    return { image, path: new ObjectPath(image, { valueCache: valueCache !== false }), bytes: null };
  }

  function appliesTo(index: number, logsource: EventLogsource): boolean {
    const rule = rules[index];
    return rule !== undefined && applies(rule.logsource, logsource, unknown);
  }
}

function versionOf(rules: readonly EngineRule[], unknown: UnknownDimension): string {
  const hashes = rules.map((rule) => `${rule.id} ${rule.hash}`).toSorted();
  return sha256(`${unknown}\n${hashes.join('\n')}`).slice(0, 32);
}
