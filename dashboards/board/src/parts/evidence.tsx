/** One piece of evidence: why the rule matched, all fields of the event, its three times and the line as it came. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { EventView, EvidenceView } from '../../../../src/contract/api.ts';
import type { MatchedField } from '../../../../src/model/finding.ts';
import { dateTime, dateTimeZone, lag, machineTime, timeMilli } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { pieces } from '../marks.ts';
import { howWord } from './how.ts';
import { Masked } from './masked.tsx';

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function Marked({ value, spans }: { readonly value: string; readonly spans: MatchedField['spans'] }): JSX.Element {
  return (
    <code>
      {pieces(value, spans).map((piece, i) => (piece.matched ? <mark key={`${i}`}>{piece.text}</mark> : piece.text))}
    </code>
  );
}

function MatchedFields({ matched }: { readonly matched: readonly MatchedField[] }): JSX.Element {
  return (
    <dl class="kv">
      {matched.map((m) => (
        <div key={`${m.selection}·${m.field}·${m.how}·${m.value}`} data-hit>
          <dt>{m.field === '' ? t('evidence.anyField') : m.field}</dt>
          <dd>
            <Marked value={m.value} spans={m.spans} />
            <span class="by">
              {m.selection} · {howWord(m.how)}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** All fields; `tools` draws what can be done with a value. */
export function AllFields(p: {
  readonly event: EventView;
  readonly tools?: (field: string, value: string) => ComponentChildren;
}): JSX.Element {
  const fields = Object.entries(p.event.fields);
  return (
    <dl class="kv all">
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{textOf(value)}</code>
            {p.tools?.(name, textOf(value))}
          </dd>
        </div>
      ))}
      {fields.length === 0 ? <p class="empty">{t('event.noFields')}</p> : null}
    </dl>
  );
}

function Clock({
  label,
  ms,
  after,
}: {
  readonly label: string;
  readonly ms: number;
  readonly after?: number;
}): JSX.Element {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <time dateTime={machineTime(ms)} title={dateTimeZone(ms)}>
          {dateTime(ms).slice(0, 11)}
          {timeMilli(ms)}
        </time>
      </td>
      <td>
        {after === undefined ? '' : after < 0 ? `−${lag(-after, language.value)}` : `+${lag(after, language.value)}`}
      </td>
    </tr>
  );
}

/** When it happened, when it was received, when it was kept; each with the time since the one before. */
export function ThreeTimes({ event }: { readonly event: EventView }): JSX.Element {
  return (
    <table class="t3">
      <tbody>
        <Clock label={t('time.event')} ms={event.eventTimeMs} />
        <Clock label={t('time.received')} ms={event.receivedTimeMs} after={event.receivedTimeMs - event.eventTimeMs} />
        <Clock
          label={t('time.committed')}
          ms={event.committedTimeMs}
          after={event.committedTimeMs - event.receivedTimeMs}
        />
      </tbody>
    </table>
  );
}

export function RawLine({ event, open = false }: { readonly event: EventView; readonly open?: boolean }): JSX.Element {
  return (
    <details class="raw" open={open}>
      <summary>{t('event.raw', { n: new TextEncoder().encode(event.raw).length })}</summary>
      <pre class="mono">{event.raw}</pre>
    </details>
  );
}

/** What the product says the event is, as far as the log source tells. */
export function sourceWords(event: EventView): string {
  return [event.product, event.service, event.category].filter((w) => w !== '').join(' · ') || event.parser;
}

function aroundHref(event: EventView): string {
  const p = new URLSearchParams({ from: String(event.eventTimeMs - 300_000), to: String(event.eventTimeMs + 300_000) });
  if (event.host !== '') p.set('q', `host:"${event.host}"`);
  return `/search?${p.toString()}`;
}

export function Proof(p: {
  readonly evidence: EvidenceView;
  readonly index: number;
  readonly total: number;
  readonly open: boolean;
  readonly ruleTitle: string;
}): JSX.Element {
  const { event, matched } = p.evidence;
  const [open, setOpen] = useState(p.open);
  return (
    <details class="proof" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <b>{t('evidence.n', { i: p.index, n: p.total })}</b>
        {open ? <span class="tag">{sourceWords(event)}</span> : null}
        {open && event.host !== '' ? <span class="mono dim">{event.host}</span> : null}
        {open ? null : (
          <span class="gist mono" title={event.message}>
            {event.message}
          </span>
        )}
        {event.parseStatus === 'parsed' ? null : <span class="tag tag-late">{t(`parse.${event.parseStatus}`)}</span>}
        <time class="end" dateTime={machineTime(event.eventTimeMs)} title={dateTimeZone(event.eventTimeMs)}>
          {timeMilli(event.eventTimeMs)}
        </time>
      </summary>
      {open ? (
        <>
          <p class="why">
            <b>{t('evidence.why')}</b> {t('evidence.rule')}{' '}
            <a href={`/rules/${encodeURIComponent(p.evidence.rule)}`}>{p.ruleTitle}</a>
          </p>
          <MatchedFields matched={matched} />
          <details class="raw">
            <summary>{t('event.allFields', { n: Object.keys(event.fields).length })}</summary>
            <AllFields event={event} />
          </details>
          <RawLine event={event} />
          <Masked event={event} />
          <footer>
            <ThreeTimes event={event} />
            <a href={aroundHref(event)}>{t('evidence.around')}</a>
          </footer>
        </>
      ) : null}
    </details>
  );
}
