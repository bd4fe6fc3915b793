import { LineCounter, parseDocument } from 'yaml';
import type { System } from '../model/register.ts';
import type { Severity } from '../model/severity.ts';
import { scenarioFile } from './scenario-file.ts';

/** Vietnamese first, English beside. */
export interface Text {
  readonly vi: string;
  readonly en: string;
}

/** A scenario as the platform uses it; the file's form is in docs/drills.md. Times are ms since the scenario's start. */
export interface Scenario {
  readonly id: string;
  readonly version: string;
  readonly title: Text;
  readonly summary: Text;
  readonly authors: readonly string[];
  readonly licence: string;
  readonly classification: string;
  readonly difficulty: 'easy' | 'medium' | 'hard';
  readonly mode: 'replay';
  readonly durationMs: number;
  readonly world: World;
  readonly sources: readonly ScenarioSource[];
  /** Record files beside the scenario, in reading order. */
  readonly recordFiles: readonly RecordFile[];
  readonly phases: readonly Phase[];
  readonly injects: readonly Inject[];
  readonly expectations: readonly Expectation[];
}

export interface World {
  readonly organisation: { readonly id: string; readonly name: string };
  /** Register of the fictional province, ready for the register of systems. */
  readonly systems: readonly System[];
  /** What a defender must never block or isolate, and why. */
  readonly noStrike: readonly { readonly target: string; readonly why: string }[];
}

export type Route = 'http' | 'syslog-tcp' | 'syslog-udp';

export interface ScenarioSource {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  /** Parser id pinned for the source, or 'auto'. */
  readonly parser: string;
  readonly route: Route;
  /** Loopback address the sender binds to, so that a syslog listener can tell sources apart; '' for http. */
  readonly sendFrom: string;
}

export interface RecordFile {
  readonly path: string;
  /** SHA-256 of the decompressed bytes, hex. */
  readonly sha256: string;
  readonly records: number;
}

export interface Phase {
  readonly id: string;
  readonly title: Text;
  readonly startMs: number;
  readonly situation: Text;
}

export interface Inject {
  readonly id: string;
  readonly phase: string;
  readonly title: Text;
  readonly atMs: number;
  readonly groundTruth: GroundTruth;
}

/** What only the director, white cell and observers may read. */
export interface GroundTruth {
  readonly malicious: boolean;
  /** ATT&CK technique ids, e.g. `T1505.003`. */
  readonly techniques: readonly string[];
  readonly severity: Severity;
  readonly systems: readonly string[];
  readonly entities: readonly string[];
  readonly narrative: string;
  readonly verdict: 'true_positive' | 'false_positive';
}

/** Found when any of `rules` has a finding on an event of the inject. */
export interface Expectation {
  readonly id: string;
  readonly inject: string;
  readonly text: Text;
  readonly rules: readonly string[];
}

export interface ScenarioProblem {
  readonly file: string;
  /** From 1; 0 when the place is not known. */
  readonly line: number;
  readonly column: number;
  /** Dotted path in the file, e.g. `injects.3.phase`. */
  readonly path: string;
  readonly message: string;
}

export type ScenarioOutcome =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly ScenarioProblem[] };

/** Reads a scenario.yml (YAML 1.2, one document). All problems come back in one go, each with its place. */
export function parseScenario(text: string, file: string): ScenarioOutcome {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { file, line, column: col, path: '', message: error.message.split('\n')[0] ?? error.code };
    });
    return { ok: false, problems };
  }
  const at = (path: readonly PropertyKey[], message: string): ScenarioProblem => {
    // The innermost node of the path that exists: a missing key is reported where its parent begins.
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      const start = rangeStart(node);
      if (start === null) continue;
      const { line, col } = lines.linePos(start);
      return { file, line, column: col, path: path.join('.'), message };
    }
    return { file, line: 0, column: 0, path: path.join('.'), message };
  };
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { ok: false, problems: [at([], error instanceof Error ? error.message : String(error))] };
  }
  const read = scenarioFile.safeParse(plain);
  if (!read.success) return { ok: false, problems: read.error.issues.map((issue) => at(issue.path, issue.message)) };
  const problems = contradictions(read.data).map(({ path, message }) => at(path, message));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scenario: read.data };
}

function rangeStart(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : null;
}

interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a schema cannot say: ids unique, references that lead somewhere, times in order and in bounds. */
function contradictions(s: Scenario): Contradiction[] {
  const found: Contradiction[] = [];
  const idsOf = (list: string, items: readonly { readonly id: string }[]): Set<string> => {
    const ids = new Set<string>();
    for (const [i, { id }] of items.entries()) {
      if (ids.has(id)) found.push({ path: [...list.split('.'), i, 'id'], message: `id "${id}" is used twice` });
      ids.add(id);
    }
    return ids;
  };
  const refer = (ids: ReadonlySet<string>, id: string, what: string, path: Contradiction['path']): void => {
    if (!ids.has(id)) found.push({ path, message: `there is no ${what} "${id}"` });
  };
  const within = (ms: number, path: Contradiction['path']): void => {
    if (ms > s.durationMs) found.push({ path, message: `lies beyond duration_s (${s.durationMs / 1000})` });
  };

  const systems = idsOf('world.systems', s.world.systems);
  idsOf('sources', s.sources);
  const phases = idsOf('phases', s.phases);
  const injects = idsOf('injects', s.injects);
  idsOf('expectations', s.expectations);
  for (const [i, source] of s.sources.entries()) {
    refer(systems, source.system, 'system', ['sources', i, 'system']);
    if (source.route !== 'http' && source.sendFrom === '') {
      found.push({ path: ['sources', i], message: `a ${source.route} source needs send_from, a loopback address` });
    }
  }
  for (const [i, phase] of s.phases.entries()) {
    within(phase.startMs, ['phases', i, 'start_s']);
    if (phase.startMs < (s.phases[i - 1]?.startMs ?? 0)) {
      found.push({ path: ['phases', i, 'start_s'], message: 'begins before the phase above it' });
    }
  }
  for (const [i, inject] of s.injects.entries()) {
    refer(phases, inject.phase, 'phase', ['injects', i, 'phase']);
    within(inject.atMs, ['injects', i, 'at_s']);
    const truth = ['injects', i, 'ground_truth'] as const;
    for (const [j, id] of inject.groundTruth.systems.entries()) refer(systems, id, 'system', [...truth, 'systems', j]);
    if (inject.groundTruth.malicious !== (inject.groundTruth.verdict === 'true_positive')) {
      found.push({ path: [...truth, 'verdict'], message: 'the verdict contradicts "malicious"' });
    }
  }
  for (const [i, e] of s.expectations.entries()) refer(injects, e.inject, 'inject', ['expectations', i, 'inject']);
  return found;
}
