import { utcDay } from '../../model/event-time.ts';
import type { RawLine, Submission } from '../../model/source.ts';
import type { Frame } from './frame.ts';

/**
 * The frames of a segment as keyed submissions, in order within a source. They depend on the segment alone: after a kill
 * the same segment gives the same keys, and what was stored already is answered from the ledger.
 */
export function replayBatches(
  segmentId: string,
  frames: readonly Frame[],
  linesMax: number,
): ReadonlyMap<string, readonly Submission[]> {
  const bySource = new Map<string, Submission[]>();
  const openBatches = new Map<string, { readonly like: string; readonly lines: RawLine[] }>();
  for (const { index, handover } of frames) {
    const { source, receivedTimeMs, transport, peer } = handover;
    // Rows of one batch are of one day; and the register may say something else of a source from one frame to the next.
    const like = JSON.stringify([utcDay(receivedTimeMs), transport, source]);
    let batch = openBatches.get(source.id);
    if (batch === undefined || batch.like !== like || batch.lines.length + handover.lines.length > linesMax) {
      batch = { like, lines: [] };
      openBatches.set(source.id, batch);
      const key = `datagrams ${segmentId} ${index}`;
      const submission = { source, receivedTimeMs, transport, peer, key, lines: batch.lines };
      const others = bySource.get(source.id);
      if (others === undefined) bySource.set(source.id, [submission]);
      else others.push(submission);
    }
    for (const line of handover.lines) batch.lines.push({ ...line, arrival: { receivedTimeMs, peer } });
  }
  return bySource;
}
