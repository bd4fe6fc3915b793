/** Sentences about a list that the table and the detail share. */
import type { HuntView, IndicatorListView } from '../../../../src/contract/indicators.ts';
import { dateTime, number } from '../format.ts';
import { language, t } from '../i18n/index.ts';

export function pollText({ feed, poll }: IndicatorListView): string {
  if (feed === null) return t('ioc.manual');
  if (poll === null) return t('ioc.notPolled');
  const at = dateTime(poll.atMs);
  return poll.ok ? t('ioc.pollOk', { ...poll, at }) : t('ioc.pollFailed', { at, why: poll.failure });
}

export function huntText(hunt: HuntView | null): string {
  if (hunt === null) return t('ioc.noHunt');
  const { days, daysDone: done, hits, indicators } = hunt;
  if (hunt.state === 'waiting') return t('ioc.waiting', { days });
  if (hunt.state === 'running') return t('ioc.running', { done, days, hits });
  const events = number(hunt.events, language.value);
  return t('ioc.done', { at: dateTime(hunt.endedMs), indicators, events, days, hits });
}
