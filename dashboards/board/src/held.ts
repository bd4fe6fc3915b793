/**
 * Keeps the order of a list still while a pointer or the focus is in it: what is new waits, what changed changes in
 * place, so nothing slips away under a hand.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * True while the pointer is over the element or the focus is inside it. With `idleMs` only until nothing moved there for
 * that long: a list that must not hide what is new from somebody who went for coffee.
 */
export function useBusy(ref: RefObject<HTMLElement | null>, idleMs: number = Number.POSITIVE_INFINITY): boolean {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    let over = false;
    let focused = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = (): void => {
      clearTimeout(timer);
      setBusy(over || focused);
      if ((over || focused) && Number.isFinite(idleMs)) timer = setTimeout(() => setBusy(false), idleMs);
    };
    const enter = (event: PointerEvent): void => {
      // A finger leaves no "out" behind it, so touch never holds a list.
      over = event.pointerType === 'mouse';
      update();
    };
    const leave = (): void => {
      over = false;
      update();
    };
    const focusIn = (): void => {
      focused = true;
      update();
    };
    const focusOut = (event: FocusEvent): void => {
      focused = event.relatedTarget instanceof Node && element.contains(event.relatedTarget);
      update();
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('focusin', focusIn);
    element.addEventListener('focusout', focusOut);
    element.addEventListener('pointermove', update);
    element.addEventListener('keydown', update);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointermove', update);
      element.removeEventListener('keydown', update);
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('focusin', focusIn);
      element.removeEventListener('focusout', focusOut);
    };
  }, [ref, idleMs]);
  return busy;
}

export interface Held<T> {
  readonly shown: readonly T[];
  /** How many wait to be shown. */
  readonly waiting: number;
}

/**
 * `gone: 'keep'` goes on showing what left the list (the stream's bound); `'drop'` lets it go (a card that changed
 * column). New ones wait out of sight, counted.
 */
export function useHeld<T extends { readonly id: string }>(
  live: readonly T[],
  hold: boolean,
  gone: 'keep' | 'drop',
): Held<T> {
  const frozen = useRef<readonly T[]>(live);
  if (!hold) {
    frozen.current = live;
    return { shown: live, waiting: 0 };
  }
  const byId = new Map(live.map((item) => [item.id, item]));
  const known = new Set(frozen.current.map((item) => item.id));
  const shown = frozen.current.flatMap((item) => {
    const now = byId.get(item.id);
    return now === undefined ? (gone === 'keep' ? [item] : []) : [now];
  });
  return { shown, waiting: live.reduce((n, item) => (known.has(item.id) ? n : n + 1), 0) };
}
