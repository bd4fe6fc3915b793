/** Search of events: a range, a query, how many there are and when, then the rows. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { EventSearch, EventView } from '../../../../src/contract/api.ts';
import { ApiFailure } from '../api-client.ts';
import { useBoard } from '../board.ts';
import {
  date,
  dateTime,
  dateTimeZone,
  fromInputTime,
  hourMinute,
  lag,
  machineTime,
  number,
  timeMilli,
  toInputTime,
  zoneLabel,
} from '../format.ts';
import { failureText, language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { AllFields, RawLine, sourceWords, ThreeTimes } from '../parts/evidence.tsx';
import { Masked } from '../parts/masked.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { go, place } from '../router.ts';
import {
  isSayable,
  queryOfSearch,
  type RangeName,
  ranges,
  type SearchView,
  searchOf,
  withTerm,
} from '../search-query.ts';

const pageSize = 100;
/** Rows kept on the page while paging on; beyond it one narrows the search. */
const rowsMax = 2000;

interface Found {
  readonly view: SearchView;
  readonly result: EventSearch;
  readonly items: readonly EventView[];
  readonly cursor: string | null;
  readonly tookMs: number;
}

interface Fault {
  readonly text: string;
  readonly q: string;
  readonly position: number;
}

function open(view: SearchView): void {
  go(`/search${queryOfSearch(view)}`);
}

function QueryFault({ fault }: { readonly fault: Fault }): JSX.Element {
  const at = Math.min(Math.max(0, fault.position), fault.q.length);
  return (
    <div class="fault" role="alert">
      <p>{fault.text}</p>
      {fault.position < 0 ? null : <p class="vh">{t('search.faultAt', { n: at + 1 })}</p>}
      {fault.position < 0 ? null : (
        <pre class="mono" aria-hidden="true">
          {fault.q}
          {'\n'}
          <b>{`${' '.repeat(at)}^`}</b>
        </pre>
      )}
    </div>
  );
}

function RangePick({ view }: { readonly view: SearchView }): JSX.Element {
  const [from, setFrom] = useState(toInputTime(view.fromMs));
  const [to, setTo] = useState(toInputTime(view.toMs));
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    setFrom(toInputTime(view.fromMs));
    setTo(toInputTime(view.toMs));
  }, [view.fromMs, view.toMs]);
  const fromMs = fromInputTime(from);
  const toMs = fromInputTime(to);
  const right = fromMs !== null && toMs !== null && fromMs < toMs;
  const names = Object.keys(ranges) as RangeName[];
  const done = (next: SearchView): void => {
    if (fold.current !== null) fold.current.open = false;
    open(next);
  };
  return (
    <details class="pick range" ref={fold}>
      <summary class="btn">
        <Icon name="clock" small />
        <span>
          {view.last === null
            ? `${dateTime(view.fromMs)} – ${date(view.fromMs) === date(view.toMs) ? dateTime(view.toMs).slice(11) : dateTime(view.toMs)}`
            : t(`range.${view.last}`)}
        </span>
        <Icon name="down" small />
      </summary>
      <div class="menu">
        <div class="quick">
          {names.map((name) => (
            <button
              key={name}
              class="btn"
              type="button"
              aria-pressed={view.last === name}
              onClick={() => done({ q: view.q, last: name, fromMs: Date.now() - ranges[name], toMs: Date.now() })}
            >
              {t(`range.${name}`)}
            </button>
          ))}
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (fromMs !== null && toMs !== null && right) done({ q: view.q, last: null, fromMs, toMs });
          }}
        >
          <label class="rs">
            <span class="sub">{t('range.from', { zone: zoneLabel })}</span>
            <input
              class="field"
              type="datetime-local"
              step="1"
              value={from}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          </label>
          <label class="rs">
            <span class="sub">{t('range.to', { zone: zoneLabel })}</span>
            <input
              class="field"
              type="datetime-local"
              step="1"
              value={to}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          </label>
          {right ? null : <p class="sub">{t('range.wrong')}</p>}
          <button class="btn btn-1" type="submit" disabled={!right}>
            {t('range.use')}
          </button>
        </form>
      </div>
    </details>
  );
}

