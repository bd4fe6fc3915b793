/** One incident: what happened, why we believe it, what was done, what to do next. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertView, HistoryRow, IncidentCard, IncidentDetail } from '../../../../src/contract/api.ts';
import type { IncidentState } from '../../../../src/model/incident.ts';
import { chainOf } from '../attack.ts';
import { type Board, didOf, useBoard } from '../board.ts';
import { isReal } from '../filters.ts';
import { dateTimeZone, machineTime, span, when } from '../format.ts';
import { failureText, language, t, titleOf } from '../i18n/index.ts';
import { Icon, type IconName, SeverityMark } from '../icons.tsx';
import { Proof } from '../parts/evidence.tsx';
import { AssignForm, NoteForm, VerdictForm } from '../parts/handle.tsx';
import { Age, DrillMark, Level, Moment, Who } from '../parts/marks.tsx';
import { RuleText } from '../parts/rule.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { Why } from '../parts/why.tsx';
import { go } from '../router.ts';
import { severityRank } from '../severity.ts';
import { storyOf } from '../story.ts';
import { noticesOf, type TimelineItem, type TimelineRow, timelineRows, withQuiet } from '../timeline.ts';

const steps: readonly IncidentState[] = ['new', 'triage', 'investigating', 'contained'];
/** Pieces of evidence shown of an alert before asking for more. */
const proofsShown = 3;
/** A burst of feed messages asks for the page once. */
const refreshMs = 400;

function isClosed(state: IncidentState): boolean {
  return state === 'resolved' || state === 'false_positive';
}

