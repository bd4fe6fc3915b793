/** All agents in a table that becomes cards on a narrow screen. */
import type { JSX } from 'preact';
import type { AgentView } from '../../../../src/contract/agents.ts';
import { dateTimeZone, machineTime, number, when } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { bytesText, stateOf } from './words.ts';

function State({ agent, atMs }: { readonly agent: AgentView; readonly atMs: number }): JSX.Element {
  const state = stateOf(agent, atMs);
  if (state.is === 'well') return <span class="kept">{t('agt.well')}</span>;
  if (state.is === 'never') return <span class="dim">{t('agt.never')}</span>;
  return (
    <span class={state.is === 'troubles' ? 'tag tag-late' : 'tag tag-bad'}>
      <Icon name="cross" small />
      {state.is === 'silent'
        ? t('agt.silent')
        : state.is === 'lost'
          ? t('agt.lost', { n: state.count })
          : t('agt.troubles', { n: state.count })}
    </span>
  );
}

function configOf({ version, report }: AgentView): string {
  if (version === 0) return t('agt.own');
  return report?.configVersion === version ? t('agt.inForce', { n: version }) : t('agt.waiting', { n: version });
}

function Row(p: { readonly agent: AgentView; readonly chosen: boolean; readonly atMs: number }): JSX.Element {
  const { agent, chosen, atMs } = p;
  const { report } = agent;
  const l = language.value;
  return (
    <tr data-chosen={chosen ? '' : undefined}>
      <th scope="row" data-is="name">
        <a href={`/agents/${encodeURIComponent(agent.id)}`} aria-current={chosen ? 'true' : undefined}>
          {agent.name.normalize('NFC')}
        </a>
        <span class="sub">{report?.host ?? agent.source}</span>
      </th>
      <td data-is="contract">
        <State agent={agent} atMs={atMs} />
      </td>
      <td data-label={t('agt.seen')}>
        {agent.seenMs === 0 ? (
          '–'
        ) : (
          <time dateTime={machineTime(agent.seenMs)} title={dateTimeZone(agent.seenMs)}>
            {when(agent.seenMs, atMs)}
          </time>
        )}
      </td>
      <td class="num r" data-label={t('agt.files')}>
        {report === null ? '–' : number(report.files, l)}
      </td>
      <td class="num r" data-label={t('agt.lag')}>
        {report === null ? '–' : bytesText(report.lagBytes, l)}
      </td>
      <td class="num r" data-label={t('agt.spool')}>
        {report === null ? '–' : bytesText(report.spoolBytes, l)}
      </td>
      <td class="mono" data-label={t('agt.version')}>
        {report?.version ?? '–'}
      </td>
      <td data-label={t('agt.config')}>{configOf(agent)}</td>
    </tr>
  );
}

export function AgentList(p: {
  readonly items: readonly AgentView[];
  readonly chosen: string;
  readonly atMs: number;
}): JSX.Element {
  return (
    <table class="plain srclist agentlist">
      <thead>
        <tr>
          <th scope="col">{t('agt.name')}</th>
          <th scope="col">{t('agt.state')}</th>
          <th scope="col">{t('agt.seen')}</th>
          <th scope="col" class="r">
            {t('agt.files')}
          </th>
          <th scope="col" class="r">
            {t('agt.lag')}
          </th>
          <th scope="col" class="r">
            {t('agt.spool')}
          </th>
          <th scope="col">{t('agt.version')}</th>
          <th scope="col">{t('agt.config')}</th>
        </tr>
      </thead>
      <tbody>
        {p.items.map((agent) => (
          <Row key={agent.id} agent={agent} chosen={agent.id === p.chosen} atMs={p.atMs} />
        ))}
      </tbody>
    </table>
  );
}
