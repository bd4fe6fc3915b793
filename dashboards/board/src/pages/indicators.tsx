/** "Chỉ dấu tấn công": lists of addresses, names, URLs and hashes, where they come from and what they found. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { IndicatorListView, TakenView } from '../../../../src/contract/indicators.ts';
import { useBoard } from '../board.ts';
import { dateTimeZone, number } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { AddOne, NotTaken, Upload } from '../indicators/content.tsx';
import { Inside } from '../indicators/inside.tsx';
import { IndicatorLists } from '../indicators/list.tsx';
import { Retire, Settings } from '../indicators/settings.tsx';
import { huntText, pollText } from '../indicators/words.ts';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { usePolled } from '../polled.ts';
import { go } from '../router.ts';

const pollMs = 10_000;
/** The address of the form for a new list; ids of lists have no `+`. */
const newId = '+';

function Close(): JSX.Element {
  return (
    <a class="btn btn-0 btn-i" href="/indicators" aria-label={t('ioc.close')} title={t('ioc.close')}>
      <Icon name="cross" />
    </a>
  );
}

function Detail(p: {
  readonly list: IndicatorListView;
  readonly replace: (list: IndicatorListView) => void;
}): JSX.Element {
  const board = useBoard();
  const { list, replace } = p;
  const [taken, setTaken] = useState<TakenView | null>(null);
  const changed = (taking: { readonly list: IndicatorListView; readonly taken: TakenView }): void => {
    replace(taking.list);
    setTaken(taking.taken);
  };
  return (
    <section class="pane srcdetail" aria-labelledby="ioc-h">
      <header>
        <h2 id="ioc-h">{list.name.normalize('NFC')}</h2>
        <span class="end">
          <Close />
        </span>
      </header>
      <div class="parts">
        <div>
          {list.description === '' ? null : <p>{list.description.normalize('NFC')}</p>}
          <p class="sub">
            {t('ioc.changed')}: {dateTimeZone(list.changedMs)}
          </p>
          {list.poll !== null && !list.poll.ok && !list.retired ? (
            <p class="iocbad">
              <Icon name="cross" small />
              <span>
                {t('ioc.poll')}: {pollText(list)}. {t('ioc.pollKept')}
              </span>
            </p>
          ) : (
            <p class="sub">
              {t('ioc.poll')}: {pollText(list)}
              {list.feed === null ? '' : ` · ${t('ioc.every', { n: list.feed.everyMinutes })}`}
            </p>
          )}
          <p class="sub">
            {t('ioc.hunt')}: {huntText(list.hunt)}
          </p>
          {list.hunt === null || list.hunt.cut === '' ? null : (
            <p class="warn">{t('ioc.cut', { why: list.hunt.cut })}</p>
          )}
        </div>
        {list.retired ? <p class="warn">{t('ioc.retiredLong')}</p> : null}
        {list.retired ? null : <AddOne list={list} changed={changed} />}
        {list.retired || !board.may('sources') ? null : <Upload list={list} changed={changed} />}
        {taken === null ? null : <NotTaken taken={taken} />}
        {board.may('sources') ? (
          <details>
            <summary>{t('ioc.settings')}</summary>
            <Settings key={list.version} list={list} saved={replace} />
            {list.retired ? null : <Retire list={list} saved={replace} />}
          </details>
        ) : null}
        <Inside list={list} changed={changed} />
      </div>
    </section>
  );
}

export function IndicatorsPage({ id }: { readonly id: string }): JSX.Element {
  const board = useBoard();
  const { now: lists, failed, put } = usePolled(board.api.indicatorLists, pollMs);
  const replace = (list: IndicatorListView): void =>
    put((before) => [...before.filter(({ id: other }) => other !== list.id), list]);
  const items = [...(lists ?? [])].sort(
    (a, b) => Number(a.retired) - Number(b.retired) || a.name.localeCompare(b.name, 'vi'),
  );
  const chosen = items.find((list) => list.id === id);
  const total = items.reduce((sum, list) => sum + (list.retired ? 0 : list.count), 0);
  const isNew = id === newId && board.may('sources');
  return (
    <Shell section="indicators">
      <main id="main" class="page srcpage">
        <div class="bar">
          <h1>{t('nav.indicators')}</h1>
          {lists === null ? null : (
            <p class="sum">{t('ioc.sum', { lists: items.length, n: number(total, language.value) })}</p>
          )}
          <div class="tools">
            {board.may('sources') ? (
              <a class="btn btn-1" href={`/indicators/${encodeURIComponent(newId)}`}>
                {t('ioc.new')}
              </a>
            ) : null}
          </div>
        </div>
        {failed === '' ? null : (
          <p class="cutnote" data-tone="late" role="alert">
            {t('ioc.failed', { why: failed })}
          </p>
        )}
        {lists === null ? (
          <p class="empty">{failed === '' ? t('loading') : ''}</p>
        ) : (
          <div class="srcs2" data-open={chosen === undefined && !isNew ? undefined : ''}>
            <section class="pane" aria-label={t('nav.indicators')}>
              {items.length === 0 ? (
                <p class="empty">{t('ioc.empty')}</p>
              ) : (
                <IndicatorLists items={items} chosen={id} nowMs={board.minute.value} />
              )}
            </section>
            {isNew ? (
              <section class="pane srcdetail" aria-labelledby="ioc-n">
                <header>
                  <h2 id="ioc-n">{t('ioc.new')}</h2>
                  <span class="end">
                    <Close />
                  </span>
                </header>
                <div class="parts">
                  <Settings
                    list={null}
                    saved={(list) => {
                      replace(list);
                      go(`/indicators/${encodeURIComponent(list.id)}`, 'replace');
                    }}
                  />
                </div>
              </section>
            ) : null}
            {chosen === undefined ? null : <Detail key={chosen.id} list={chosen} replace={replace} />}
          </div>
        )}
      </main>
      <StatusBar />
    </Shell>
  );
}