/** Loads the incident, and again whenever the feed says it changed. */
function useDetail(id: string): { readonly detail: IncidentDetail | null; readonly failed: string } {
  const board = useBoard();
  const [detail, setDetail] = useState<IncidentDetail | null>(null);
  const [failed, setFailed] = useState('');
  const held = board.state.incidents.value.get(id);
  const mark = held === undefined ? '' : `${held.version}·${held.events}·${held.alerts}`;
  const loadedFor = useRef('');
  useEffect(() => {
    let wanted = true;
    const fresh = loadedFor.current !== id;
    if (fresh) setDetail(null);
    const timer = setTimeout(
      () => {
        board.api.incident(id).then(
          (came) => {
            if (!wanted) return;
            loadedFor.current = id;
            setDetail(came);
            setFailed('');
            board.state.put(came.card);
          },
          (error: unknown) => {
            if (wanted) setFailed(failureText(error));
          },
        );
      },
      fresh ? 0 : refreshMs,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [board, id, mark]);
  return { detail, failed };
}

function Steps({ card }: { readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  const closed = isClosed(card.state);
  const at = closed ? steps.length : steps.indexOf(card.state);
  const may = board.may('handle');
  function move(state: IncidentState): void {
    if (state !== card.state) void board.act(card, { action: 'state', version: card.version, state });
  }
  return (
    <ol class="steps" id="steps" aria-label={t('steps')}>
      {steps.map((state, i) => (
        <li key={state} aria-current={i === at ? 'step' : undefined} data-done={i < at ? '' : undefined}>
          <button
            type="button"
            disabled={!may}
            data-next={i === at + 1 || (closed && state === 'investigating') ? '' : undefined}
            onClick={() => move(state)}
          >
            {t(`state.${state}`)}
          </button>
        </li>
      ))}
      <li aria-current={closed ? 'step' : undefined}>
        <button
          type="button"
          disabled={!may}
          data-next={at === steps.length - 1 ? '' : undefined}
          onClick={() => focusOn('verdict')}
        >
          {closed ? t(`state.${card.state}`) : t('state.closing')}
        </button>
      </li>
    </ol>
  );
}

/** Puts the cursor into one of the page's forms, by the id of its first field; `steps` means the next step's button. */
function focusOn(id: string): boolean {
  const element =
    id === 'steps' ? document.querySelector<HTMLElement>('#steps [data-next]') : document.getElementById(id);
  if (element === null) return false;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'center' });
  return true;
}

function Head({ card }: { readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  const me = board.me.value;
  const mine = me !== null && card.assignee === me.name;
  return (
    <div class="head" data-sev={severityRank(card.severity)}>
      <div class="head-in">
        <p class="crumb">
          <a href="/">{t('nav.board')}</a> / {t(`state.${card.state}`)} / <span class="num">{card.code}</span>
        </p>
        <div class="h1row">
          <h1>{titleOf(card)}</h1>
          {board.may('handle') ? (
            <div class="acts">
              {mine || isClosed(card.state) ? null : (
                <button class="btn btn-1" type="button" onClick={() => take(board, card)}>
                  {card.assignee === '' ? t('act.take') : t('act.takeOver')} <kbd>A</kbd>
                </button>
              )}
              <button class="btn" type="button" onClick={() => focusOn('assign')}>
                {t('act.assign')} <kbd>M</kbd>
              </button>
              <button class="btn" type="button" onClick={() => focusOn('note')}>
                {t('act.note')} <kbd>N</kbd>
              </button>
            </div>
          ) : null}
        </div>
        <div class="facts">
          <SeverityMark severity={card.severity} />
          {isReal(card) ? null : <DrillMark lane={card.lane} />}
          <span>
            {card.orgName === '' ? t('org.unknown') : card.orgName.normalize('NFC')} ·{' '}
            <b>{card.systemName === '' ? t('system.unknown') : card.systemName.normalize('NFC')}</b>
          </span>
          <Level level={card.systemLevel} />
          <span>
            {t('facts.opened')} <time dateTime={machineTime(card.openedMs)}>{dateTimeZone(card.openedMs)}</time>,{' '}
            <b>
              <Age ms={card.openedMs} />
            </b>{' '}
            {t('ago')}
          </span>
          <span class="assignee">
            <Who name={card.assignee} /> {card.assignee === '' ? t('who.nobodyYet') : card.assignee}
          </span>
        </div>
        <Steps card={card} />
        {isClosed(card.state) && card.reason !== '' ? <p class="reason">{card.reason}</p> : null}
      </div>
    </div>
  );
}

function take(board: Board, card: IncidentCard): boolean {
  const me = board.me.value;
  if (me === null || !board.may('handle')) return false;
  if (card.assignee !== me.name) void board.act(card, { action: 'assign', version: card.version, assignee: me.name });
  return true;
}

function Lead({ detail }: { readonly detail: IncidentDetail }): JSX.Element | null {
  const { minute } = useBoard();
  const story = storyOf(detail);
  if (story === null) return null;
  const hosts = story.hosts.slice(0, 3).join(', ') + (story.hosts.length > 3 ? ` +${story.hosts.length - 3}` : '');
  const nowMs = minute.value;
  return (
    <div class="lead pane">
      <p>
        <b>{t(isClosed(detail.card.state) ? 'story.past' : 'story')}</b>{' '}
        {t('story.span', {
          from: when(story.fromMs, nowMs),
          to: when(story.toMs, nowMs),
          alerts: story.alerts,
          rules: story.rules,
        })}
        {hosts === '' ? '' : ` ${t('story.on')} `}
        {hosts === '' ? null : <code>{hosts}</code>}
        {'. '}
        {t('story.first', { title: titleOf(story.first), at: when(story.first.firstEventMs, nowMs) })}
        {story.worst.id === story.first.id
          ? ''
          : ` ${t('story.worst', { title: titleOf(story.worst), sev: t(`sev.${story.worst.severity}`), at: when(story.worst.firstEventMs, nowMs) })}`}
        {story.newest.id === story.first.id
          ? ''
          : ` ${t('story.newest', { title: titleOf(story.newest), at: when(story.newest.lastEventMs, nowMs) })}`}{' '}
        <span class="mid">{t('story.made', { alerts: detail.alerts.length, events: story.events })}</span>
      </p>
    </div>
  );
}

function Chain({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element | null {
  const chain = chainOf(alerts);
  if (chain.length === 0) return null;
  const last = chain.reduce((l, c) => (c.firstMs > l.firstMs ? c : l));
  return (
    <section class="chain pane" aria-labelledby="chain-h">
      <header>
        <h2 id="chain-h">{t('chain')}</h2>
        <span class="dim">{t('chain.sum', { n: chain.length })}</span>
      </header>
      <ol>
        {chain.map((c) => (
          <li key={c.tactic} data-now={c === last && chain.length > 1 ? '' : undefined}>
            <p class="cn">{t(`tactic.${c.tactic}`)}</p>
            <p class="ct">
              {c.techniques.slice(0, 4).map((id) => (
                <span key={id} class="mono">
                  {id}{' '}
                </span>
              ))}
              {c.techniques.length > 4 ? <span class="mono">+{c.techniques.length - 4}</span> : null}
            </p>
            <p class="cs">
              <SeverityMark severity={c.severity} quiet />
              <Moment ms={c.firstMs} short />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function personWords(row: HistoryRow): ComponentChildren {
  const field = (name: string): string => {
    const value = row.document[name];
    return typeof value === 'string' ? value : '';
  };
  switch (didOf(row.action)) {
    case 'state': {
      const state = stateName(field('state'));
      return (
        <>
          {t('person.state')} <b>{state}</b>
          {field('reason') === '' ? null : <p class="said">{field('reason')}</p>}
        </>
      );
    }
    case 'assign':
      return field('assignee') === '' ? (
        t('person.unassign')
      ) : field('assignee') === row.actor ? (
        t('person.take')
      ) : (
        <>
          {t('person.assign')} <b>{field('assignee')}</b>
        </>
      );
    case 'comment':
      return (
        <>
          {t('person.comment')}
          <p class="said">{field('text')}</p>
        </>
      );
    default:
      return row.action === 'opened' ? t('person.opened') : row.action;
  }
}

function stateName(state: string): string {
  switch (state) {
    case 'new':
    case 'triage':
    case 'investigating':
    case 'contained':
    case 'resolved':
    case 'false_positive':
      return t(`state.${state}`);
    default:
      return state;
  }
}

function Row({
  item,
  alertOpen,
  seenMs,
}: {
  readonly item: TimelineItem;
  readonly alertOpen: string;
  readonly seenMs: number;
}): JSX.Element {
  if (item.kind === 'quiet') {
    return (
      <li class="quiet">
        <span />
        <span class="node" />
        <p>{t('quiet', { for: span(item.forMs, language.value) })}</p>
      </li>
    );
  }
  if (item.kind === 'opened') {
    return (
      <li class="ev sys">
        <Moment ms={item.atMs} />
        <span class="node" aria-hidden="true" />
        <div class="evb">
          <p class="evh">{t('opened')}</p>
        </div>
      </li>
    );
  }
  if (item.kind === 'person') {
    return (
      <li class="ev human">
        <Moment ms={item.atMs} />
        <span class="node" aria-hidden="true">
          <Who name={item.row.actor} />
        </span>
        <div class="evb evh">
          <b>{item.row.actor}</b> {personWords(item.row)}
        </div>
      </li>
    );
  }
  if (item.kind === 'notice') {
    const newest = item.tries[item.tries.length - 1];
    return newest === undefined ? (
      <li />
    ) : (
      <li class="ev note">
        <Moment ms={item.atMs} />
        <span class="node" aria-hidden="true">
          <Icon name="mail" />
        </span>
        <div class="evb">
          <p class="evh">
            {t('notice.to', { channel: newest.channel })} <b>{newest.recipient || t('told.noAddress')}</b>
          </p>
          <p class="sub">
            {t(`delivery.${newest.outcome}`)}
            {newest.attempt > 1 ? ` · ${t('delivery.attempt', { n: newest.attempt })}` : ''}
            {newest.detail === '' ? '' : ` · ${newest.detail}`}
          </p>
        </div>
      </li>
    );
  }
  return <AlertRow item={item} open={item.alert.id === alertOpen} fresh={item.alert.createdMs > seenMs} />;
}

function AlertRow({
  item,
  open,
  fresh,
}: {
  readonly item: Extract<TimelineRow, { kind: 'alert' }>;
  readonly open: boolean;
  readonly fresh: boolean;
}): JSX.Element {
  const { alert, evidence } = item;
  const [unfolded, setUnfolded] = useState(false);
  return (
    <li class={fresh ? 'ev alert new' : 'ev alert'}>
      <Moment ms={alert.firstEventMs} />
      <span class="node" aria-hidden="true">
        <SeverityMark severity={alert.severity} quiet />
      </span>
      <div class="evb">
        <p class="evh">
          <SeverityMark severity={alert.severity} />
          <b>{titleOf(alert)}</b>
          {alert.events > 1 ? <span class="x num"> ×{alert.events}</span> : null}
          {fresh ? <span class="tag tag-new">{t('fresh')}</span> : null}
          {alert.lateMs > 0 ? (
            <span class="tag tag-late">{t('late', { by: span(alert.lateMs, language.value) })}</span>
          ) : null}
        </p>
        <p class="sub">
          {alert.entities.slice(0, 6).map((e) => (
            <span key={`${e.kind}·${e.value}`} class="ent" title={e.value}>
              {e.value}
            </span>
          ))}
        </p>
        {evidence.slice(0, unfolded ? evidence.length : proofsShown).map((piece, i) => (
          <Proof
            key={piece.event.id}
            evidence={piece}
            index={i + 1}
            total={alert.events}
            open={open && i === 0}
            ruleTitle={titleOf(alert)}
          />
        ))}
        {evidence.length > proofsShown && !unfolded ? (
          <button class="btn btn-0" type="button" onClick={() => setUnfolded(true)}>
            {t('evidence.more', { n: evidence.length - proofsShown })}
          </button>
        ) : null}
        {evidence.length < alert.events ? (
          <p class="sub">{t('evidence.cut', { n: evidence.length, of: alert.events })}</p>
        ) : null}
      </div>
    </li>
  );
}

type Kind = 'all' | 'alert' | 'person' | 'notice';

function Timeline({ detail, card }: { readonly detail: IncidentDetail; readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  const [kind, setKind] = useState<Kind>('all');
  // What was there when the page was opened is not "just arrived".
  const [seenMs] = useState(() => Math.max(0, ...detail.alerts.map((a) => a.createdMs)));
  const rows = timelineRows(detail);
  const count = (k: TimelineRow['kind']): number => rows.filter((r) => r.kind === k).length;
  const shown = withQuiet(kind === 'all' ? rows : rows.filter((r) => r.kind === kind));
  const worst = storyOf(detail)?.worst.id ?? '';
  const kinds: readonly (readonly [Kind, string, number])[] = [
    ['all', t('timeline.all'), rows.length],
    ['alert', t('timeline.alerts'), count('alert')],
    ['person', t('timeline.people'), count('person')],
    ['notice', t('timeline.notices'), count('notice')],
  ];
  return (
    <section class="tl pane" aria-labelledby="tl-h">
      <header>
        <h2 id="tl-h">{t('timeline')}</h2>
        <fieldset class="seg end" aria-label={t('timeline.filter')}>
          {kinds.map(([k, word, n]) => (
            <button key={k} type="button" aria-pressed={kind === k} onClick={() => setKind(k)}>
              {word} <span class="num dim">{n}</span>
            </button>
          ))}
        </fieldset>
      </header>
      {detail.alerts.length < card.alerts ? (
        <p class="cutnote">{t('timeline.cut', { n: detail.alerts.length, of: card.alerts })}</p>
      ) : null}
      <ol>
        {shown.map((item) => (
          <Row key={item.key} item={item} alertOpen={worst} seenMs={seenMs} />
        ))}
      </ol>
      {board.may('handle') ? <NoteForm key={card.id} card={card} /> : null}
    </section>
  );
}

const entityIcons: Readonly<Record<AlertView['entities'][number]['kind'], IconName>> = {
  host: 'host',
  user: 'user',
  ip: 'net',
  file: 'file',
  process: 'play',
};
const entitiesMax = 40;

function Entities({ detail }: { readonly detail: IncidentDetail }): JSX.Element | null {
  const counts = new Map<
    string,
    { readonly kind: AlertView['entities'][number]['kind']; readonly value: string; n: number }
  >();
  for (const alert of detail.alerts) {
    for (const { kind, value } of alert.entities) {
      const key = `${kind}·${value}`;
      const entry = counts.get(key) ?? { kind, value, n: 0 };
      entry.n += 1;
      counts.set(key, entry);
    }
  }
  const list = [...counts.values()].sort((a, b) => b.n - a.n || a.value.localeCompare(b.value));
  if (list.length === 0) return null;
  return (
    <section class="pane" aria-labelledby="ents-h">
      <header>
        <h2 id="ents-h">{t('entities')}</h2>
        <span class="dim end num">{list.length}</span>
      </header>
      <ul class="entlist">
        {list.slice(0, entitiesMax).map((e) => (
          <li key={`${e.kind}·${e.value}`}>
            <Icon name={entityIcons[e.kind]} />
            <p>
              <a
                class="mono"
                href={`/search?q=${encodeURIComponent(`"${e.value}"`)}&from=${detail.card.firstEventMs - 3_600_000}&to=${detail.card.lastEventMs + 3_600_000}`}
              >
                {e.value}
              </a>
              <span class="role">
                {t(`entity.${e.kind}`)} · {t('count.alerts', { n: e.n })}
              </span>
            </p>
          </li>
        ))}
      </ul>
      {list.length > entitiesMax ? (
        <p class="cutnote">{t('entities.cut', { n: entitiesMax, of: list.length })}</p>
      ) : null}
    </section>
  );
}

function Rules({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element {
  const rules = [...new Map(alerts.map((a) => [a.rule, a])).values()].sort(
    (a, b) => severityRank(b.severity) - severityRank(a.severity),
  );
  return (
    <section class="pane" aria-labelledby="rules-h">
      <header>
        <h2 id="rules-h">{t('rules.behind')}</h2>
        <span class="dim end num">{rules.length}</span>
      </header>
      {rules.map((alert) => (
        <RuleFold
          key={alert.rule}
          alert={alert}
          whys={alerts.filter((a) => a.rule === alert.rule && a.correlation !== null)}
        />
      ))}
    </section>
  );
}

/** Reasons shown of one correlation; an incident of a long day has one an hour and group. */
const whysMax = 5;

function RuleFold({ alert, whys }: { readonly alert: AlertView; readonly whys: readonly AlertView[] }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="rulefold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <SeverityMark severity={alert.severity} quiet />
        <span>
          {titleOf(alert)}
          {whys.slice(0, whysMax).map((each) => (
            <Why key={each.id} alert={each} />
          ))}
          {whys.length > whysMax ? <span class="dim num"> +{whys.length - whysMax}</span> : null}
        </span>
      </summary>
      {open ? <RuleText id={alert.rule} /> : null}
    </details>
  );
}

function Told({ detail }: { readonly detail: IncidentDetail }): JSX.Element {
  const notices = noticesOf(detail.deliveries);
  return (
    <section class="pane" aria-labelledby="told-h">
      <header>
        <h2 id="told-h">{t('told')}</h2>
        <span class="dim end num">{notices.length}</span>
      </header>
      <div class="told">
        <p class="sub">
          {detail.owner === null
            ? t('owner.none')
            : t('owner.is', { name: detail.owner.name, duty: detail.owner.duty || t('rule.unknown') })}
        </p>
        {notices.length === 0 ? <p class="sub">{t('told.none')}</p> : null}
        <ul>
          {notices.map((tries) => {
            const newest = tries[tries.length - 1];
            return newest === undefined ? null : (
              <li key={newest.notice}>
                <p>
                  <b>{newest.recipient || t('told.noAddress')}</b>{' '}
                  <span
                    class={
                      newest.outcome === 'sent' ? 'tag tag-good' : newest.outcome === 'queued' ? 'tag' : 'tag tag-bad'
                    }
                  >
                    {t(`delivery.${newest.outcome}`)}
                  </span>
                </p>
                <p class="sub">
                  {newest.channel} · <Moment ms={newest.atMs} /> · {t('delivery.attempt', { n: newest.attempt })}
                  {newest.detail === '' ? '' : ` · ${newest.detail}`}
                </p>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function History({ rows }: { readonly rows: readonly HistoryRow[] }): JSX.Element {
  return (
    <section class="pane" aria-labelledby="hist-h">
      <header>
        <h2 id="hist-h">{t('history')}</h2>
        <span class="dim end num">{rows.length}</span>
      </header>
      {rows.length === 0 ? <p class="empty">{t('history.none')}</p> : null}
      <ol class="history">
        {[...rows]
          .sort((a, b) => b.version - a.version)
          .map((row) => (
            <li key={row.version}>
              <span class="num dim">{row.version}</span>
              <div>
                <p>
                  <b>{row.actor}</b> {personWords(row)}
                </p>
                <p class="sub">
                  <time dateTime={machineTime(row.atMs)}>{dateTimeZone(row.atMs)}</time> ·{' '}
                  <span class="mono" title={row.hash}>
                    {row.hash.slice(0, 10)}
                  </span>
                </p>
              </div>
            </li>
          ))}
      </ol>
    </section>
  );
}

function useIncidentKeys(id: string): void {
  const board = useBoard();
  useEffect(() => {
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
  useEffect(() => {
    // A link may name the form to start with: `/incidents/…#note`.
    const wanted = location.hash.slice(1);
    if (wanted !== '' && focusOn(wanted)) go(location.pathname + location.search, 'replace');
  }, []);
  return (
    <>
      <Head card={card} />
      <main id="main" class="story">
        <Lead detail={detail} />
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
