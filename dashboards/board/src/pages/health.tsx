/** How the platform fares: where something waits, and every source with its last line. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Health } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { dateTime, dateTimeZone, lag, machineTime, number, span } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { Shell } from '../parts/shell.tsx';
import { isSilent, StatusBar, sourcesByNeed } from '../parts/sources.tsx';

/** A lag from which the page says "late". */
const lateMs = 30_000;
const pollMs = 10_000;

function Fact(p: {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly at: 'ok' | 'late' | 'look' | 'bad';
}): JSX.Element {
  return (
    <div class="fact" data-at={p.at}>
      <dt>{p.label}</dt>
      <dd>
        <b class="num">{p.value}</b>
        {p.at === 'ok' ? null : (
          <span class={p.at === 'bad' ? 'tag tag-bad' : 'tag tag-late'}>
            {p.at === 'bad' ? t('health.down') : p.at === 'look' ? t('health.attention') : t('health.late')}
          </span>
        )}
        {p.note === undefined ? null : <span class="sub">{p.note}</span>}
      </dd>
    </div>
  );
}

function at(lagMs: number): 'ok' | 'late' {
  return lagMs > lateMs ? 'late' : 'ok';
}

function Facts({ health }: { readonly health: Health }): JSX.Element {
  const l = language.value;
  return (
    <dl class="healthfacts pane">
      <Fact
        label={t('health.collect')}
        value={lag(health.collect.lagMs, l)}
        at={health.collect.spool?.failure ? 'look' : at(health.collect.lagMs)}
        note={collectText(health)}
      />
      <Fact
        label={t('health.store')}
        value={health.store.up ? lag(health.store.lagMs, l) : '–'}
        at={health.store.up ? at(health.store.lagMs) : 'bad'}
      />
      <Fact
        label={t('health.queue')}
        value={health.queue.up ? t('health.up') : '–'}
        at={health.queue.up ? 'ok' : 'bad'}
      />
      <Fact
        label={t('health.detect')}
        value={lag(health.detect.lagMs, l)}
        at={at(health.detect.lagMs)}
        note={t('health.detectNote', { n: health.detect.waitingBatches, batch: health.detect.lastBatch || '–' })}
      />
      <Fact
        label={t('health.rules')}
        value={number(health.detect.rules, l)}
        at={health.detect.refusedRules > 0 || health.detect.rulesFailure !== '' ? 'look' : 'ok'}
        note={[
          t('health.rulesNote', { n: health.detect.refusedRules }),
          versionsText(health),
          health.detect.rulesFailure,
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      />
      <Fact
        label={t('health.notify')}
        value={lag(health.notify.lagMs, l)}
        at={health.notify.failed > 0 ? 'look' : at(health.notify.lagMs)}
        note={t('health.notifyNote', { waiting: health.notify.waiting, failed: health.notify.failed })}
      />
    </dl>
  );
}

/** What waits, in memory and on the disk, and what was lost. */
function collectText({ collect }: Health): string {
  const { spool } = collect;
  const parts = [t('health.collectNote', { rows: collect.waitingRows, dropped: collect.droppedUdp })];
  if (spool === null) return parts.join(' · ');
  const mb = (bytes: number): number => Math.ceil(bytes / 1_000_000);
  if (spool.lines > 0)
    parts.push(t('health.spoolNote', { rows: spool.lines, mb: mb(spool.bytes), max: mb(spool.bytesMax) }));
  if (spool.dropped > 0) parts.push(t('health.spoolLost', { rows: spool.dropped }));
  if (spool.failure !== '') parts.push(t('health.spoolFailure', { reason: spool.failure }));
  return parts.join(' · ');
}

/** The version in force here, and those of workers that evaluate with another one. */
function versionsText({ detect }: Health): string {
  const others = detect.workers.filter(({ ruleSet }) => ruleSet !== detect.ruleSet);
  return [
    t('health.rulesVersion', { version: detect.ruleSet.slice(0, 8) }),
    ...others.map(({ worker, ruleSet }) => `${worker}: ${ruleSet.slice(0, 8)}`),
  ].join(' · ');
}

function SourceTable({ health }: { readonly health: Health }): JSX.Element {
  const l = language.value;
  return (
    <section class="pane" aria-labelledby="st-h">
      <header>
        <h2 id="st-h">{t('sources')}</h2>
        <span class="dim end num">{health.sources.length}</span>
      </header>
      <div class="scroll">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{t('source.name')}</th>
              <th scope="col">{t('source.state')}</th>
              <th scope="col">{t('source.last')}</th>
              <th scope="col" class="r">
                {t('source.perMinute')}
              </th>
              <th scope="col" class="r">
                {t('source.rawShare')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sourcesByNeed(health).map((s) => {
              const silent = isSilent(s, health.atMs);
              return (
                <tr key={s.id} data-at={silent ? 'silent' : undefined}>
                  <td>
                    {s.name.normalize('NFC')} <span class="mono dim">{s.id}</span>
                  </td>
                  <td>
                    {silent ? (
                      <span class="tag tag-bad">
                        <Icon name="cross" small />
                        {s.lastReceivedMs === 0
                          ? t('source.never')
                          : t('source.silent', { for: span(health.atMs - s.lastReceivedMs, l) })}
                      </span>
                    ) : (
                      t('source.ok')
                    )}
                  </td>
                  <td>
                    {s.lastReceivedMs === 0 ? (
                      '–'
                    ) : (
                      <time dateTime={machineTime(s.lastReceivedMs)} title={dateTimeZone(s.lastReceivedMs)}>
                        {dateTime(s.lastReceivedMs)}
                      </time>
                    )}
                  </td>
                  <td class="num r">{number(s.perMinute, l, 1)}</td>
                  <td class="num r">{number(s.rawShare * 100, l, 1)} %</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {health.sources.length === 0 ? (
        <p class="empty">
          {t('sources.empty')}
          <br />
          {t('sources.first')} <code>npx vonggac token create --kind collector --name …</code>
        </p>
      ) : null}
    </section>
  );
}

export function HealthPage(): JSX.Element {
  const { api, state } = useBoard();
  useEffect(() => {
    const load = (): void => {
      api.health().then(
        (h) => {
          state.health.value = h;
        },
        // The last true state and its time stay on the page; the feed's own state says that the line is down.
        () => undefined,
      );
    };
    load();
    const timer = setInterval(load, pollMs);
    return () => clearInterval(timer);
  }, [api, state]);
  const health = state.health.value;
  return (
    <Shell section="health">
      <main id="main" class="page">
        <div class="bar">
          <h1>{t('health')}</h1>
          {health === null ? null : (
            <p class="sum">
              <b>{t(`health.${health.status}`)}</b> · {t('asOf', { at: dateTimeZone(health.atMs) })} · {t('version')}{' '}
              {health.version}
            </p>
          )}
        </div>
        {health === null ? (
          <p class="empty">{t('loading')}</p>
        ) : (
          <>
            <Facts health={health} />
            <SourceTable health={health} />
          </>
        )}
      </main>
      <StatusBar />
    </Shell>
  );
}
