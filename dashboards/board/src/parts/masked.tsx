/** Personal data masked in an event: what there is, and a look behind a mask for a reason that is kept. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { EventView } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { failureText, t } from '../i18n/index.ts';

interface Mask {
  readonly kind: 'cccd' | 'bhyt' | 'phone' | 'email' | 'secret' | 'bytes';
  readonly token: string;
}

/** The same form as the server's (src/model/personal.ts). */
const pattern = /PII~(cccd|bhyt|phone|email|secret|bytes)~([0-9a-f]{16})/g;
const masksMax = 20;
/** What the server takes as a reason, in UTF-16 units. */
const reasonMin = 10;
const reasonMax = 500;

function masksOf(event: EventView): readonly Mask[] {
  const found = new Map<string, Mask>();
  for (const [mask, kind, token = ''] of `${event.raw} ${JSON.stringify(event.fields)}`.matchAll(pattern))
    found.set(mask, { kind: kind as Mask['kind'], token });
  return [...found.values()];
}

export function Masked({ event }: { readonly event: EventView }): JSX.Element | null {
  const board = useBoard();
  const masks = masksOf(event);
  if (masks.length === 0) return null;
  return (
    <section class="masked" aria-label={t('masked')}>
      <p class="sub">{t('masked.what', { n: masks.length })}</p>
      <ul>
        {masks.slice(0, masksMax).map((mask) => (
          <li key={`${mask.kind}${mask.token}`}>
            <span class="tag">{t(`masked.${mask.kind}`)}</span> <code>…{mask.token.slice(-6)}</code>
            {board.may('handle') ? <Reveal event={event} mask={mask} /> : null}
          </li>
        ))}
      </ul>
      {masks.length > masksMax ? <p class="cutnote">{t('masked.cut', { n: masksMax, of: masks.length })}</p> : null}
    </section>
  );
}

function Reveal({ event, mask }: { readonly event: EventView; readonly mask: Mask }): JSX.Element {
  const board = useBoard();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState<{ readonly value: string } | { readonly failed: string } | null>(null);
  if (said !== null && 'value' in said) return <code class="revealed">{said.value}</code>;
  if (!asking)
    return (
      <button class="btn btn-0" type="button" onClick={() => setAsking(true)}>
        {t('masked.reveal')}
      </button>
    );
  return (
    <form
      onSubmit={(submit) => {
        submit.preventDefault();
        const day = new Date(event.receivedTimeMs).toISOString().slice(0, 10);
        board.api.reveal(event.id, { ...mask, reason: reason.normalize('NFC').trim(), day }).then(
          ({ value }) => setSaid({ value }),
          (error: unknown) => setSaid({ failed: failureText(error) }),
        );
      }}
    >
      <label>
        <span class="sub">{t('masked.reason')}</span>
        <input
          class="field"
          value={reason}
          minLength={reasonMin}
          maxLength={reasonMax}
          required
          autocomplete="off"
          onInput={(typed) => setReason(typed.currentTarget.value)}
        />
      </label>
      <button class="btn" type="submit" disabled={reason.trim().length < reasonMin}>
        {t('masked.reveal')}
      </button>
      <button class="btn btn-0" type="button" onClick={() => setAsking(false)}>
        {t('masked.leave')}
      </button>
      {said === null ? null : (
        <p class="cutnote" role="alert">
          {said.failed}
        </p>
      )}
    </form>
  );
}
