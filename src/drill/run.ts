import type { Source } from '../model/source.ts';
import type { RecordFrame } from './records.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's sources as the platform registers them for one run: everything they bring is marked as drill. */
export function drillSources(scenario: Scenario, run: { readonly drill: string; readonly lane: string }): Source[] {
  return scenario.sources.map(({ id, name, system, parser, sendFrom }) => ({
    id: `${run.drill}-${run.lane === '' ? '' : `${run.lane}-`}${id}`,
    name,
    // Of no agency: an exercise's relay brings lines of hosts of several, and the register says whose each is.
    org: '',
    system,
    parser,
    origin: 'drill' as const,
    drill: run.drill,
    lane: run.lane,
    addresses: sendFrom === '' ? [] : [sendFrom],
  }));
}

/** What the records of a scenario are checked against. */
export function recordFrame(scenario: Scenario): RecordFrame {
  return {
    durationMs: scenario.durationMs,
    sources: new Set(scenario.sources.map(({ id }) => id)),
    injects: new Set(scenario.injects.map(({ id }) => id)),
  };
}
