/** One incident: what happened, why we believe it, what was done, what to do next. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { IncidentCard, IncidentDetail } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { isClosed } from '../closed.ts';
import { t } from '../i18n/index.ts';
import { Entities, History, Rules, Told } from '../incident/beside.tsx';
import { BrokenSources } from '../incident/blind.tsx';
import { useDetail } from '../incident/detail.ts';
import { focusOn } from '../incident/focus.ts';
import { Head, take } from '../incident/head.tsx';
import { Chain, Lead } from '../incident/lead.tsx';
import { Timeline } from '../incident/timeline.tsx';
import { AssignForm, VerdictForm } from '../parts/handle.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { go } from '../router.ts';

function useIncidentKeys(id: string): void {
  const board = useBoard();
  useLayoutEffect(() => {
    const card = (): IncidentCard | undefined => board.state.incidents.value.get(id);
    const field = (name: string) => () => board.may('handle') && focusOn(name);
    return board.keyboard.use({
      a: () => {
        const now = card();
        return now !== undefined && take(board, now);
      },
      m: field('assign'),
      n: field('note'),
      v: field('verdict'),
      t: field('steps'),
    });
  }, [board, id]);
}

function Loaded({ detail, card }: { readonly detail: IncidentDetail; readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  useLayoutEffect(() => {
    // A link may name the form to start with: `/incidents/…#note`.
    const wanted = location.hash.slice(1);
    if (wanted !== '' && focusOn(wanted)) go(location.pathname + location.search, 'replace');
  }, []);
  return (
    <>
      <Head card={card} />
      <main id="main" class="story">
        <Lead detail={detail} />
        <BrokenSources alerts={detail.alerts} />
        <Chain alerts={detail.alerts} />
        <Timeline key={card.id} detail={detail} card={card} />
        <aside class="side">
          {board.may('handle') ? (
            <>
              <section class="pane" aria-labelledby="assign-h">
                <header>
                  <h2 id="assign-h">{t('dock.assign')}</h2>
                  <kbd class="end">M</kbd>
                </header>
                <AssignForm key={card.id} card={card} />
              </section>
              <section class="pane verdictpane" aria-labelledby="verdict-h">
                <header>
                  <h2 id="verdict-h">{t('verdict')}</h2>
                  <kbd class="end">V</kbd>
                </header>
                {isClosed(card.state) ? (
                  <div class="verdict">
                    <p>
                      <b>{t(`state.${card.state}`)}</b>
                    </p>
                    <p class="sub">{card.reason}</p>
                    <button
                      class="btn"
                      type="button"
                      onClick={() =>
                        void board.act(card, { action: 'state', version: card.version, state: 'investigating' })
                      }
                    >
                      {t('act.reopen')}
                    </button>
                  </div>
                ) : (
                  <VerdictForm key={card.id} card={card} />
                )}
              </section>
            </>
          ) : null}
          <Told detail={detail} />
          <Entities detail={detail} />
          <Rules alerts={detail.alerts} />
          <History rows={detail.history} />
        </aside>
      </main>
    </>
  );
}

export function IncidentPage({ id }: { readonly id: string }): JSX.Element {
  const board = useBoard();
  const { detail, failed } = useDetail(id);
  useIncidentKeys(id);
  useEffect(() => {
    board.selected.value = id;
  }, [board, id]);
  // The card of the feed is newer than the page's own, and carries changes not yet answered.
  const card = board.state.incidents.value.get(id) ?? detail?.card;
  return (
    <Shell section="board">
      {detail !== null && card !== undefined ? (
        <div class="incident">
          {failed === '' ? null : (
            <p class="cutnote" data-tone="late">
              {t('incident.stale', { why: failed })}
            </p>
          )}
          <Loaded key={id} detail={detail} card={card} />
        </div>
      ) : (
        <main id="main" class="page">
          <p class="empty">{failed === '' ? t('loading') : t('incident.failed', { why: failed })}</p>
          {failed === '' ? null : (
            <p class="empty">
              <a href="/">{t('nav.board')}</a>
            </p>
          )}
        </main>
      )}
      <StatusBar />
    </Shell>
  );
}
