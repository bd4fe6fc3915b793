/** The shift ruler: one bar of the watch. Alerts per ten minutes, the running drill, now; left is past. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { AlertView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { hourMinute, stopwatch, time } from '../format.ts';
import { t } from '../i18n/index.ts';
import { type Bar, type Shift, shiftAt, shiftBars } from '../shift.ts';

const width = 720;
const height = 22;
/** From here on the clock hangs to the left of the mark: to the right a phone has no room for it. */
const latePart = 75;

function Bars({ bars }: { readonly bars: readonly Bar[] }): JSX.Element {
  const top = Math.max(4, ...bars.map((bar) => bar.all));
  const step = width / bars.length;
  const tall = (n: number): number => (n === 0 ? 0 : Math.max(1.6, (n / top) * height));
  return (
    <>
      {bars.map((bar, i) => {
        const critical = tall(bar.critical);
        const high = tall(bar.high);
        const rest = tall(bar.all - bar.critical - bar.high);
        const x = i * step + 1;
        return bar.all === 0 ? null : (
          // The bars of a shift are its fixed slots: the index is the identity.
          <g key={`${x}`}>
            <rect class="b1" x={x} width={step - 3} y={height - rest} height={rest} />
            <rect class="b4" x={x} width={step - 3} y={height - rest - high} height={high} />
            <rect class="b5" x={x} width={step - 3} y={height - rest - high - critical} height={critical} />
          </g>
        );
      })}
    </>
  );
}

function part(ms: number, shift: Shift): number {
  return Math.min(100, Math.max(0, ((ms - shift.fromMs) / (shift.toMs - shift.fromMs)) * 100));
}

export function Ruler({
  alerts,
  wall = false,
}: {
  readonly alerts: readonly AlertView[];
  readonly wall?: boolean;
}): JSX.Element {
  const { now, state } = useBoard();
  const shift = useComputed(() => shiftAt(now.value).fromMs).value;
  const whole: Shift = shiftAt(shift);
  const bars = shiftBars(alerts, whole);
  const drill = state.drill.value;
  const inDrill = drill !== null && drill.state === 'running' && drill.startedMs > 0;
  const hours = Array.from({ length: 12 }, (_, i) => whole.fromMs + i * 3_600_000);
  const at = part(now.value, whole);
  const counted = bars.reduce((n, bar) => n + bar.all, 0);
  return (
    <div
      class="ruler"
      role="img"
      aria-label={t('ruler.label', { n: counted, from: hourMinute(whole.fromMs), now: hourMinute(now.value) })}
    >
      {inDrill ? (
        <i
          class="span"
          style={{
            left: `${part(drill.startedMs, whole)}%`,
            width: `${Math.max(0.6, at - part(drill.startedMs, whole))}%`,
          }}
        />
      ) : null}
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="base" d={`M0 ${height}H${(width * at) / 100}`} />
        <Bars bars={bars} />
      </svg>
      <i class="ahead" style={{ left: `${at}%` }} />
      {wall
        ? null
        : hours
            .filter((ms) => Math.abs(part(ms, whole) - at) > 4)
            .map((ms) => (
              <span
                key={ms}
                class="hour"
                data-first={ms === whole.fromMs ? '' : undefined}
                style={{ left: `${part(ms, whole)}%` }}
              >
                {hourMinute(ms).slice(0, 2)}
              </span>
            ))}
      <span class="now" data-late={at > latePart ? '' : undefined} style={{ left: `${at}%` }}>
        {wall ? null : <b>{time(now.value)}</b>}
      </span>
    </div>
  );
}

export function ShiftLine({ alerts }: { readonly alerts: readonly AlertView[] }): JSX.Element {
  const { now, state } = useBoard();
  const shift = shiftAt(now.value);
  return (
    <section class="shift" aria-label={t('shift')}>
      <p class="shift-l">
        <b>{t(`shift.${shift.name}`)}</b>
        {hourMinute(shift.fromMs)} – {hourMinute(shift.toMs)}
      </p>
      <Ruler alerts={alerts} />
      <p class="shift-l shift-r">
        <b class="num">{stopwatch(shift.toMs - now.value)}</b>
        {state.alertsCut.value ? t('ruler.cut', { n: alerts.length }) : t('shift.left')}
      </p>
    </section>
  );
}
