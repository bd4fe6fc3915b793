/** Which rules are in force: version, since when, what was refused and why; for administrators, reading them again. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RuleSetView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { dateTime, number } from '../format.ts';
import { failureText, language, t } from '../i18n/index.ts';

/** `loaded` is told when another set came into force. */
export function RuleSet({ loaded }: { readonly loaded: () => void }): JSX.Element | null {
  const { api, may } = useBoard();
  const [set, setSet] = useState<RuleSetView | null>(null);
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    api.ruleSet().then(setSet, (error: unknown) => setFailed(failureText(error)));
  }, [api]);

  async function readAgain(): Promise<void> {
    setBusy(true);
    setFailed('');
    try {
      const next = await api.reloadRules();
      setSet(next);
      if (next.version !== set?.version) loaded();
    } catch (error) {
      setFailed(failureText(error));
    } finally {
      setBusy(false);
    }
  }

  const n = (value: number): string => number(value, language.value);
  return (
    <section class="ruleset" aria-label={t('ruleSet')}>
      {set === null ? null : (
        <p>
          {t('ruleSet.version')} <b class="mono">{set.version.slice(0, 12)}</b> ·{' '}
          {t('ruleSet.loaded', { at: dateTime(set.loadedMs) })} ·{' '}
          {t('ruleSet.counts', { d: n(set.detections), c: n(set.correlations), f: n(set.filters) })}
          {may('ruleReload') ? (
            <button class="btn btn-0" type="button" disabled={busy} onClick={() => void readAgain()}>
              {t('ruleSet.reload')}
            </button>
          ) : null}
        </p>
      )}
      {set !== null && set.failure !== '' ? (
        <p class="cutnote" data-tone="bad">
          {t('ruleSet.failure', { at: dateTime(set.failedMs), why: set.failure })}
        </p>
      ) : null}
      {failed === '' ? null : (
        <p class="cutnote" data-tone="bad">
          {failed}
        </p>
      )}
      {set !== null && set.refusedTotal > 0 ? (
        <details>
          <summary>{t('ruleSet.refused', { n: n(set.refusedTotal) })}</summary>
          <ul class="refused">
            {set.refused.map((each) => (
              <li key={`${each.file}:${each.line}:${each.column}:${each.code}`}>
                <span class="mono">
                  {each.file}:{each.line}:{each.column} {each.code}
                </span>{' '}
                {each.message}. {each.advice}
              </li>
            ))}
          </ul>
          {set.refused.length < set.refusedTotal ? (
            <p class="cutnote">{t('ruleSet.refusedCut', { n: set.refused.length })}</p>
          ) : null}
        </details>
      ) : null}
    </section>
  );
}
