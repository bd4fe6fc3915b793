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
function routeKey(event: EventLogsource): string {
  return JSON.stringify([event.product, event.categories, event.services]);
}

/** Tag sets kept at once. */
const routesMax = 256;
/** Tag sets compared before the table of all is asked: events come in from few sources at a time. */
const recentMax = 8;

interface Route<T> {
  readonly tags: EventLogsource;
  readonly value: T;
}

/** One thing a tag set. */
export class RouteCache<T> {
  readonly #all = new Map<string, Route<T>>();
  readonly #recent: Route<T>[] = [];
  #next = 0;
  #lastTags: EventLogsource | null = null;
  #last: T | undefined;

  get isFull(): boolean {
    return this.#all.size >= routesMax;
  }

  get(tags: EventLogsource): T | undefined {
    // Who reads events hands out one object for equal tags, and events of one source come one after the other.
    if (tags === this.#lastTags) return this.#last;
    const found = this.#find(tags);
    if (found === undefined) return undefined;
    this.#lastTags = tags;
    this.#last = found;
    return found;
  }

  #find(tags: EventLogsource): T | undefined {
    for (const route of this.#recent) if (route.tags === tags) return route.value;
    for (const route of this.#recent) if (isSame(route.tags, tags)) return route.value;
    const known = this.#all.get(routeKey(tags));
    if (known === undefined) return undefined;
    this.#remember({ tags, value: known.value });
    return known.value;
  }

  /** Tag sets that something is kept for. */
  tags(): EventLogsource[] {
    return [...this.#all.values()].map(({ tags }) => tags);
  }

  set(tags: EventLogsource, value: T): void {
    this.#all.set(routeKey(tags), { tags, value });
    this.#remember({ tags, value });
  }

  #remember(route: Route<T>): void {
    this.#recent[this.#next] = route;
    this.#next = (this.#next + 1) % recentMax;
  }
}

function isSame(a: EventLogsource, b: EventLogsource): boolean {
  return a.product === b.product && areSame(a.categories, b.categories) && areSame(a.services, b.services);
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
