/** One agent: what is wrong, what it says of itself, what it is told to do. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AgentView } from '../../../../src/contract/agents.ts';
import type { AgentReport } from '../../../../src/model/agent.ts';
import { dateTime, number } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { Inputs } from './inputs.tsx';
import { Told } from './told.tsx';
import { bytesText } from './words.ts';

function Pair({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Says({ agent, report }: { readonly agent: AgentView; readonly report: AgentReport }): JSX.Element {
  const l = language.value;
  const sent = { wire: bytesText(report.sentWireBytes, l), batches: report.sentBatches };
  return (
    <dl class="pairs">
      <Pair label={t('agt.host')}>{report.host}</Pair>
      <Pair label={t('agt.peer')}>
        <span class="mono">{agent.peer}</span>
      </Pair>
      <Pair label={t('agt.source')}>
        <a class="mono" href={`/sources/${encodeURIComponent(agent.source)}`}>
          {agent.source}
        </a>
      </Pair>
      <Pair label={t('agt.started')}>{dateTime(report.startedMs)}</Pair>
      <Pair label={t('agt.version')}>
        <span class="mono">{report.version}</span>
      </Pair>
      <Pair label={t('agt.files')}>{number(report.files, l)}</Pair>
      <Pair label={t('agt.lag')}>{bytesText(report.lagBytes, l)}</Pair>
      <Pair label={t('agt.spool')}>
        {bytesText(report.spoolBytes, l)}, {t('agt.batches', { n: report.spoolBatches })}
      </Pair>
      <Pair label={t('agt.sent')}>
        {bytesText(report.sentRawBytes, l)} <span class="dim">({t('agt.sentNote', sent)})</span>
      </Pair>
      <Pair label={t('agt.pace')}>{t('agt.perSecond', { bytes: bytesText(report.bytesPerSecond, l) })}</Pair>
      <Pair label={t('agt.rejected')}>{number(report.rejectedLines, l)}</Pair>
      <Pair label={t('agt.dropped')}>{number(report.droppedLines, l)}</Pair>
    </dl>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }): JSX.Element {
  if (problems.length === 0) return <p class="sub">{t('agt.noProblems')}</p>;
  return (
    <ul class="agentproblems">
      {problems.map((problem) => (
        <li key={problem} lang="en">
          {problem}
        </li>
      ))}
    </ul>
  );
}

export function AgentDetail(p: { readonly agent: AgentView; readonly changed: () => void }): JSX.Element {
  const { agent } = p;
  const head = useRef<HTMLHeadingElement>(null);
  // At once: later it would take the focus from where somebody has gone on to meanwhile.
  useLayoutEffect(() => head.current?.focus(), []);
  return (
    <article class="pane srcdetail" aria-labelledby="agt-h">
      <header>
        <h2 id="agt-h" ref={head} tabIndex={-1}>
          {agent.name.normalize('NFC')}
        </h2>
        <span class="mono dim">{agent.id}</span>
        <a class="btn btn-0 end" href="/agents">
          <Icon name="left" small />
          {t('agt.back')}
        </a>
      </header>
      <div class="parts">
        <section aria-labelledby="agt-problems-h">
          <h3 id="agt-problems-h">{t('agt.problems')}</h3>
          {agent.report === null ? (
            <p class="sub">{t('agt.saysNothing')}</p>
          ) : (
            <Problems problems={agent.report.problems} />
          )}
        </section>
        {agent.report === null ? null : (
          <section aria-labelledby="agt-says-h">
            <h3 id="agt-says-h">{t('agt.says')}</h3>
            <Says agent={agent} report={agent.report} />
          </section>
        )}
        <Inputs agent={agent} />
        <Told agent={agent} changed={p.changed} />
      </div>
    </article>
  );
}
