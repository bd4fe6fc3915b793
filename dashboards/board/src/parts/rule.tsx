/** A rule's text as it was written, with who wrote it and under which licence. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RuleView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { failureText, t, titleOf } from '../i18n/index.ts';

function Credits({ rule }: { readonly rule: RuleView }): JSX.Element {
  return (
    <p class="credits">
      {t('rule.by', { author: rule.author || t('rule.unknown') })} ·{' '}
      {t('rule.licence', { licence: rule.license || t('rule.unknown') })} · <span class="mono">{rule.file}</span> ·{' '}
      <span class="mono">{rule.hash.slice(0, 12)}</span>
    </p>
  );
}

export function RuleText({ id, title = false }: { readonly id: string; readonly title?: boolean }): JSX.Element {
  const { api } = useBoard();
  const [rule, setRule] = useState<RuleView | null>(null);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    let wanted = true;
    setRule(null);
    setFailed('');
    api.rule(id).then(
      (r) => {
        if (wanted) setRule(r);
      },
      (error: unknown) => {
        if (wanted) setFailed(failureText(error));
      },
    );
    return () => {
      wanted = false;
    };
  }, [api, id]);
  if (failed !== '') return <p class="empty">{t('rule.failed', { why: failed })}</p>;
  if (rule === null) return <p class="empty">{t('loading')}</p>;
  return (
    <div class="ruletext">
      {title ? <h3>{titleOf(rule)}</h3> : null}
      {rule.description === '' ? null : <p>{rule.description}</p>}
      {rule.falsepositives.length === 0 ? null : (
        <p class="sub">
          <b>{t('rule.falsepositives')}</b> {rule.falsepositives.join('; ')}
        </p>
      )}
      {rule.id.startsWith('indicator:') ? (
        <p>
          <a href={`/indicators/${encodeURIComponent(rule.id.slice('indicator:'.length))}`}>{t('ioc.list')}</a>
        </p>
      ) : (
        <>
          <p>
            <a href={`/try?rule=${encodeURIComponent(rule.id)}`}>{t('rule.try')}</a>
          </p>
          <p class="vh">{t('rule.text')}</p>
          <pre class="mono yaml">{rule.text}</pre>
        </>
      )}
      <Credits rule={rule} />
      {rule.references.length === 0 ? null : (
        <ul class="refs">
          {rule.references.map((href) => (
            <li key={href} class="mono">
              {/^https?:\/\//.test(href) ? (
                <a href={href} target="_blank" rel="noreferrer noopener">
                  {href}
                </a>
              ) : (
                href
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
