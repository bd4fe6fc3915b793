import type { JSX } from 'preact';

/**
 * A field by whose text a list is narrowed; `/` leads to it. While a Vietnamese word is being composed it is left alone:
 * drawn anew with every key, the field would take the unfinished letters for the text.
 */
export function FindField(p: {
  readonly label: string;
  readonly text: string;
  readonly changed: (text: string) => void;
  readonly focused?: () => void;
}): JSX.Element {
  return (
    <input
      class="field"
      type="search"
      data-slash
      aria-label={p.label}
      placeholder={p.label}
      value={p.text}
      onFocus={p.focused}
      onInput={(event) => {
        if (!event.isComposing) p.changed(event.currentTarget.value);
      }}
      onCompositionEnd={(event) => p.changed(event.currentTarget.value)}
    />
  );
}
