/** Figures of a source as text. */
import type { BreachView, ClockView, SourceWatchView } from '../../../../src/contract/sources.ts';
import { span } from '../format.ts';
import { language, t } from '../i18n/index.ts';

/** A clock this near is right: the way takes that long. */
const nearMs = 2_000;

/** Ahead, behind or right; the zone's error is told apart from the rest. */
export function skewText({ skewMs, zoneErrorMs }: ClockView): string {
  const off = skewMs - zoneErrorMs;
  if (Math.abs(off) < nearMs) return t('src.right');
  const by = span(Math.abs(off), language.value);
  return off > 0 ? t('src.ahead', { by }) : t('src.behind', { by });
}

export function breachText({ kind, log }: BreachView): string {
  return kind === 'kind-missing' ? t('breach.kind-missing', { log }) : t(`breach.${kind}`);
}

export function blindOf({ breaches }: SourceWatchView): { readonly rules: number; readonly techniques: number } {
  return {
    rules: Math.max(0, ...breaches.map(({ blindRulesTotal }) => blindRulesTotal)),
    techniques: Math.max(0, ...breaches.map(({ blindTechniquesTotal }) => blindTechniquesTotal)),
  };
}

/** Those that need somebody first: broken, then silent, then by name. */
export function byNeed(items: readonly SourceWatchView[]): readonly SourceWatchView[] {
  return items.toSorted(
    (a, b) =>
      b.breaches.length - a.breaches.length ||
      blindOf(b).rules - blindOf(a).rules ||
      a.name.localeCompare(b.name, 'vi'),
  );
}
