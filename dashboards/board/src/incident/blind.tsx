/** Of an incident about log sources: what is broken, what cannot be seen meanwhile, and whether it is well again. */
import type { JSX } from 'preact';
import type { AlertView } from '../../../../src/contract/api.ts';
import { dateTime } from '../format.ts';
import { language, t, titleOf } from '../i18n/index.ts';
import { Blind } from '../sources/breaches.tsx';

export function BrokenSources({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element | null {
  const broken = alerts.filter(({ health }) => health !== null);
  if (broken.length === 0) return null;
  return (
    <ul class="breaches pane">
      {broken.map((alert) =>
        alert.health === null ? null : (
          <li key={alert.id} data-ended={alert.health.recoveredMs === 0 ? undefined : ''}>
            <h3>
              <a href={`/sources/${encodeURIComponent(alert.health.source)}`}>{titleOf(alert)}</a>
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
