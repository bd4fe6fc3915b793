import type { DeliveryView, EventView, HistoryRow, RuleView, SystemView } from '../contract/api.ts';
import type { LedgerRow } from '../model/incident.ts';
import type { Delivery } from '../model/notice.ts';
import type { System } from '../model/register.ts';
import type { StoredEvent } from './ports.ts';
import type { RuleSummary } from './schemas/wire.ts';

/** From the nouns to the wire, as pure functions; alerts and incidents come from their stages, which the feed asks, too. */

/** Of several categories or services an event answers to, the first stands on the wire. */
export function eventView(event: StoredEvent): EventView {
  return {
    id: event.id,
    batch: event.batch,
    eventTimeMs: event.eventTimeMs,
    receivedTimeMs: event.receivedTimeMs,
    committedTimeMs: event.committedTimeMs,
    org: event.org,
    system: event.system,
    host: event.host,
    source: event.source,
    product: event.logsource.product ?? '',
    category: event.logsource.categories[0] ?? '',
    service: event.logsource.services[0] ?? '',
    origin: event.origin,
    drill: event.drill,
    lane: event.lane,
    message: event.message,
    raw: event.raw,
    fields: event.fields,
    parser: event.parser,
    mappings: event.mappings,
    parseStatus: event.parseStatus,
    parseReason: event.parseReason,
  };
}

export function systemView(system: System): SystemView {
  return {
    id: system.id,
    name: system.name,
    org: system.org,
    orgName: system.orgName,
    agencies: system.agencies ?? [],
    level: system.level,
    operator: system.operator?.name ?? '',
    duty: system.duty.name,
  };
}

export function historyRow(row: LedgerRow): HistoryRow {
  const { version, atMs, actor, action, document, hash } = row;
  return { version, atMs, actor, action, document, hash };
}

export function deliveryView(delivery: Delivery): DeliveryView {
  const { notice, channel, recipient, outcome, attempt, atMs, detail } = delivery;
  return { notice, channel, recipient, outcome, attempt, atMs, detail };
}

export function ruleSummary(rule: RuleView): RuleSummary {
  const { text: _, ...summary } = rule;
  return summary;
}
