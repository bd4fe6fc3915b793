import type { LogsourceTags } from '../model/event.ts';
import { type Severity, severityRank } from '../model/severity.ts';

/** A rule in force as the watch needs it. */
export interface WatchedRule {
  readonly id: string;
  readonly title: string;
  /** '' when it has none. */
  readonly titleVi: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  /** The dimensions it names: product, category, service. */
  readonly logsource: Readonly<Record<string, string>>;
}

/** What cannot be seen; the lists are bounded, the totals exact. */
export interface Blindness {
  readonly rules: readonly { readonly id: string; readonly title: string; readonly titleVi: string }[];
  readonly rulesTotal: number;
  readonly techniques: readonly string[];
  readonly techniquesTotal: number;
}

/**
 * Rules that only what is missing could have met: their logsource takes in one of the missing kinds of logs, and none of
 * those that still arrive. Rules that name no logsource (correlations too) are never blind by this.
 */
export function blindRules(
  rules: readonly WatchedRule[],
  missing: readonly LogsourceTags[],
  arriving: readonly LogsourceTags[],
  shownMax: number,
): Blindness {
  const blind = rules
    .filter((rule) => missing.some((tags) => takes(rule, tags)) && !arriving.some((tags) => takes(rule, tags)))
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity) || (a.id < b.id ? -1 : 1));
  const techniques = [...new Set(blind.flatMap(({ tags }) => tags.flatMap(techniqueOf)))].toSorted();
  return {
    rules: blind.slice(0, shownMax).map(({ id, title, titleVi }) => ({ id, title, titleVi })),
    rulesTotal: blind.length,
    techniques: techniques.slice(0, shownMax),
    techniquesTotal: techniques.length,
  };
}

/** As the engine routes: every dimension the rule names is among the tags. */
function takes({ logsource }: WatchedRule, { product, categories, services }: LogsourceTags): boolean {
  const { product: wantedProduct, category, service } = logsource;
  if (wantedProduct === undefined && category === undefined && service === undefined) return false;
  const names = (wanted: string | undefined, stated: readonly string[]): boolean =>
    wanted === undefined || stated.some((tag) => tag.toLowerCase() === wanted.toLowerCase());
  return (
    names(wantedProduct, product === null ? [] : [product]) && names(category, categories) && names(service, services)
  );
}

function techniqueOf(tag: string): string[] {
  const found = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1];
  return found === undefined ? [] : [found.toUpperCase()];
}
