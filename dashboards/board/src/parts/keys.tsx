/** All keys in one list, and the switch that turns single letters off. */
import { type Signal, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type PlainKey, t } from '../i18n/index.ts';
import { lettersOn, setLetters } from '../keyboard.ts';

export const keysShown: Signal<boolean> = signal(false);

const rows: readonly (readonly [keys: readonly string[], word: PlainKey])[] = [
  [['J', 'K'], 'keys.jk'],
  [['H', 'L'], 'keys.hl'],
  [['↵'], 'keys.open'],
  [['A'], 'keys.a'],
  [['M'], 'keys.m'],
  [['T'], 'keys.t'],
  [['N'], 'keys.n'],
  [['V'], 'keys.v'],
  [['/'], 'keys.slash'],
  [['+', '−'], 'keys.plus'],
  [['Space'], 'keys.space'],
  [['G', 'B'], 'keys.gb'],
  [['G', 'S'], 'keys.gs'],
  [['G', 'L'], 'keys.gl'],
  [['G', 'R'], 'keys.gr'],
  [['G', 'N'], 'keys.gn'],
  [['G', 'H'], 'keys.gh'],
  [['G', 'W'], 'keys.gw'],
  [['Esc'], 'keys.esc'],
  [['?'], 'keys.all'],
];

export function KeysDialog(): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const shown = keysShown.value;
  useEffect(() => {
    if (shown) ref.current?.showModal();
    else ref.current?.close();
  }, [shown]);
  return (
    <dialog
      class="keys"
      ref={ref}
      aria-labelledby="keys-h"
      onClose={() => {
        keysShown.value = false;
      }}
    >
      <h2 id="keys-h">{t('keys.all')}</h2>
      <dl>
        {rows.map(([keys, word]) => (
          <div key={word}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key === 'Space' ? t('keys.spaceName') : key}</kbd>
              ))}
            </dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={lettersOn.value}
          onChange={(event) => setLetters(event.currentTarget.checked)}
        />
        {t('keys.letters')}
      </label>
      <form method="dialog">
        <button class="btn" type="submit">
          {t('close')}
        </button>
      </form>
    </dialog>
  );
}
