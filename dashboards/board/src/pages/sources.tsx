/** "Nguồn nhật ký": what each source sends, what it owes, what is broken and what cannot be seen meanwhile. */
import type { JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import { useBoard } from '../board.ts';
import { dateTimeZone, plain } from '../format.ts';
import { t } from '../i18n/index.ts';
import { FindField } from '../parts/find-field.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { usePolled } from '../polled.ts';
import { SourceDetail } from '../sources/detail.tsx';
import { SourceList } from '../sources/list.tsx';
import { Systems } from '../sources/systems.tsx';
import { byNeed } from '../sources/words.ts';

const pollMs = 30_000;

export function SourcesPage({ id }: { readonly id: string }): JSX.Element {
  const board = useBoard();
  const { api } = board;
  const read = useCallback(async () => {
    const [watch, systems] = await Promise.all([api.sourceWatch(), api.systems()]);
    return { watch, systems };
  }, [api]);
  const { now, failed, put } = usePolled(read, pollMs);
  const { watch = null, systems = [] } = now ?? {};
  const replace = (view: SourceWatchView): void =>
    put((before) => {
      const items = before.watch.items.map((each) => (each.id === view.id ? view : each));
      return { ...before, watch: { ...before.watch, items } };
    });
  const [wanted, setWanted] = useState('');
  const items = byNeed(watch?.items ?? []);
  const found = items.filter((source) =>
    plain(`${source.name} ${source.id} ${source.systemName}`).includes(plain(wanted)),
  );
  const chosen = items.find((source) => source.id === id);
  const broken = items.filter(({ breaches }) => breaches.length > 0).length;
  return (
    <Shell section="sources">
      <main id="main" class="page srcpage">
        <div class="bar">
          <h1>{t('nav.sources')}</h1>
          {watch === null ? null : (
            <p class="sum">
              {t('src.sum', { n: items.length, broken })} · {t('asOf', { at: dateTimeZone(watch.atMs) })}
            </p>
          )}
          <div class="tools">
            {board.may('sources') ? <a href="/agents">{t('agt.way')}</a> : null}
            <FindField label={t('src.find')} text={wanted} changed={setWanted} />
          </div>
        </div>
        {failed === '' ? null : (
          <p class="cutnote" data-tone="late" role="alert">
            {t('src.failed', { why: failed })}
          </p>
        )}
        {watch === null ? (
          <p class="empty">{failed === '' ? t('loading') : ''}</p>
        ) : (
          <>
            <div class="srcs2" data-open={chosen === undefined ? undefined : ''}>
              <section class="pane" aria-label={t('nav.sources')}>
                <SourceList items={found} chosen={id} atMs={watch.atMs} />
                {items.length > 0 ? null : (
                  <p class="empty">
                    {t('sources.empty')}
                    <br />
                    {t('sources.first')} <code>npx vonggac token create --kind collector --name …</code>
                  </p>
                )}
              </section>
              {chosen === undefined ? null : <SourceDetail key={chosen.id} source={chosen} changed={replace} />}
            </div>
            <Systems systems={systems} sources={items} />
          </>
        )}
      </main>
      <StatusBar />
    </Shell>
  );
}