function Histogram({ found }: { readonly found: Found }): JSX.Element {
  const { result, view } = found;
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const spanMs = Math.max(1, view.toMs - view.fromMs);
  const top = Math.max(1, ...result.histogram.map((b) => b.count));
  const at = (x: number): number => {
    const rect = box.current?.getBoundingClientRect();
    return rect === undefined
      ? view.fromMs
      : view.fromMs + Math.min(1, Math.max(0, (x - rect.left) / rect.width)) * spanMs;
  };
  const part = (ms: number): number => Math.min(100, Math.max(0, ((ms - view.fromMs) / spanMs) * 100));
  const days = date(view.fromMs) !== date(view.toMs);
  return (
    <section
      class="hist pane"
      aria-label={t('hist', { n: result.total, bucket: lag(result.bucketMs, language.value) })}
    >
      <div
        class="hin"
        ref={box}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([at(event.clientX), at(event.clientX)]);
        }}
        onPointerMove={(event) => {
          if (drag !== null) setDrag([drag[0], at(event.clientX)]);
        }}
        onPointerUp={() => {
          const [a, b] = drag ?? [0, 0];
          setDrag(null);
          const [fromMs, toMs] = [Math.floor(Math.min(a, b)), Math.ceil(Math.max(a, b))];
          if (toMs - fromMs > spanMs / 200 && toMs - fromMs > 1000) open({ q: view.q, last: null, fromMs, toMs });
        }}
        onPointerCancel={() => setDrag(null)}
      >
        <svg viewBox="0 0 600 64" preserveAspectRatio="none" aria-hidden="true">
          <path d="M0 63.5H600M0 32H600" class="g" />
          {result.histogram.map((b) => {
            const x = (part(b.fromMs) / 100) * 600;
            const w = Math.max(1, ((part(b.fromMs + result.bucketMs) - part(b.fromMs)) / 100) * 600 - 1);
            const h = b.count === 0 ? 0 : Math.max(1.5, (b.count / top) * 62);
            return <rect key={b.fromMs} class="b1" x={x} y={63.5 - h} width={w} height={h} />;
          })}
        </svg>
        <span class="ymax num">{number(top, language.value)}</span>
        {drag === null ? null : (
          <i
            class="brush"
            style={{ left: `${part(Math.min(...drag))}%`, width: `${Math.abs(part(drag[1]) - part(drag[0]))}%` }}
          />
        )}
      </div>
      <p class="hx">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => {
          const ms = view.fromMs + share * spanMs;
          return <span key={share}>{days ? `${date(ms).slice(0, 5)} ${hourMinute(ms)}` : hourMinute(ms)}</span>;
        })}
      </p>
      <p class="hl">
        <span>{t('hist.each', { bucket: lag(result.bucketMs, language.value) })}</span>
        <span class="end">{t('hist.drag')}</span>
      </p>
    </section>
  );
}

function Detail({ event, view }: { readonly event: EventView; readonly view: SearchView }): JSX.Element {
  const add = (field: string, value: string, how: 'keep' | 'exclude'): void =>
    open({ ...view, q: withTerm(view.q, field, value, how) });
  return (
    <div class="det">
      <p class="dtags">
        <span class="tag">{sourceWords(event)}</span>
        {event.system === '' ? null : <span class="tag">{event.system}</span>}
        <span class="tag mono">{event.source}</span>
        {event.parseStatus === 'parsed' ? null : (
          <span class="tag tag-late">
            {t(`parse.${event.parseStatus}`)}
            {event.parseReason === '' ? '' : `: ${event.parseReason}`}
          </span>
        )}
      </p>
      <ThreeTimes event={event} />
      <AllFields
        event={event}
        tools={(field, value) =>
          !isSayable(field) ? null : (
            <span class="pm">
              <button
                type="button"
                aria-label={t('value.keep', { field, value })}
                title={`${t('value.keepShort')} (+)`}
                onClick={() => add(field, value, 'keep')}
              >
                <Icon name="plus" small />
              </button>
              <button
                type="button"
                aria-label={t('value.exclude', { field, value })}
                title={`${t('value.excludeShort')} (−)`}
                onClick={() => add(field, value, 'exclude')}
              >
                <Icon name="minus" small />
              </button>
            </span>
          )
        }
      />
      <RawLine event={event} open />
      <Masked event={event} />
    </div>
  );
}

