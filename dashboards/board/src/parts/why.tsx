/** Why a correlation's alert was raised, in one sentence; struck through once later events took it back. */
import type { JSX } from 'preact';
import type { AlertView } from '../../../../src/contract/api.ts';
import { language, t } from '../i18n/index.ts';

export function Why({ alert }: { readonly alert: AlertView }): JSX.Element | null {
  const { correlation } = alert;
  if (correlation === null) return null;
  const text = language.value === 'vi' ? correlation.whyVi : correlation.why;
  if (correlation.holds) return <span class="why">{text}</span>;
  return (
    <span class="why">
      <del>{text}</del> {t('alert.takenBack')}
    </span>
  );
}
