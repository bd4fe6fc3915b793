import { useEffect, useRef, useState } from 'preact/hooks';
import type { IncidentDetail } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { failureText } from '../i18n/index.ts';

/** A burst of feed messages asks for the page once. */
const refreshMs = 400;

/** Loads the incident, and again whenever the feed says it changed. */
export function useDetail(id: string): { readonly detail: IncidentDetail | null; readonly failed: string } {
  const board = useBoard();
  const [detail, setDetail] = useState<IncidentDetail | null>(null);
  const [failed, setFailed] = useState('');
  const held = board.state.incidents.value.get(id);
  const mark = held === undefined ? '' : `${held.version}·${held.events}·${held.alerts}`;
  const loadedFor = useRef('');
  useEffect(() => {
    let wanted = true;
    const fresh = loadedFor.current !== id;
    if (fresh) setDetail(null);
    const timer = setTimeout(
      () => {
        board.api.incident(id).then(
          (came) => {
            if (!wanted) return;
            loadedFor.current = id;
            setDetail(came);
            setFailed('');
            board.state.put(came.card);
          },
          (error: unknown) => {
            if (wanted) setFailed(failureText(error));
          },
        );
      },
      fresh ? 0 : refreshMs,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [board, id, mark]);
  return { detail, failed };
}