function Row({
  event,
  view,
  days,
}: {
  readonly event: EventView;
  readonly view: SearchView;
  readonly days: boolean;
}): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <>
      <tr data-open={shown ? '' : undefined}>
        <td class="tm">
          <button class="rowbtn" type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            <Icon name={shown ? 'down' : 'right'} small />
            <time dateTime={machineTime(event.eventTimeMs)} title={dateTimeZone(event.eventTimeMs)}>
              {days ? `${date(event.eventTimeMs).slice(0, 5)} ` : ''}
              {timeMilli(event.eventTimeMs)}
            </time>
          </button>
          {event.origin === 'drill' ? <span class="drill">{t('drill')}</span> : null}
        </td>
        <td class="mono ds">{event.service || event.category || event.product || event.parser}</td>
        <td class="mono hs">{event.host || '–'}</td>
        <td class="msg mono" title={event.message}>
          {event.message}
        </td>
      </tr>
      {shown ? (
        <tr class="more">
          <td colSpan={4}>
            <Detail event={event} view={view} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function useSearch(
  view: SearchView,
  ask: string,
): { found: Found | null; fault: Fault | null; busy: boolean; more: () => void } {
  const { api } = useBoard();
  const [found, setFound] = useState<Found | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(true);
  const running = useRef<AbortController | null>(null);

  function run(cursor: string | null, before: readonly EventView[]): void {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    const begunMs = performance.now();
    const at = cursor === null ? view : (found?.view ?? view);
    setBusy(true);
    api
      .events(
        { q: at.q, fromMs: at.fromMs, toMs: at.toMs, limit: pageSize, ...(cursor === null ? {} : { cursor }) },
        control.signal,
      )
      .then(
        (result) => {
          if (control.signal.aborted) return;
          const whole =
            cursor === null
              ? result
              : {
                  ...result,
                  total: found?.result.total ?? result.total,
                  histogram: found?.result.histogram ?? result.histogram,
                };
          setFound({
            view: at,
            result: whole,
            items: [...before, ...result.items],
            cursor: result.cursor,
            tookMs: performance.now() - begunMs,
          });
          setFault(null);
          setBusy(false);
        },
        (error: unknown) => {
          if (control.signal.aborted) return;
          setFault({ text: failureText(error), q: at.q, position: error instanceof ApiFailure ? error.position : -1 });
          setBusy(false);
        },
      );
  }

  useEffect(() => {
    run(null, []);
    return () => running.current?.abort();
  }, [ask]);

  return {
    found,
    fault,
    busy,
    more: () => {
      if (found !== null && found.cursor !== null) run(found.cursor, found.items);
    },
  };
}

function useSearchKeys(): void {
  const board = useBoard();
  useLayoutEffect(() => {
    const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.res .rowbtn')];
    const move = (by: number) => () => {
      const list = rows();
      const at = list.findIndex(
        (row) =>
          row === document.activeElement ||
          row.closest('tr')?.nextElementSibling?.contains(document.activeElement) === true,
      );
      const next = list[at < 0 ? 0 : Math.min(Math.max(0, at + by), list.length - 1)];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
      return next !== undefined;
    };
    const value = (index: number) => () => {
      const tools = document.activeElement?.closest('div')?.querySelectorAll<HTMLElement>('.pm button');
      const button = tools?.[index];
      button?.click();
      return button !== undefined;
    };
    return board.keyboard.use({ j: move(1), k: move(-1), '+': value(0), '-': value(1) });
  }, [board]);
}

export function SearchPage(): JSX.Element {
  const ask = place.value.query;
  // A quick range means "until the moment it was asked"; the same address later is asked anew.
  const [view, setView] = useState(() => searchOf(ask, Date.now()));
  const [asked, setAsked] = useState(ask);
  if (asked !== ask) {
    setAsked(ask);
    setView(searchOf(ask, Date.now()));
  }
  const [round, setRound] = useState(0);
  const [q, setQ] = useState(view.q);
  // At once: later it would take away what was typed meanwhile.
  useLayoutEffect(() => setQ(view.q), [view.q]);
  const { found, fault, busy, more } = useSearch(view, `${ask} ${round}`);
  useSearchKeys();
  function submit(event: Event): void {
    event.preventDefault();
    const next = { ...view, q: q.trim() };
    if (queryOfSearch(next) !== queryOfSearch(view)) {
      open(next);
      return;
    }
    setView(searchOf(ask, Date.now()));
    setRound(round + 1);
  }
  const items = found?.items ?? [];
  const days = found !== null && date(found.view.fromMs) !== date(found.view.toMs);
  return (
    <Shell section="search">
      <div class="qbar">
        <h1 class="vh">{t('nav.search')}</h1>
        <search>
          <form class="q" onSubmit={submit}>
            <label class="vh" for="q">
              {t('search.query')}
            </label>
            <div class="qi">
              <Icon name="search" />
              <input
                id="q"
                data-slash
                value={q}
                maxLength={2000}
                spellcheck={false}
                autocomplete="off"
                placeholder={t('search.example')}
                aria-invalid={fault !== null && fault.position >= 0}
                onInput={(event) => setQ(event.currentTarget.value)}
              />
            </div>
            <RangePick view={view} />
            <button class="btn btn-1" type="submit">
              {t('search.go')} <kbd>↵</kbd>
            </button>
          </form>
        </search>
        {fault === null ? null : <QueryFault fault={fault} />}
        <p class="qm" role="status">
          {busy ? <span>{t('search.busy')}</span> : null}
          {found === null || busy || fault !== null ? null : (
            <>
              <span>
                <b class="num">{number(found.result.total, language.value)}</b>{' '}
                {t('search.found', { ms: Math.round(found.tookMs) })}
              </span>
              {found.result.cut === '' ? (
                <span>{t('search.whole')}</span>
              ) : (
                <span class="tag tag-late">{t('search.cut', { what: found.result.cut })}</span>
              )}
            </>
          )}
        </p>
      </div>
      <main id="main" class="find" aria-busy={busy}>
        {found === null ? null : <Histogram found={found} />}
        {found === null ? null : (
          <section class="res pane" aria-label={t('search.results')}>
            {found !== null && items.length === 0 ? (
              <p class="empty">
                {t('search.none', { from: dateTime(found.view.fromMs), to: dateTime(found.view.toMs) })}
              </p>
            ) : null}
            {items.length === 0 ? null : (
              <div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t('time.event')}</th>
                      <th scope="col">{t('col.source')}</th>
                      <th scope="col">{t('col.host')}</th>
                      <th scope="col">{t('col.message')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((event) => (
                      <Row key={event.id} event={event} view={view} days={days} />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {found === null || items.length === 0 ? null : (
              <p class="pg">
                <span>{t('search.shown', { n: items.length, of: found.result.total })}</span>
                {found.cursor !== null && items.length < rowsMax ? (
                  <button class="btn" type="button" disabled={busy} onClick={more}>
                    {t('search.more')}
                  </button>
                ) : null}
                {items.length >= rowsMax ? <span>{t('search.enough', { n: rowsMax })}</span> : null}
                <span class="end keyhint">
                  <kbd>J</kbd> <kbd>K</kbd> {t('keys.row')} · <kbd>↵</kbd> {t('keys.openRow')} · <kbd>+</kbd>{' '}
                  <kbd>−</kbd> {t('keys.value')}
                </span>
              </p>
            )}
          </section>
        )}
      </main>
      <StatusBar />
    </Shell>
  );
}
