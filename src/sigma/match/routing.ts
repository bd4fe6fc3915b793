import type { Logsource } from '../parse/rule.ts';

/** The logsource values an event answers to (same shape as model/event.ts LogsourceTags). */
export interface EventLogsource {
  readonly product: string | null;
  readonly categories: readonly string[];
  readonly services: readonly string[];
}

/**
 * What a dimension the event says nothing of (product null, no categories, no services) means for a rule that names
 * it: `closed`: the rule does not apply · `open`: it does. What the event does say is always taken strictly.
 */
export type UnknownDimension = 'closed' | 'open';

/** A rule applies when each dimension it names is among the event's tags (containment, as the specification has it). */
export function applies(rule: Logsource, event: EventLogsource, unknown: UnknownDimension): boolean {
  return (
    fits(rule.product, event.product === null ? [] : [event.product], unknown) &&
    fits(rule.category, event.categories, unknown) &&
    fits(rule.service, event.services, unknown)
  );
}

function fits(wanted: string | null, stated: readonly string[], unknown: UnknownDimension): boolean {
  if (wanted === null) return true;
  if (stated.length === 0) return unknown === 'open';
  return stated.some((tag) => tag.toLowerCase() === wanted);
}

/** Equal for events that the same rules apply to. */
export function routeKey(event: EventLogsource): string {
  return `${event.product ?? ''}\u0000${event.categories.join('\u0001')}\u0000${event.services.join('\u0001')}`;
}
