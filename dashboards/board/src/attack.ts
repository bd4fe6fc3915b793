/** ATT&CK as the rules' tags name it: which tactics were seen, in the order of the matrix, first when and how severe. */
import type { AlertView } from '../../../src/contract/api.ts';
import type { Severity } from '../../../src/model/severity.ts';
import { severityRank } from './severity.ts';

/** Enterprise tactics in the matrix's order. */
const tactics = [
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
] as const;
export type Tactic = (typeof tactics)[number];

export interface TacticSeen {
  readonly tactic: Tactic;
  /** Technique ids of the alerts that carry this tactic, `T1505.003`; a rule's tags do not say which belongs to which. */
  readonly techniques: readonly string[];
  readonly severity: Severity;
  readonly firstMs: number;
}

/** `attack.t1505.003` → `T1505.003`; null for anything else. */
export function techniqueOf(tag: string): string | null {
  const found = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag);
  return found?.[1] === undefined ? null : found[1].toUpperCase();
}

/** Sigma writes `attack.defense-evasion`, older rules `attack.defense_evasion`. */
export function tacticOf(tag: string): Tactic | null {
  const name = tag
    .toLowerCase()
    .replace(/^attack\./, '')
    .replaceAll('_', '-');
  return tag.toLowerCase().startsWith('attack.') ? (tactics.find((t) => t === name) ?? null) : null;
}

interface Growing {
  techniques: Set<string>;
  severity: Severity;
  firstMs: number;
}

export function chainOf(alerts: readonly AlertView[]): readonly TacticSeen[] {
  const seen = new Map<Tactic, Growing>();
  for (const alert of alerts) {
    const techniques = alert.tags.map(techniqueOf).filter((t) => t !== null);
    for (const tag of alert.tags) {
      const tactic = tacticOf(tag);
      if (tactic === null) continue;
      const so = seen.get(tactic) ?? {
        techniques: new Set<string>(),
        severity: alert.severity,
        firstMs: alert.firstEventMs,
      };
      for (const technique of techniques) so.techniques.add(technique);
      if (severityRank(alert.severity) > severityRank(so.severity)) so.severity = alert.severity;
      so.firstMs = Math.min(so.firstMs, alert.firstEventMs);
      seen.set(tactic, so);
    }
  }
  return tactics.flatMap((tactic) => {
    const so = seen.get(tactic);
    return so === undefined
      ? []
      : [{ tactic, techniques: [...so.techniques].sort(), severity: so.severity, firstMs: so.firstMs }];
  });
}
