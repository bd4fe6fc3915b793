import type { JSX } from 'preact';
import type { AlertView, IncidentDetail } from '../../../../src/contract/api.ts';
import { chainOf } from '../attack.ts';
import { useBoard } from '../board.ts';
import { isClosed } from '../closed.ts';
import { when } from '../format.ts';
import { t, titleOf } from '../i18n/index.ts';
import { SeverityMark } from '../icons.tsx';
import { Moment } from '../parts/marks.tsx';
import { storyOf } from '../story.ts';

/** What happened, in a few sentences. */
export function Lead({ detail }: { readonly detail: IncidentDetail }): JSX.Element | null {
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

/** The ATT&CK tactics seen, in their order. */
export function Chain({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element | null {
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
