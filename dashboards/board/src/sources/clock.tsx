/** A source's clock: what its lines say of it, and the correction in force. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ClockView, SourceWatchView } from '../../../../src/contract/sources.ts';
import { useBoard } from '../board.ts';
import { lag, span } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import type { Agreeing } from './agree.ts';
import { skewText } from './words.ts';

const minuteMs = 60_000;

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${span(Math.abs(ms), language.value)}`;
}

function Estimate({ clock, label }: { readonly clock: ClockView; readonly label?: string }): JSX.Element {
  return (
    <dl class="pairs">
      {label === undefined ? null : <p class="sub">{label}</p>}
      <div>
        <dt>{t('clk.skew')}</dt>
        <dd>{skewText(clock)}</dd>
      </div>
      <div>
        <dt>{t('clk.lag')}</dt>
        <dd class="num">{lag(Math.max(0, clock.lagMs), language.value)}</dd>
      </div>
    </dl>
  );
}

function Correct({ source, agreeing }: { readonly source: SourceWatchView; readonly agreeing: Agreeing }): JSX.Element {
  const proposed = source.clock === null ? 0 : source.clock.zoneErrorMs;
  const [minutes, setMinutes] = useState(proposed === 0 ? '' : String(proposed / minuteMs));
  const [reason, setReason] = useState('');
  const wanted = Number(minutes);
  const isRight = minutes.trim() !== '' && Number.isFinite(wanted) && wanted !== 0 && reason.trim() !== '';
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        const correction = { addMs: Math.round(wanted * minuteMs), reason: reason.normalize('NFC').trim() };
        if (isRight) void agreeing.put({ what: 'clock', body: { correction } });
      }}
    >
      <label class="rs">
        <span class="sub">{t('clk.correct')}</span>
        <input
          class="field"
          type="number"
          step="any"
          value={minutes}
          onInput={(event) => setMinutes(event.currentTarget.value)}
        />
      </label>
      <label class="rs">
        <span class="sub">{t('clk.reason')}</span>
        <input class="field" maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button class="btn" type="submit" disabled={!isRight || agreeing.busy}>
        {t('clk.set')}
      </button>
      <p class="sub">{t('clk.note')}</p>
    </form>
  );
}

export function Clock({
  source,
  agreeing,
}: {
  readonly source: SourceWatchView;
  readonly agreeing: Agreeing;
}): JSX.Element {
  const board = useBoard();
  const { clock, corrected, timeCorrection } = source;
  const zone = clock?.zoneErrorMs ?? 0;
  const by = span(Math.abs(zone), language.value);
  return (
    <section aria-labelledby="clk-h">
      <h3 id="clk-h">{t('clk.title')}</h3>
      {clock === null ? (
        <p class="sub">{t('clk.unknown')}</p>
      ) : (
        <>
          {zone === 0 || timeCorrection !== null ? null : (
            <p class="warn">{zone > 0 ? t('clk.zone', { by }) : t('clk.zoneMinus', { by })}</p>
          )}
          <Estimate clock={clock} />
          {timeCorrection === null || corrected === null ? null : <Estimate clock={corrected} label={t('clk.left')} />}
          <p class="sub">{t('clk.samples', { n: clock.samples })}</p>
        </>
      )}
      {source.futureRows === 0 ? null : <p class="warn">{t('clk.future', { n: source.futureRows })}</p>}
      {timeCorrection === null ? null : (
        <p>{t('clk.inForce', { by: signed(timeCorrection.addMs), reason: timeCorrection.reason || '–' })}</p>
      )}
      {!board.may('sources') ? null : timeCorrection === null ? (
        <Correct source={source} agreeing={agreeing} />
      ) : (
        <button
          class="btn"
          type="button"
          disabled={agreeing.busy}
          onClick={() => void agreeing.put({ what: 'clock', body: { correction: null } })}
        >
          {t('clk.undo')}
        </button>
      )}
    </section>
  );
}
