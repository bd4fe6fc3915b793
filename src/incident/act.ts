import type { IncidentAction } from '../contract/api.ts';
import type { IncidentFacts, IncidentHandling } from '../model/incident.ts';
import { handlingDocument, newHandling } from './handling.ts';
import { decide, type RefusalCode, refusal } from './lifecycle.ts';
import type { IncidentLimits } from './limits.ts';
import type { IncidentRowsPort, LedgerPort, LockPort } from './ports.ts';

/** `conflict`: somebody acted on a newer version · `refused`: the life of an incident does not allow it. */
export type ActionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string; readonly messageVi: string };

/** Takes one human action on an incident: under its lock, against the newest version, as one row of the ledger. */
export async function takeAction(
  incident: string,
  action: IncidentAction,
  actor: string,
  parts: {
    readonly incidents: Pick<IncidentRowsPort, 'get'>;
    readonly ledger: LedgerPort;
    readonly handlingOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, IncidentHandling>>;
    readonly lock: LockPort;
    readonly limits: IncidentLimits;
  },
): Promise<ActionOutcome & { readonly facts?: IncidentFacts }> {
  return parts.lock(`incident:${incident}`, async (lease) => {
    const facts = await parts.incidents.get(incident);
    if (facts === null) return refusal('no-incident', 'no such incident', 'Không có sự cố này');
    const before = (await parts.handlingOf([incident])).get(incident) ?? newHandling(facts);
    if (action.version !== before.version) return { kind: 'conflict' };
    const decision = decide(before, action, parts.limits);
    if (decision.kind === 'refused') return decision;
    await lease.check();
    const outcome = await parts.ledger.append({
      kind: 'incident',
      subject: incident,
      actor,
      action: decision.action,
      document: handlingDocument(decision.after, decision.data, decision.action === 'state'),
      expectedVersion: before.version,
    });
    return outcome.ok ? { kind: 'done', facts } : { kind: 'conflict' };
  });
}
