/** All indicator lists in a table that becomes cards on a narrow screen. */
import type { JSX } from 'preact';
import type { IndicatorListView } from '../../../../src/contract/indicators.ts';
import { dateTimeZone, machineTime, number, when } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { huntText, pollText } from './words.ts';

function Row(p: { readonly list: IndicatorListView; readonly chosen: boolean; readonly nowMs: number }): JSX.Element {
  const { list, chosen } = p;
  const l = language.value;
  return (
    <tr data-chosen={chosen ? '' : undefined}>
      <th scope="row" data-is="name">
        <a href={`/indicators/${encodeURIComponent(list.id)}`} aria-current={chosen ? 'true' : undefined}>
          {list.name.normalize('NFC')}
        </a>
        <span class="sub">
          <SeverityMark severity={list.severity} /> {list.source}
          {list.retired ? ` · ${t('ioc.retired')}` : ''}
        </span>
      </th>
      <td class="r num" data-label={t('ioc.count')}>
        {number(list.count, l)}
      </td>
      <td class="r num" data-label={t('ioc.hits')}>
        {list.hits24h > 0 ? <b>{number(list.hits24h, l)}</b> : '0'}
      </td>
      <td data-label={t('ioc.changed')}>
        <time dateTime={machineTime(list.changedMs)} title={dateTimeZone(list.changedMs)}>
          {when(list.changedMs, p.nowMs)}
        </time>
      </td>
      <td data-label={t('ioc.poll')}>
        {list.poll !== null && !list.poll.ok ? (
          <span class="tag tag-bad">
            <Icon name="cross" small />
            {pollText(list)}
          </span>
        ) : (
          <span class="sub">{pollText(list)}</span>
        )}
      </td>
      <td data-label={t('ioc.hunt')}>
        <span class="sub">{huntText(list.hunt)}</span>
      </td>
    </tr>
  );
}

export function IndicatorLists(p: {
  readonly items: readonly IndicatorListView[];
  readonly chosen: string;
  readonly nowMs: number;
}): JSX.Element {
  return (
    <div class="scroll">
      <table class="plain srclist ioclist">
        <thead>
          <tr>
            <th scope="col">{t('ioc.choose')}</th>
            <th scope="col" class="r">
              {t('ioc.count')}
            </th>
            <th scope="col" class="r">
              {t('ioc.hits')}
            </th>
            <th scope="col">{t('ioc.changed')}</th>
            <th scope="col">{t('ioc.poll')}</th>
            <th scope="col">{t('ioc.hunt')}</th>
          </tr>
        </thead>
        <tbody>
          {p.items.map((list) => (
            <Row key={list.id} list={list} chosen={list.id === p.chosen} nowMs={p.nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
