/** What of a source's contract is broken, and what cannot be seen meanwhile. */
import type { JSX } from 'preact';
import type { BreachView } from '../../../../src/contract/sources.ts';
import { useBoard } from '../board.ts';
import { dateTime, machineTime } from '../format.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { breachText } from './words.ts';

type BlindPart = Pick<BreachView, 'blindRules' | 'blindRulesTotal' | 'blindTechniques' | 'blindTechniquesTotal'>;

/** Rules and techniques by name, with how many more there are. */
export function Blind({ breach }: { readonly breach: BlindPart }): JSX.Element {
  const mayOpen = useBoard().may('rules');
  const { blindRules, blindRulesTotal, blindTechniques, blindTechniquesTotal } = breach;
  if (blindRulesTotal === 0) return <p class="sub">{t('breach.noBlind')}</p>;
  const moreRules = blindRulesTotal - blindRules.length;
  const moreTechniques = blindTechniquesTotal - blindTechniques.length;
  return (
    <div class="blind">
      <p>{t('breach.blind', { rules: blindRulesTotal, techniques: blindTechniquesTotal })}</p>
      <p class="mono">
        {blindTechniques.join(' ')} {moreTechniques > 0 ? t('breach.more', { n: moreTechniques }) : null}
      </p>
      <ul>
        {blindRules.map((rule) => (
          <li key={rule.id}>
            {mayOpen ? <a href={`/rules/${encodeURIComponent(rule.id)}`}>{titleOf(rule)}</a> : titleOf(rule)}
          </li>
        ))}
        {moreRules > 0 ? <li class="dim">{t('breach.more', { n: moreRules })}</li> : null}
      </ul>
    </div>
  );
}

export function Breaches({ breaches }: { readonly breaches: readonly BreachView[] }): JSX.Element | null {
  if (breaches.length === 0) return null;
  return (
    <ul class="breaches">
      {breaches.map((breach) => (
        <li key={breach.alert}>
          <h3>
            {breachText(breach)}{' '}
            <time class="sub" dateTime={machineTime(breach.sinceMs)}>
              {t('breach.since', { at: dateTime(breach.sinceMs) })}
            </time>
          </h3>
          <p>{language.value === 'vi' ? breach.whyVi : breach.why}</p>
          <Blind breach={breach} />
        </li>
      ))}
    </ul>
  );
}
