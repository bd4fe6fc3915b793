import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { failureText } from './i18n/index.ts';

/** What a page reads again and again while it is open. */
export interface Polled<T> {
  /** What was read last; null before the first answer. */
  readonly now: T | null;
  /** Why it is not newer; '' when it is. */
  readonly failed: string;
  /** Reads it at once. */
  readonly reload: () => void;
  /** Puts what is known to be newer in its place, until it is read again. */
  readonly put: (change: (now: T) => T) => void;
}

/** `read` must stay the same function for as long as it reads the same. */
export function usePolled<T>(read: () => Promise<T>, everyMs: number): Polled<T> {
  const [now, setNow] = useState<T | null>(null);
  const [failed, setFailed] = useState('');
  const load = useRef<() => void>(() => undefined);
  /** Readings are numbered as they begin; an answer to one before `shown` is older than what is shown. */
  const begun = useRef(0);
  const shown = useRef(0);
  const reload = useCallback(() => load.current(), []);
  const put = useCallback((change: (before: T) => T) => {
    shown.current = begun.current;
    setNow((before) => (before === null ? null : change(before)));
  }, []);
  useEffect(() => {
    let open = true;
    load.current = () => {
      begun.current += 1;
      const mine = begun.current;
      read().then(
        (value) => {
          if (!open || mine <= shown.current) return;
          shown.current = mine;
          setNow(() => value);
          setFailed('');
        },
        // What was read last stays, with why it is not newer.
        (error: unknown) => open && mine > shown.current && setFailed(failureText(error)),
      );
    };
    reload();
    const timer = setInterval(reload, everyMs);
    return () => {
      open = false;
      clearInterval(timer);
    };
  }, [read, everyMs, reload]);
  return { now, failed, reload, put };
}
