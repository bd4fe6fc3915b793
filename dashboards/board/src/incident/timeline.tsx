import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { IncidentCard, IncidentDetail } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { span } from '../format.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { Proof } from '../parts/evidence.tsx';
import { NoteForm } from '../parts/handle.tsx';
import { Moment, Who } from '../parts/marks.tsx';
import { storyOf } from '../story.ts';
import { type TimelineItem, type TimelineRow, timelineRows, withQuiet } from '../timeline.ts';
import { personWords } from './person-words.tsx';

/** Pieces of evidence shown of an alert before asking for more. */
const proofsShown = 3;

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

/** Everything that happened, machine and people, by time. */
export function Timeline({
  detail,
  card,
}: {
  readonly detail: IncidentDetail;
  readonly card: IncidentCard;
}): JSX.Element {
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
