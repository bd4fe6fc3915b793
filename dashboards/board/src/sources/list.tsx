/** All sources in a table that becomes cards on a narrow screen. */
import type { JSX } from 'preact';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import { dateTimeZone, lag, machineTime, number, when } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { Sparkline } from './sparkline.tsx';
import { blindOf, breachText, skewText } from './words.ts';

function Contract({ source }: { readonly source: SourceWatchView }): JSX.Element {
  const { breaches, contract } = source;
  if (breaches.length > 0) {
    return (
      <span class="tag tag-bad">
        <Icon name="cross" small />
        {breaches.length === 1 && breaches[0] !== undefined
          ? breachText(breaches[0])
          : t('src.broken', { n: breaches.length })}
      </span>
    );
  }
  return contract === null ? <span class="dim">{t('src.none')}</span> : <span class="kept">{t('src.kept')}</span>;
}

function Parser({ source }: { readonly source: SourceWatchView }): JSX.Element {
  if (source.parser !== 'auto') {
    return (
      <>
        <span class="mono">{source.parser}</span> <span class="sub">{t('src.pinned')}</span>
      </>
    );
  }
  if (source.candidate === '') return <span class="dim">{t('src.auto')}</span>;
  return (
    <>
      <span class="mono">{source.candidate}</span>{' '}
      <span class="sub num">{number(source.candidateShare * 100, language.value, 1)} %</span>
    </>
  );
}

function Row({
  source,
  chosen,
  atMs,
}: {
  readonly source: SourceWatchView;
  readonly chosen: boolean;
  readonly atMs: number;
}): JSX.Element {
  const l = language.value;
  const blind = blindOf(source);
  const clock = source.corrected;
  return (
    <tr data-at={source.breaches.length > 0 ? 'broken' : undefined} data-chosen={chosen ? '' : undefined}>
      <th scope="row" data-is="name">
        <a href={`/sources/${encodeURIComponent(source.id)}`} aria-current={chosen ? 'true' : undefined}>
          {source.name.normalize('NFC')}
        </a>
        <span class="sub">{source.systemName === '' ? t('src.noSystem') : source.systemName.normalize('NFC')}</span>
      </th>
      <td data-is="contract">
        <Contract source={source} />
        {blind.rules === 0 ? null : <span class="sub">{t('src.blindN', blind)}</span>}
      </td>
      <td data-label={t('source.last')}>
        {source.lastReceivedMs === 0 ? (
          '–'
        ) : (
          <time dateTime={machineTime(source.lastReceivedMs)} title={dateTimeZone(source.lastReceivedMs)}>
            {when(source.lastReceivedMs, atMs)}
          </time>
        )}
      </td>
      <td data-is="rate">
        <Sparkline hours={source.hours} />
      </td>
      <td class="num r" data-label={t('src.lag')}>
        {clock === null ? '–' : lag(Math.max(0, clock.lagMs), l)}
      </td>
      <td class="r" data-label={t('src.skew')}>
        {clock === null ? '–' : skewText(clock)}
      </td>
      <td data-label={t('src.parser')}>
        <Parser source={source} />
      </td>
    </tr>
  );
}

export function SourceList({
  items,
  chosen,
  atMs,
}: {
  readonly items: readonly SourceWatchView[];
  readonly chosen: string;
  readonly atMs: number;
}): JSX.Element {
  return (
    <table class="plain srclist">
      <thead>
        <tr>
          <th scope="col">{t('source.name')}</th>
          <th scope="col">{t('src.contract')}</th>
          <th scope="col">{t('source.last')}</th>
          <th scope="col">{t('src.rate')}</th>
          <th scope="col" class="r">
            {t('src.lag')}
          </th>
          <th scope="col" class="r">
            {t('src.skew')}
          </th>
          <th scope="col">{t('src.parser')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((source) => (
          <Row key={source.id} source={source} chosen={source.id === chosen} atMs={atMs} />
        ))}
      </tbody>
    </table>
  );
}
