/** Of an incident about log sources: what is broken, what cannot be seen meanwhile, and whether it is well again. */
import type { JSX } from 'preact';
import type { AlertView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { dateTime } from '../format.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { Blind } from '../sources/breaches.tsx';

export function BrokenSources({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element | null {
  // An owner is told what is broken, and may not open the pages of all sources.
  const mayOpen = useBoard().may('health');
  const broken = alerts.filter(({ health }) => health !== null);
  if (broken.length === 0) return null;
  return (
    <ul class="breaches pane">
      {broken.map((alert) =>
        alert.health === null ? null : (
          <li key={alert.id} data-ended={alert.health.recoveredMs === 0 ? undefined : ''}>
            <h3>
              {mayOpen ? (
                <a href={`/sources/${encodeURIComponent(alert.health.source)}`}>{titleOf(alert)}</a>
              ) : (
                titleOf(alert)
              )}
            </h3>
            <p>{language.value === 'vi' ? alert.health.whyVi : alert.health.why}</p>
            {alert.health.recoveredMs === 0 ? (
              <Blind breach={alert.health} />
            ) : (
              <p>{t('breach.recovered', { at: dateTime(alert.health.recoveredMs) })}</p>
            )}
          </li>
        ),
      )}
    </ul>
  );
}
