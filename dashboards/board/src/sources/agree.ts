/** Changing something that was agreed with a source: one at a time, and what was refused is said. */
import { useState } from 'preact/hooks';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import type { SourceAgreement } from '../api-client.ts';
import { useBoard } from '../board.ts';
import { failureText, t } from '../i18n/index.ts';

export interface Agreeing {
  readonly busy: boolean;
  readonly said: string;
  readonly failed: boolean;
  say(text: string, failed?: boolean): void;
  put(agreement: SourceAgreement): Promise<void>;
}

export function useAgree(source: SourceWatchView, changed: (view: SourceWatchView) => void): Agreeing {
  const { api } = useBoard();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ text: '', failed: false });
  const say = (text: string, failed = false): void => setSaid({ text, failed });
  return {
    busy,
    said: said.text,
    failed: said.failed,
    say,
    put: async (agreement) => {
      setBusy(true);
      try {
        changed(await api.agree(source.id, source.version, agreement));
        say(t('src.saved'));
      } catch (error) {
        say(failureText(error), true);
      } finally {
        setBusy(false);
      }
    },
  };
}
