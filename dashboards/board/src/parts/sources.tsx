/** The strip of log sources and the status bar: can what the board shows be trusted right now. */
import type { JSX } from 'preact';
import type { Health } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { lag, number, span } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';

type Source = Health['sources'][number];

/** Of a source nothing was agreed with, ten minutes without a line is silence. */
const silentMs = 600_000;
/** Cells in the strip; the silent come first, the rest are counted. */
const cellsMax = 8;
/** Share of lines that no parser understood from which a cell says so. */
const rawShareMin = 0.2;

/** Silent in hours in which it owes nothing is as agreed; a contract broken otherwise wants a look just the same. */
export function isSilent(source: Source, atMs: number): boolean {
  if (source.contract !== 'none') return source.contract === 'broken';
  return source.lastReceivedMs === 0 || atMs - source.lastReceivedMs > silentMs;
}

export function sourcesByNeed(health: Health): readonly Source[] {
  return [...health.sources].sort(
    (a, b) =>
      Number(isSilent(b, health.atMs)) - Number(isSilent(a, health.atMs)) ||
      b.perMinute - a.perMinute ||
      (a.id < b.id ? -1 : 1),
  );
}

function Cell({ source, atMs }: { readonly source: Source; readonly atMs: number }): JSX.Element {
  const silent = isSilent(source, atMs);
  const unread = source.rawShare >= rawShareMin;
  return (
    <li data-at={silent ? 'silent' : unread ? 'late' : 'ok'}>
      <p class="sn" title={source.name}>
        {source.name.normalize('NFC')}
      </p>
      <p class="ss">
        {silent ? (
          <>
            <Icon name="cross" small />
            {source.lastReceivedMs === 0
              ? t('source.never')
              : t('source.silent', { for: span(atMs - source.lastReceivedMs, language.value) })}
          </>
        ) : unread ? (
          <>
            <Icon name="down" small />
            {t('source.raw', { share: number(source.rawShare * 100, language.value) })}
          </>
        ) : (
          t('source.rate', { n: number(source.perMinute, language.value, 1) })
        )}
      </p>
    </li>
  );
}

export function Sources(): JSX.Element | null {
  const { state } = useBoard();
  const health = state.health.value;
  if (health === null) return null;
  const sources = sourcesByNeed(health);
  const silent = sources.filter((s) => isSilent(s, health.atMs)).length;
  return (
    <section class="srcs" aria-labelledby="srcs-h">
      <h2 id="srcs-h">
        <a href="/sources">{t('sources')}</a>
        <span class="dim">{t('sources.sum', { n: sources.length, silent })}</span>
      </h2>
      {sources.length === 0 ? (
        <p class="empty">{t('sources.empty')}</p>
      ) : (
        <ul>
          {sources.slice(0, cellsMax).map((source) => (
            <Cell key={source.id} source={source} atMs={health.atMs} />
          ))}
          {sources.length > cellsMax ? (
            <li data-at="more">
              <a href="/sources">{t('sources.more', { n: sources.length - cellsMax })}</a>
            </li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

export function StatusBar(): JSX.Element {
  const { state } = useBoard();
  const health = state.health.value;
  const delay = state.delayMs.value;
  return (
    <footer class="status">
      <span>
        {t('status.seq')} <b class="mono">#{number(state.seq.value, language.value)}</b>
      </span>
      <span title={t('status.delayHint')}>
        {t('status.delay')} <b>{delay === null ? '–' : lag(delay, language.value)}</b>
      </span>
      {health === null ? null : (
        <>
          <span>
            {t('status.detect')} <b>{lag(health.detect.lagMs, language.value)}</b>
          </span>
          <span>
            {t('status.rules')} <b>{number(health.detect.rules, language.value)}</b>
            {health.detect.refusedRules > 0 ? (
              <a href="/rules">{t('status.refused', { n: health.detect.refusedRules })}</a>
            ) : null}
          </span>
          <span class="batch">
            {t('status.batch')} <b class="mono">{health.detect.lastBatch || '–'}</b>
            {health.detect.waitingBatches > 0
              ? t('status.waiting', { n: health.detect.waitingBatches })
              : t('status.noneWaiting')}
          </span>
        </>
      )}
      <span class="end keyhint">
        <kbd>J</kbd> <kbd>K</kbd> {t('keys.move')}
      </span>
      <span class="keyhint">
        <kbd>A</kbd> {t('keys.take')}
      </span>
      <span class="keyhint">
        <kbd>?</kbd> {t('keys.all')}
      </span>
    </footer>
  );
}
