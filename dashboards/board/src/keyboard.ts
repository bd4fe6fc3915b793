/**
 * Single letters as commands. They act only when no field has the focus, no modifier is held and no input method is
 * composing (Vietnamese ones compose all the time), and a switch turns them off (WCAG 2.1.4).
 */
import { type Signal, signal } from '@preact/signals';
import { remembered } from './remembered.ts';

/** What a page answers to; a handler says whether it did something, so that Space still scrolls where nothing holds. */
type Commands = Readonly<Record<string, (event: KeyboardEvent) => boolean>>;

export const lettersOn: Signal<boolean> = signal(remembered.get('letters') !== 'off');

export function setLetters(on: boolean): void {
  lettersOn.value = on;
  remembered.set('letters', on ? 'on' : 'off');
}

const chordMs = 1200;

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !['button', 'checkbox', 'radio', 'submit', 'reset'].includes(target.type);
}

/** Space and Enter belong to whatever control has the focus. */
function inControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, summary, input, select, textarea') !== null;
}

export interface Keyboard {
  /** The page's commands; the newest page's win over the application's. */
  use(commands: Commands): () => void;
  close(): void;
}

/** Keys are `j`, `?`, `/`, `Escape`, ` `, or a chord `g b`. */
export function createKeyboard(): Keyboard {
  const layers: Commands[] = [];
  let chordAt = Number.NEGATIVE_INFINITY;

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = inField(event.target);
    if (field && event.key !== 'Escape') return;
    if (!lettersOn.value && event.key !== 'Escape') return;
    if (event.key === ' ' && inControl(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const chord = event.timeStamp - chordAt < chordMs;
    chordAt = Number.NEGATIVE_INFINITY;
    if (key === 'g' && !chord) {
      chordAt = event.timeStamp;
      return;
    }
    const name = chord ? `g ${key}` : key;
    for (const commands of [...layers].reverse()) {
      if (commands[name]?.(event) === true) {
        event.preventDefault();
        return;
      }
    }
  }
  addEventListener('keydown', onKey);

  return {
    use(commands) {
      layers.push(commands);
      return () => {
        const at = layers.indexOf(commands);
        if (at >= 0) layers.splice(at, 1);
      };
    },
    close: () => removeEventListener('keydown', onKey),
  };
}
