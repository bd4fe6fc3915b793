/** The board: what is worst, whose is it, can the feed be trusted. */
import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { IncidentCard } from '../../../../src/contract/api.ts';
import type { IncidentState } from '../../../../src/model/incident.ts';
import type { Severity } from '../../../../src/model/severity.ts';
import { useBoard } from '../board.ts';
import { defaultBoardLimits } from '../board-state.ts';
import { isClosed } from '../closed.ts';
import { type Filters, filtersOf, isReal, passes, queryOf } from '../filters.ts';
import { time } from '../format.ts';
import { useBusy, useHeld } from '../held.ts';
import { type PlainKey, t } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { Card } from '../parts/card.tsx';
import { FindField } from '../parts/find-field.tsx';
import { AssignForm, NoteForm, VerdictForm } from '../parts/handle.tsx';
import { ShiftLine } from '../parts/ruler.tsx';
import { Shell } from '../parts/shell.tsx';
import { Sources, StatusBar } from '../parts/sources.tsx';
import { Stream, streamPaused } from '../parts/stream.tsx';
import { go, place } from '../router.ts';
import { severityRank } from '../severity.ts';

const openStates = ['new', 'triage', 'investigating', 'contained'] as const satisfies readonly IncidentState[];
/** A column stands still under a hand, but not longer than this after the hand stopped moving. */
const columnIdleMs = 8000;
const severityWords = ['critical', 'high', 'medium', 'low', 'informational'] as const;

/** Worst first, then newest; only facts that seldom change, so that cards stay where they are. */
function worstFirst(a: IncidentCard, b: IncidentCard): number {
  return severityRank(b.severity) - severityRank(a.severity) || b.openedMs - a.openedMs || (a.id < b.id ? -1 : 1);
}

function set(filters: Filters, change: Partial<Filters>): void {
  go(`/${queryOf({ ...filters, ...change })}`, 'replace');
}

function Choice({
  label,
  on,
  children,
}: {
  readonly label: string;
  readonly on: boolean;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <details class="pick">
      <summary class="filter" data-on={on ? '' : undefined}>
        <Icon name="filter" small />
        {label}
      </summary>
      <div class="menu">{children}</div>
    </details>
  );
}

function Checks(p: {
  readonly options: readonly { readonly value: number; readonly label: JSX.Element | string }[];
  readonly chosen: readonly number[];
  readonly choose: (next: readonly number[]) => void;
}): JSX.Element {
  return (
    <>
      {p.options.map(({ value, label }) => (
        <label key={value} class="check">
          <input
            type="checkbox"
            checked={p.chosen.includes(value)}
            onChange={(event) =>
              p.choose(
                event.currentTarget.checked
                  ? [...p.chosen, value].sort((a, b) => b - a)
                  : p.chosen.filter((n) => n !== value),
              )
            }
          />
          {label}
        </label>
      ))}
    </>
  );
}

