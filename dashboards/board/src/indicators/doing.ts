/** One change of a list at a time; what came of it, or why not, is said. */
import { useState } from 'preact/hooks';
import { failureText } from '../i18n/index.ts';

export interface Doing {
  readonly busy: boolean;
  readonly said: string;
  readonly failed: boolean;
  /** `work` answers what to say. */
  run(work: () => Promise<string>): void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ text: '', failed: false });
  return {
    busy,
    said: said.text,
    failed: said.failed,
    run: (work) => {
      setBusy(true);
      setSaid({ text: '', failed: false });
      work()
        .then(
          (text) => setSaid({ text, failed: false }),
          (error: unknown) => setSaid({ text: failureText(error), failed: true }),
        )
        .finally(() => setBusy(false));
    },
  };
}
