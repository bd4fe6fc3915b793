/** The alert stream. It stands still while a hand is in it or it is paused; what is new waits on top, counted. */
import { type Signal, signal } from '@preact/signals';
import { Fragment, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AlertView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { defaultBoardLimits } from '../board-state.ts';
import type { FeedGap } from '../feed-client.ts';
import { isReal } from '../filters.ts';
import { lag, number, shortCode, span, time } from '../format.ts';
import { useBusy, useHeld } from '../held.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { DrillMark, Moment } from './marks.tsx';
import { Why } from './why.tsx';

export const streamPaused: Signal<boolean> = signal(false);

/** New rows are tinted this long. */
const tintMs = 4000;

function Row({ alert }: { readonly alert: AlertView }): JSX.Element {
  const { state } = useBoard();
  const arrived = state.arrivedMs.get(alert.id);
  const fresh = arrived !== undefined && Date.now() - arrived < tintMs;
  return (
    <li data-id={alert.id} data-new={fresh ? '' : undefined} data-drill={isReal(alert) ? undefined : ''}>
      <Moment ms={alert.firstEventMs} />
      <SeverityMark severity={alert.severity} quiet />
      <div class="ab">
        <p class="at">
          {alert.incident === '' ? (
            titleOf(alert)
          ) : (
            <a href={`/incidents/${encodeURIComponent(alert.incident)}`}>{titleOf(alert)}</a>
          )}
        </p>
        <Why alert={alert} />
        <p class="ae">
          {alert.entity === '' ? null : (
            <span class="ent" title={alert.systemName || undefined}>
              {alert.entity}
            </span>
          )}
          {alert.events > 1 ? <span class="x num">×{alert.events}</span> : null}
          {alert.incidentCode === '' ? null : <span class="num dim">{shortCode(alert.incidentCode)}</span>}
          {isReal(alert) ? null : <DrillMark lane={alert.lane} />}
          {alert.lateMs > 0 ? (
            <span class="tag tag-late">{t('late', { by: span(alert.lateMs, language.value) })}</span>
          ) : null}
        </p>
      </div>
    </li>
  );
}

function Gap({ gap }: { readonly gap: FeedGap }): JSX.Element {
  const words =
    gap.how === 'resumed'
      ? t('gap.resumed', { for: lag(gap.downMs, language.value), n: gap.recovered })
      : t('gap.reloaded', { for: lag(gap.downMs, language.value) });
  return (
    <li class="gap">
      <span>{words}</span>
      <span class="mono">
        #{number(gap.fromSeq, language.value)} → #
        {number(Math.max(gap.toSeq, gap.fromSeq + gap.recovered), language.value)}
      </span>
    </li>
  );
}

/** A gap stands above the first alert that was raised before the line broke. */
function gapsBefore(gaps: readonly FeedGap[], newerMs: number, olderMs: number): readonly FeedGap[] {
  return gaps.filter((gap) => gap.afterMs < newerMs && gap.afterMs >= olderMs);
}

export function Stream({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element {
  const { state, now } = useBoard();
  const list = useRef<HTMLDivElement>(null);
  const busy = useBusy(list);
  const paused = streamPaused.value;
  const { shown, waiting } = useHeld(alerts, paused || busy, 'keep');
  const rows = useRef<HTMLOListElement>(null);
  const hourAgoMs = now.value - 3_600_000;
  const lastHour = alerts.reduce((n, alert) => (alert.createdMs >= hourAgoMs ? n + 1 : n), 0);
  useEffect(() => {
    if (!paused && !busy && rows.current !== null && rows.current.scrollTop < 40) rows.current.scrollTop = 0;
  }, [shown, paused, busy]);

  function showWaiting(): void {
    streamPaused.value = false;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (rows.current !== null) rows.current.scrollTop = 0;
  }

  const gaps = state.gaps.value;
  return (
    <aside class="stream pane" aria-labelledby="stream-h">
      <header>
        <h2 id="stream-h">{t('stream')}</h2>
        <span class="dim num">{t('stream.hour', { n: lastHour })}</span>
        <button
          class="btn btn-0 btn-i end"
          type="button"
          aria-pressed={paused}
          aria-label={t('stream.pause')}
          title={`${t('stream.pause')} (${t('keys.spaceName')})`}
          onClick={() => {
            streamPaused.value = !paused;
          }}
        >
          <Icon name={paused ? 'play' : 'pause'} />
        </button>
      </header>
      {state.feed.value.at === 'lost' || state.feed.value.at === 'resuming' ? (
        <p class="hold" data-tone="late">
          {t('stream.stale', { at: time(state.feed.value.sinceMs) })}
        </p>
      ) : null}
      <div class="rows" ref={list}>
        {waiting > 0 ? (
          <button class="hold" type="button" onClick={showWaiting}>
            <Icon name="up" small />
            {t('stream.waiting', { n: waiting })}
          </button>
        ) : paused ? (
          <p class="hold">{t('stream.paused')}</p>
        ) : null}
        <ol ref={rows}>
          {shown.map((alert, i) => (
            <Fragment key={alert.id}>
              {gapsBefore(
                gaps,
                i === 0 ? Number.POSITIVE_INFINITY : (shown[i - 1]?.createdMs ?? 0),
                alert.createdMs,
              ).map((gap) => (
                <Gap key={`gap-${gap.id}`} gap={gap} />
              ))}
              <Row alert={alert} />
            </Fragment>
          ))}
          {state.alertsCut.value
            ? null
            : gapsBefore(gaps, shown.at(-1)?.createdMs ?? Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY).map(
                (gap) => <Gap key={`gap-${gap.id}`} gap={gap} />,
              )}
        </ol>
        {shown.length === 0 && state.loaded.value ? (
          <p class="empty">{t('stream.empty', { at: time(now.value) })}</p>
        ) : null}
        {state.alertsCut.value ? <p class="cutnote">{t('stream.cut', { n: defaultBoardLimits.alertsMax })}</p> : null}
      </div>
    </aside>
  );
}
