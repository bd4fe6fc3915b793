/** Lines an hour over a day, as bars; the hour under way is drawn hollow. */
import type { JSX } from 'preact';
import { number } from '../format.ts';
import { language, t } from '../i18n/index.ts';

const height = 22;
const barWidth = 4;
const step = 5;

export function Sparkline({ hours }: { readonly hours: readonly number[] }): JSX.Element {
  const most = Math.max(1, ...hours);
  const label = t('src.rateLabel', { most: number(Math.max(0, ...hours), language.value) });
  return (
    <svg class="spark" viewBox={`0 0 ${hours.length * step} ${height}`} role="img" aria-label={label}>
      <title>{label}</title>
      <path class="base" d={`M0 ${height - 0.5}h${hours.length * step}`} />
      {hours.map((rows, i) => {
        // An hour with anything in it is never drawn as nothing.
        const tall = rows === 0 ? 0 : Math.max(1.5, (rows / most) * (height - 2));
        const key = `${i}`;
        return (
          <rect
            key={key}
            class={i === hours.length - 1 ? 'open' : undefined}
            x={i * step}
            y={height - 1 - tall}
            width={barWidth}
            height={tall}
          />
        );
      })}
    </svg>
  );
}