function Tools({ all, filters }: { readonly all: readonly IncidentCard[]; readonly filters: Filters }): JSX.Element {
  const { me } = useBoard();
  const near = all.filter((card) => passes(card, filters, 'origin') && !isClosed(card.state));
  const real = near.filter(isReal).length;
  const people = [...new Set(all.map((card) => card.assignee))]
    .filter((who) => who !== '')
    .sort((a, b) => a.localeCompare(b, 'vi'));
  const origins: readonly (readonly [Filters['origin'], PlainKey, number])[] = [
    ['all', 'origin.all', near.length],
    ['real', 'origin.real', real],
    ['drill', 'origin.drill', near.length - real],
  ];
  const filtered = queryOf({ ...filters, closedShown: false }) !== '';
  const isChosen = (s: Severity): boolean => filters.severities.includes(severityRank(s));
  return (
    <div class="tools">
      <span class="find">
        <Icon name="search" small />
        <FindField label={t('filter.text')} text={filters.text} changed={(text) => set(filters, { text })} />
      </span>
      <fieldset class="seg" aria-label={t('filter.origin')}>
        {origins.map(([origin, word, n]) => (
          <button
            key={origin}
            type="button"
            aria-pressed={filters.origin === origin}
            onClick={() => set(filters, { origin })}
          >
            {t(word)} <span class="num dim">{n}</span>
          </button>
        ))}
      </fieldset>
      <Choice
        label={[t('filter.severity'), ...severityWords.filter(isChosen).map((s) => t(`sev.${s}`))].join(' · ')}
        on={filters.severities.length > 0}
      >
        <Checks
          options={severityWords.map((s) => ({ value: severityRank(s), label: <SeverityMark severity={s} /> }))}
          chosen={filters.severities}
          choose={(severities) => set(filters, { severities })}
        />
      </Choice>
      <Choice
        label={filters.levels.length > 0 ? `${t('filter.level')} ${filters.levels.join(', ')}` : t('filter.level')}
        on={filters.levels.length > 0}
      >
        <Checks
          options={[5, 4, 3, 2, 1].map((n) => ({ value: n, label: t('level', { n }) }))}
          chosen={filters.levels}
          choose={(levels) => set(filters, { levels })}
        />
      </Choice>
      <label class="filter" data-on={filters.assignee === '' ? undefined : ''}>
        <span class="vh">{t('filter.assignee')}</span>
        <select value={filters.assignee} onChange={(event) => set(filters, { assignee: event.currentTarget.value })}>
          <option value="">{t('filter.assignee')}</option>
          <option value="-">{t('who.nobodyYet')}</option>
          {me.value !== null && !people.includes(me.value.name) ? (
            <option value={me.value.name}>{me.value.name}</option>
          ) : null}
          {people.map((who) => (
            <option key={who} value={who}>
              {who}
            </option>
          ))}
        </select>
      </label>
      {filtered ? (
        <button class="btn btn-0" type="button" onClick={() => go('/', 'replace')}>
          {t('filter.clear')}
        </button>
      ) : null}
    </div>
  );
}

function Column({
  state,
  cards,
  loaded,
}: {
  readonly state: (typeof openStates)[number];
  readonly cards: readonly IncidentCard[];
  readonly loaded: boolean;
}): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const busy = useBusy(list, columnIdleMs);
  const { shown, waiting } = useHeld(cards, busy, 'drop');
  const { state: held } = useBoard();
  const nobody = cards.filter((card) => card.assignee === '').length;
  return (
    <section class="col" data-state={state} aria-labelledby={`h-${state}`}>
      <header>
        <h2 id={`h-${state}`}>{t(`state.${state}`)}</h2>
        <span class="n num">{cards.length}</span>
        <span class="sub">{nobody > 0 ? t('column.nobody', { n: nobody }) : ''}</span>
      </header>
      {waiting > 0 ? <p class="hold">{t('column.waiting', { n: waiting })}</p> : null}
      <ul ref={list} aria-busy={!loaded}>
        {shown.map((card) => (
          <li key={card.id}>
            <Card card={card} />
          </li>
        ))}
        {loaded || held.loaded.value ? null : (
          <>
            <li class="outline" aria-hidden="true" />
            <li class="outline" aria-hidden="true" />
          </>
        )}
      </ul>
      {loaded && cards.length === 0 ? <p class="none">{t('column.empty')}</p> : null}
    </section>
  );
}

function Closed({
  cards,
  filters,
}: {
  readonly cards: readonly IncidentCard[];
  readonly filters: Filters;
}): JSX.Element {
  const open = filters.closedShown;
  return (
    <section class="shut" data-open={open ? '' : undefined} aria-label={t('closed')}>
      <button type="button" aria-expanded={open} onClick={() => set(filters, { closedShown: !open })}>
        <span class="n num">{cards.length}</span>
        <span class="v">{t('closed')}</span>
        <Icon name={open ? 'left' : 'right'} />
      </button>
      {open ? (
        <ul>
          {cards.map((card) => (
            <li key={card.id}>
              <Card card={card} />
            </li>
          ))}
          {cards.length === 0 ? <li class="none">{t('column.empty')}</li> : null}
        </ul>
      ) : null}
    </section>
  );
}

type DockForm = 'assign' | 'note' | 'verdict';

/** The form stays with the incident it was opened for, wherever the keyboard goes meanwhile. */
interface Docked {
  readonly form: DockForm;
  readonly id: string;
}

