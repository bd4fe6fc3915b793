/** For the room, from six metres: is something burning, and does somebody have it. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { IncidentCard } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { isClosed } from '../closed.ts';
import { isReal } from '../filters.ts';
import { date, machineTime, span, stopwatch, time } from '../format.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { Ruler } from '../parts/ruler.tsx';
import { FeedState, ThemeSwitch } from '../parts/shell.tsx';
import { isSilent } from '../parts/sources.tsx';
import { severityRank } from '../severity.ts';
import { shiftAt } from '../shift.ts';

const rowsShown = 4;
const idleMs = 3000;

/** Nobody's first, then severity, then the longest open. Real before drill: the room is there for the real ones. */
function urgency(a: IncidentCard, b: IncidentCard): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    Number(isReal(b)) - Number(isReal(a)) ||
    Number(a.assignee !== '') - Number(b.assignee !== '') ||
    a.openedMs - b.openedMs
  );
}

function Row({ card }: { readonly card: IncidentCard }): JSX.Element {
  const { now } = useBoard();
  const rank = severityRank(card.severity);
  const nobody = card.assignee === '';
  const openMs = now.value - card.openedMs;
  const at = rank === 5 && isReal(card) ? (nobody ? 'over' : 'near') : 'ok';
  return (
    <li data-sev={rank} data-at={at} data-drill={isReal(card) ? undefined : ''}>
      <svg class="gl" aria-hidden="true">
        <use href={`#s${rank}`} />
      </svg>
      <div class="wt">
        <h2>
          <a href={`/incidents/${encodeURIComponent(card.id)}`}>{titleOf(card)}</a>
        </h2>
        <p>
          <b class={isReal(card) ? undefined : 'vh'}>{t(`sev.${card.severity}`)}</b>
          {isReal(card) ? null : <span class="wd">{t('drill')}</span>}
          <span>{(card.orgName || card.systemName || card.entity).normalize('NFC')}</span>
        </p>
      </div>
      <p class="wc">
        <b class="num" data-long={openMs < 3_600_000 ? undefined : ''}>
          {openMs < 3_600_000 ? stopwatch(openMs) : span(openMs, language.value)}
        </b>
        <span>{nobody ? t('wall.nobodySince') : t('wall.with', { who: card.assignee })}</span>
      </p>
    </li>
  );
}

function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setIdle(true), idleMs);
    const wake = (): void => {
      clearTimeout(timer);
      setIdle(false);
      timer = setTimeout(() => setIdle(true), idleMs);
    };
    addEventListener('pointermove', wake);
    addEventListener('keydown', wake);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointermove', wake);
      removeEventListener('keydown', wake);
    };
  }, []);
  return idle;
}

const days = ['day.0', 'day.1', 'day.2', 'day.3', 'day.4', 'day.5', 'day.6'] as const;

export function WallPage(): JSX.Element {
  const { state, now } = useBoard();
  const idle = useIdle();
  const open = useComputed(() =>
    [...state.incidents.value.values()].filter((c) => !isClosed(c.state)).sort(urgency),
  ).value;
  const health = state.health.value;
  const silent = health === null ? null : health.sources.filter((s) => isSilent(s, health.atMs)).length;
  const drill = state.drill.value;
  const shift = shiftAt(now.value);
  const worst = open.slice(0, rowsShown);
  const nobody = open.filter((c) => c.assignee === '').length;
  const critical = open.filter((c) => c.severity === 'critical').length;
  const day = days[new Date(now.value + 7 * 3_600_000).getUTCDay()] ?? 'day.0';
  return (
    <div class="app wall" data-idle={idle ? '' : undefined}>
      <header class="wtop">
        <a class="wb" href="/">
          <svg aria-hidden="true">
            <use href="#i-logo" />
          </svg>
          Vọng Gác
        </a>
        {drill !== null && drill.state === 'running' ? <p class="wdrill">{t('drill.running')}</p> : null}
        <time class="wclock" dateTime={machineTime(now.value)}>
          {time(now.value)}
        </time>
        <p class="wdate">
          {t(day)}
          <br />
          <time>{date(now.value)}</time>
        </p>
        <ThemeSwitch />
      </header>
      <main id="main" class="wmain">
        <ol class="wlist" aria-label={t('wall.list')}>
          {worst.map((card) => (
            <Row key={card.id} card={card} />
          ))}
          {worst.length === 0 ? (
            <li class="calm">
              <p>{state.loaded.value ? t('wall.calm') : t('loading')}</p>
            </li>
          ) : null}
        </ol>
        <section class="wnum" aria-label={t('wall.numbers')}>
          <p data-k="open">
            <b class="num">{open.length}</b>
            <span>{t('sum.open')}</span>
          </p>
          <p data-k={critical > 0 ? 'over' : 'calm'}>
            <b class="num">{critical}</b>
            <span>{t('sum.critical')}</span>
          </p>
          <p data-k={nobody > 0 ? 'none' : 'calm'}>
            <b class="num">{nobody}</b>
            <span>{t('sum.nobody')}</span>
          </p>
          <p data-k={silent !== null && silent > 0 ? 'src' : 'calm'}>
            <b class="num">{silent ?? '–'}</b>
            <span>{t('wall.silent')}</span>
          </p>
        </section>
      </main>
      <footer class="wfoot">
        <p class="wshift">
          <b>{t(`shift.${shift.name}`)}</b>
        </p>
        <Ruler alerts={state.alerts.value} wall />
        <p class="wshift">
          <b class="num">{stopwatch(shift.toMs - now.value)}</b> {t('shift.left')}
        </p>
        <p class="wfeed">
          <FeedState />
        </p>
      </footer>
    </div>
  );
}
