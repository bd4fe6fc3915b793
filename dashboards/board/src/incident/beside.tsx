import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AlertView, HistoryRow, IncidentDetail } from '../../../../src/contract/api.ts';
import { dateTimeZone, machineTime } from '../format.ts';
import { t, titleOf } from '../i18n/index.ts';
import { Icon, type IconName, SeverityMark } from '../icons.tsx';
import { Moment } from '../parts/marks.tsx';
import { RuleText } from '../parts/rule.tsx';
import { Why } from '../parts/why.tsx';
import { severityRank } from '../severity.ts';
import { noticesOf } from '../timeline.ts';
import { personWords } from './person-words.tsx';

const entityIcons: Readonly<Record<AlertView['entities'][number]['kind'], IconName>> = {
  host: 'host',
  user: 'user',
  ip: 'net',
  file: 'file',
  process: 'play',
};
const entitiesMax = 40;

/** Hosts, users, addresses, files and processes of the alerts, the most frequent first. */
export function Entities({ detail }: { readonly detail: IncidentDetail }): JSX.Element | null {
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

/** The rules behind the alerts, the most severe first. */
export function Rules({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element {
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

/** Who was told, and whether it arrived. */
export function Told({ detail }: { readonly detail: IncidentDetail }): JSX.Element {
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

/** The ledger of what people did. */
export function History({ rows }: { readonly rows: readonly HistoryRow[] }): JSX.Element {
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