/** The form asked for by M, N or V, below the columns: the cards stay in sight and Esc goes back to the card. */
function Dock({ form }: { readonly form: Signal<Docked | null> }): JSX.Element | null {
  const { state } = useBoard();
  const docked = form.value;
  const card = docked === null ? undefined : state.incidents.value.get(docked.id);
  if (docked === null || card === undefined) return null;
  const which = docked.form;
  const done = (): void => {
    form.value = null;
    focusCard(card.id);
  };
  return (
    <section class="dock pane" aria-label={t(`dock.${which}`)}>
      <header>
        <h2>{t(`dock.${which}`)}</h2>
        <span class="num dim">{card.code}</span>
        <button class="btn btn-0 btn-i end" type="button" aria-label={t('close')} onClick={done}>
          <Icon name="cross" />
        </button>
      </header>
      {which === 'assign' ? <AssignForm card={card} focus done={done} /> : null}
      {which === 'note' ? <NoteForm card={card} focus done={done} /> : null}
      {which === 'verdict' ? <VerdictForm card={card} focus done={done} /> : null}
    </section>
  );
}

function linkOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`.card[data-id="${CSS.escape(id)}"] h3 a`);
}

function focusCard(id: string): void {
  const link = linkOf(id);
  link?.focus({ preventScroll: true });
  link?.closest('.card')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function cardsIn(column: Element): readonly string[] {
  return [...column.querySelectorAll<HTMLElement>('.card')].map((card) => card.dataset.id ?? '');
}

/** From the drawn columns, so that the keys go where the eye goes, whatever is filtered or held. */
function step(from: string, dx: number, dy: number): string {
  const columns = [...document.querySelectorAll('.col, .shut[data-open]')].map(cardsIn).filter((ids) => ids.length > 0);
  const x = columns.findIndex((ids) => ids.includes(from));
  if (x < 0) return columns[0]?.[0] ?? '';
  const y = columns[x]?.indexOf(from) ?? 0;
  if (dx === 0) return columns[x]?.[Math.min(Math.max(0, y + dy), (columns[x]?.length ?? 1) - 1)] ?? from;
  const column = columns[Math.min(Math.max(0, x + dx), columns.length - 1)] ?? [];
  return column[Math.min(y, column.length - 1)] ?? from;
}

/** The neighbour of the card the keys are on: where they go on when that card leaves the board, closed or filtered. */
const neighbour: Signal<string> = signal('');

function neighbourOf(id: string): string {
  const below = step(id, 0, 1);
  return below === id ? step(id, 0, -1) : below;
}

function useBoardKeys(form: Signal<Docked | null>, shownIds: ReadonlySet<string>): void {
  const board = useBoard();
  const ids = useRef(shownIds);
  ids.current = shownIds;
  // Keys of a page work as soon as it is drawn: those pressed before its first frame are for it too.
  useLayoutEffect(() => {
    const current = (): IncidentCard | undefined => board.state.incidents.value.get(board.selected.value);
    const move = (dx: number, dy: number) => () => {
      const at = board.selected.value;
      const gone = linkOf(at) === null && linkOf(neighbour.value) !== null;
      const next = gone ? neighbour.value : step(ids.current.has(at) ? at : '', dx, dy);
      if (next === '') return false;
      neighbour.value = neighbourOf(next);
      board.selected.value = next;
      focusCard(next);
      return true;
    };
    const show = (which: DockForm) => () => {
      const card = current();
      if (card === undefined || !board.may('handle')) return false;
      form.value = { form: which, id: card.id };
      return true;
    };
    return board.keyboard.use({
      j: move(0, 1),
      k: move(0, -1),
      h: move(-1, 0),
      l: move(1, 0),
      Enter: () => {
        const card = current();
        if (card === undefined || document.activeElement !== document.body) return false;
        go(`/incidents/${encodeURIComponent(card.id)}`);
        return true;
      },
      a: () => {
        const card = current();
        const me = board.me.value;
        if (card === undefined || me === null || !board.may('handle')) return false;
        if (card.assignee !== me.name)
          void board.act(card, { action: 'assign', version: card.version, assignee: me.name });
        return true;
      },
      m: show('assign'),
      n: show('note'),
      v: show('verdict'),
      t: () => {
        const card = current();
        if (card === undefined || !board.may('handle')) return false;
        go(`/incidents/${encodeURIComponent(card.id)}#steps`);
        return true;
      },
      ' ': () => {
        streamPaused.value = !streamPaused.value;
        return true;
      },
      Escape: () => {
        for (const open of document.querySelectorAll<HTMLDetailsElement>('details.pick[open], details.me-menu[open]'))
          open.open = false;
        if (form.value === null) return false;
        const { id } = form.value;
        form.value = null;
        focusCard(id);
        return true;
      },
    });
  }, [board, form]);
}

/** A card that changes column is drawn anew; when it had the focus, the focus goes along. */
function useFocusFollows(cards: readonly IncidentCard[]): void {
  const had = useRef('');
  useLayoutEffect(() => {
    if (had.current !== '' && document.activeElement === document.body)
      linkOf(had.current)?.focus({ preventScroll: true });
  }, [cards]);
  useLayoutEffect(() => {
    const note = (event: FocusEvent): void => {
      const card = event.target instanceof Element ? event.target.closest<HTMLElement>('.card') : null;
      had.current = card?.dataset.id ?? '';
    };
    const clear = (event: PointerEvent): void => {
      if (!(event.target instanceof Element) || event.target.closest('.card') === null) had.current = '';
    };
    document.addEventListener('focusin', note);
    document.addEventListener('pointerdown', clear);
    return () => {
      document.removeEventListener('focusin', note);
      document.removeEventListener('pointerdown', clear);
    };
  }, []);
}

export function BoardPage(): JSX.Element {
  const board = useBoard();
  const { state } = board;
  const filters = useComputed(() => filtersOf(place.value.query)).value;
  const all = useComputed(() => [...state.incidents.value.values()].sort(worstFirst)).value;
  const form = useSignal<Docked | null>(null);
  const cards = all.filter((card) => passes(card, filters));
  const closed = cards.filter((card) => isClosed(card.state));
  const open = cards.filter((card) => !isClosed(card.state));
  const alerts = state.alerts.value.filter(
    (a) => filters.origin === 'all' || isReal(a) === (filters.origin === 'real'),
  );
  useBoardKeys(form, new Set(cards.map((card) => card.id)));
  useFocusFollows(cards);
  useLayoutEffect(() => {
    if (board.selected.value !== '' && document.activeElement === document.body) focusCard(board.selected.value);
  }, [board]);
  const feed = state.feed.value;
  const stale = feed.at === 'lost';
  return (
    <Shell section="board">
      <ShiftLine alerts={alerts} />
      <main id="main" class="board" data-docked={form.value === null ? undefined : ''}>
        <div class="bar">
          <h1>{t('nav.board')}</h1>
          <p class="sum">
            <b class="num">{open.length}</b> {t('sum.open')},{' '}
            <b class="num">{open.filter((c) => severityRank(c.severity) === 5).length}</b> {t('sum.critical')},{' '}
            <b class="num">{open.filter((c) => c.assignee === '').length}</b> {t('sum.nobody')}
            {open.length === all.length - closed.length ? null : <span class="dim"> · {t('sum.filtered')}</span>}
          </p>
          <Tools all={all} filters={filters} />
        </div>
        {state.incidentsCut.value ? (
          <p class="cutnote">{t('board.cut', { n: defaultBoardLimits.incidentsMax })}</p>
        ) : null}
        {stale ? (
          <p class="cutnote" data-tone="late">
            {t('board.stale', { at: time(feed.sinceMs) })}
          </p>
        ) : null}
        <div class="cols" data-closed={filters.closedShown ? '' : undefined}>
          {openStates.map((name) => (
            <Column
              key={name}
              state={name}
              cards={open.filter((card) => card.state === name)}
              loaded={state.loaded.value}
            />
          ))}
          <Closed cards={closed} filters={filters} />
        </div>
        <Dock key={form.value?.id} form={form} />
        <Stream alerts={alerts} />
        <Sources />
      </main>
      <StatusBar />
    </Shell>
  );
}
