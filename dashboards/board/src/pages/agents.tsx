/** "Máy gửi nhật ký": the agents, what they say of themselves, and what they are told to do. */
import type { JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { AgentDetail } from '../agents/detail.tsx';
import { AgentList } from '../agents/list.tsx';
import { byNeed, isTroubled } from '../agents/words.ts';
import { useBoard } from '../board.ts';
import { dateTimeZone, plain } from '../format.ts';
import { t } from '../i18n/index.ts';
import { FindField } from '../parts/find-field.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { usePolled } from '../polled.ts';

const pollMs = 30_000;

function Agents({ id }: { readonly id: string }): JSX.Element {
  const { api } = useBoard();
  const read = useCallback(async () => ({ ...(await api.agents()), atMs: Date.now() }), [api]);
  const { now: agents, failed, reload } = usePolled(read, pollMs);
  const [wanted, setWanted] = useState('');
  const atMs = agents?.atMs ?? 0;
  const items = byNeed(agents?.items ?? [], atMs);
  const found = items.filter(({ name, source, report }) =>
    plain(`${name} ${source} ${report?.host ?? ''}`).includes(plain(wanted)),
  );
  const chosen = items.find((agent) => agent.id === id);
  const troubled = items.filter((agent) => isTroubled(agent, atMs)).length;
  return (
    <>
      <div class="bar">
        <h1>{t('agt.title')}</h1>
        {agents === null ? null : (
          <p class="sum">
            {t('agt.sum', { n: items.length, troubled })} · {t('asOf', { at: dateTimeZone(atMs) })}
          </p>
        )}
        <div class="tools">
          <FindField label={t('agt.find')} text={wanted} changed={setWanted} />
        </div>
      </div>
      {failed === '' ? null : (
        <p class="cutnote" data-tone="late" role="alert">
          {t('agt.failed', { why: failed })}
        </p>
      )}
      {agents === null ? (
        <p class="empty">{failed === '' ? t('loading') : ''}</p>
      ) : (
        <>
          <p class="agentkey">
            {t('agt.key')} <code class="mono">{agents.key}</code>
          </p>
          <div class="srcs2" data-open={chosen === undefined ? undefined : ''}>
            <section class="pane" aria-label={t('agt.title')}>
              <AgentList items={found} chosen={id} atMs={atMs} />
              {items.length > 0 ? null : (
                <p class="empty">
                  {t('agt.empty')}
                  <br />
                  <code>npx vonggac token create --kind collector --name …</code>
                </p>
              )}
            </section>
            {chosen === undefined ? null : <AgentDetail key={chosen.id} agent={chosen} changed={reload} />}
          </div>
        </>
      )}
    </>
  );
}

export function AgentsPage({ id }: { readonly id: string }): JSX.Element {
  return (
    <Shell section="sources">
      <main id="main" class="page srcpage">
        {useBoard().may('sources') ? (
          <Agents id={id} />
        ) : (
          <>
            <h1>{t('agt.title')}</h1>
            <p class="empty">{t('agt.forbidden')}</p>
          </>
        )}
      </main>
      <StatusBar />
    </Shell>
  );
}
