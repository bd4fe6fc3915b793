/** What pasted lines were read as: each line's state, then the chosen one's tags, rules and fields. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LineTrial, TriedLine } from '../../../../src/contract/api.ts';
import { dateTime, machineTime } from '../format.ts';
import { t, titleOf } from '../i18n/index.ts';
import { SeverityMark } from '../icons.tsx';

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function Rules({ line }: { readonly line: TriedLine }): JSX.Element {
  return (
    <section class="pane">
      <header>
        <h3>{t('read.rules', { n: line.rulesTotal })}</h3>
      </header>
      {line.rulesTotal === 0 ? <p class="empty">{t('read.noRules')}</p> : null}
      <ul class="readrules">
        {line.rules.map((rule) => (
          <li key={rule.id}>
            <SeverityMark severity={rule.severity} />{' '}
            <a href={`/rules/${encodeURIComponent(rule.id)}`}>{titleOf(rule)}</a>
          </li>
        ))}
      </ul>
      {line.rulesTotal > line.rules.length ? (
        <p class="cutnote">{t('try.rulesMore', { n: line.rulesTotal - line.rules.length })}</p>
      ) : null}
    </section>
  );
}

function Fields({ line }: { readonly line: TriedLine }): JSX.Element {
  const [names, setNames] = useState<'sigma' | 'ecs'>('sigma');
  const shown = Object.entries(names === 'sigma' ? line.fields : line.ecs);
  return (
    <section class="pane">
      <header>
        <h3>{t('try.fields', { n: shown.length })}</h3>
        <fieldset class="seg end" aria-label={t('read.names')}>
          {(['sigma', 'ecs'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={names === each} onClick={() => setNames(each)}>
              {t(`read.${each}`)}
            </button>
          ))}
        </fieldset>
      </header>
      <dl class="kv all">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{textOf(value)}</code>
              {names === 'sigma' && line.mapped.includes(name) ? <span class="tag">{t('try.mapped')}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function One({ line }: { readonly line: TriedLine }): JSX.Element {
  const { product, categories, services } = line.logsource;
  return (
    <>
      <section class="pane one">
        <p class="dtags">
          <span class="tag mono">{t('try.readAs', { parser: line.parser })}</span>
          <span class={line.parseStatus === 'parsed' ? 'tag tag-good' : 'tag tag-late'}>
            {line.parseStatus === 'parsed' ? t('read.parsed') : t(`parse.${line.parseStatus}`)}
            {line.parseReason === '' ? '' : `: ${line.parseReason}`}
          </span>
          {[product ?? '', ...categories, ...services]
            .filter((tag) => tag !== '')
            .map((tag) => (
              <span key={tag} class="tag">
                {tag}
              </span>
            ))}
        </p>
        <p>
          {line.eventTimeMs === null ? (
            <span class="dim">{t('read.noTime')}</span>
          ) : (
            <time dateTime={machineTime(line.eventTimeMs)}>{dateTime(line.eventTimeMs)}</time>
          )}
          {line.host === '' ? null : <span class="mono"> · {line.host}</span>}
        </p>
        <p class="mono said">{line.message}</p>
      </section>
      <Rules line={line} />
      <Fields line={line} />
    </>
  );
}

/** `at`: the line looked at. */
export function Outcome(p: {
  readonly trial: LineTrial;
  readonly at: number;
  readonly setAt: (at: number) => void;
}): JSX.Element {
  const { trial, at, setAt } = p;
  const line = trial.lines[at];
  if (line === undefined) return <p class="empty">{t('read.empty')}</p>;
  return (
    <>
      {trial.lines.length > 1 ? (
        <ol class="readlines pane" aria-label={t('read.lines')}>
          {trial.lines.map((each, i) => (
            <li key={`${i}`}>
              <button type="button" aria-pressed={each === line} data-at={each.parseStatus} onClick={() => setAt(i)}>
                <span class="num dim">{i + 1}</span> <span class="tag mono">{each.parser}</span>{' '}
                <span class="gist mono">{each.message}</span>
                {each.rulesTotal > 0 ? <span class="num">{t('read.met', { n: each.rulesTotal })}</span> : null}
              </button>
            </li>
          ))}
        </ol>
      ) : null}
      {trial.more > 0 ? <p class="cutnote">{t('read.more', { n: trial.more })}</p> : null}
      <One line={line} />
    </>
  );
}
