/** What an agent reads, and by which parser it tells where a record ends. */
import type { JSX } from 'preact';
import type { AgentView } from '../../../../src/contract/agents.ts';
import type { AgentInputReport } from '../../../../src/model/agent.ts';
import { t } from '../i18n/index.ts';

function cutText({ parser, parserFrom }: AgentInputReport): string {
  const isLine = parser === '' || parser === 'auto';
  if (parserFrom === 'agent') return isLine ? t('agt.cutOwnLine') : t('agt.cutOwn', { parser });
  return isLine ? t('agt.cutLine') : t('agt.cutPin', { parser });
}

function Names({ input }: { readonly input: AgentInputReport }): JSX.Element | null {
  const { names, files } = input;
  if (files === 0) return <p class="sub">{t('agt.inNoFiles')}</p>;
  return (
    <details>
      <summary class="sub">{t('agt.inFiles', { n: files })}</summary>
      <ul class="mono">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {files > names.length ? <p class="sub">{t('agt.inMore', { n: files - names.length })}</p> : null}
    </details>
  );
}

function Input({ input, own }: { readonly input: AgentInputReport; readonly own: string }): JSX.Element {
  const source = input.source === '' ? own : input.source;
  return (
    <li>
      {input.paths.map((path) => (
        <p key={path} class="mono">
          {path}
        </p>
      ))}
      <dl class="pairs">
        <div>
          <dt>{t('agt.inCut')}</dt>
          <dd>{cutText(input)}</dd>
        </div>
        <div>
          <dt>{t('agt.source')}</dt>
          <dd>
            <a class="mono" href={`/sources/${encodeURIComponent(source)}`}>
              {source}
            </a>
          </dd>
        </div>
      </dl>
      {input.paths.includes('journald') ? null : <Names input={input} />}
    </li>
  );
}

export function Inputs({ agent }: { readonly agent: AgentView }): JSX.Element | null {
  const inputs = agent.report?.inputs ?? [];
  if (inputs.length === 0) return null;
  return (
    <section aria-labelledby="agt-inputs-h">
      <h3 id="agt-inputs-h">{t('agt.inputs')}</h3>
      <ul class="agentinputs">
        {inputs.map((input) => (
          <Input key={`${input.source} ${input.paths.join(' ')}`} input={input} own={agent.source} />
        ))}
      </ul>
      <p class="sub">{t('agt.inNote')}</p>
    </section>
  );
}
