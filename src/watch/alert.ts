import { createHash } from 'node:crypto';
import type { Alert, AlertHealth } from '../model/finding.ts';
import type { Severity } from '../model/severity.ts';
import type { Source } from '../model/source.ts';
import type { BreachKind } from '../model/source-contract.ts';
import type { Blindness } from './blind.ts';
import type { Breach } from './judge.ts';
import { breachTitle, breachWhy } from './words.ts';

/** Blind is worse than late. */
const severities: Readonly<Record<BreachKind, Severity>> = {
  silent: 'high',
  'kind-missing': 'high',
  'volume-low': 'medium',
  'volume-high': 'low',
  lag: 'low',
  clock: 'medium',
  format: 'medium',
};

/** A breach as it is kept: open until it is as agreed again. */
export interface OpenBreach extends Breach {
  readonly id: string;
  readonly source: string;
  /** 0 while it is open. */
  readonly untilMs: number;
  /** What the alert said of blindness when it was raised. */
  readonly blind: Blindness;
  readonly raisedMs: number;
}

/** One breach, however often it is found: id of its alert too. */
export function breachId(source: string, { kind, log, sinceMs }: Breach): string {
  return createHash('sha256')
    .update(JSON.stringify(['breach', source, kind, log, sinceMs]))
    .digest('hex')
    .slice(0, 32);
}

/** The alert of a breach, open or ended. Says the same whenever it is built; an ended one is its second revision. */
export function breachAlert(breach: OpenBreach, source: Source, org: string): Alert {
  const { title, titleVi } = breachTitle(breach, source.name);
  const { why, whyVi } = breachWhy(breach);
  const health: AlertHealth = {
    source: source.id,
    sourceName: source.name,
    breach: breach.kind,
    log: breach.log,
    sinceMs: breach.sinceMs,
    recoveredMs: breach.untilMs,
    blindRules: breach.blind.rules,
    blindRulesTotal: breach.blind.rulesTotal,
    blindTechniques: breach.blind.techniques,
    blindTechniquesTotal: breach.blind.techniquesTotal,
    why,
    whyVi,
  };
  return {
    id: breach.id,
    rule: {
      id: `vonggac-source-${breach.kind}`,
      title,
      titleVi,
      severity: severities[breach.kind],
      hash: '',
      tags: [],
      author: 'Vọng Gác',
      license: '',
      family: 'health',
    },
    origin: source.origin,
    drill: source.drill,
    lane: source.lane,
    org,
    system: source.system,
    host: '',
    entity: source.id,
    windowStartMs: breach.raisedMs,
    firstEventMs: breach.raisedMs,
    lastEventMs: Math.max(breach.raisedMs, breach.untilMs),
    firstReceivedMs: breach.raisedMs,
    events: 0,
    evidence: [],
    entities: [],
    incident: '',
    createdMs: breach.raisedMs,
    health,
  };
}
