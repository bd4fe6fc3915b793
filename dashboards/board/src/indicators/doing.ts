/** One change of a list at a time; what came of it, or why not, is said. Only the newest one's end counts. */
import { useRef, useState } from 'preact/hooks';
import { failureText } from '../i18n/index.ts';

export interface Doing {
  readonly busy: boolean;
  readonly said: string;
  readonly failed: boolean;
  /** `work` answers what to say; `isNewest` is false for it once another was begun. */
  run(work: (isNewest: () => boolean) => Promise<string>): void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ text: '', failed: false });
  const newest = useRef(0);
  return {
    busy,
    said: said.text,
    failed: said.failed,
    run: (work) => {
      newest.current += 1;
      const mine = newest.current;
      const isNewest = (): boolean => mine === newest.current;
      const ended = (text: string, failed: boolean): void => {
        if (!isNewest()) return;
        setSaid({ text, failed });
        setBusy(false);
      };
      setBusy(true);
      setSaid({ text: '', failed: false });
      work(isNewest).then(
        (text) => ended(text, false),
        (error: unknown) => ended(failureText(error), true),
      );
    },
  };
}
