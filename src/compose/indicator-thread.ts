import { parentPort, workerData } from 'node:worker_threads';
import { readDocument } from '../indicators/read-document.ts';
import { DocumentRefused, type Reading } from '../indicators/reading.ts';
import type { ReadingReply, ReadingTask } from './indicator-reading.ts';

/** A thread that reads one document, so that the event loop goes on meanwhile; it answers by pieces, as they are asked for. */
const piece = 2_000;

function tell(reply: ReadingReply): void {
  parentPort?.postMessage(reply);
}

function tellPieces({ indicators, revoked, ...rest }: Reading): void {
  let from = 0;
  parentPort?.on('message', () => {
    const to = from + piece;
    const more = to < Math.max(indicators.length, revoked.length);
    tell({ kind: 'piece', indicators: indicators.slice(from, to), revoked: revoked.slice(from, to), more });
    from = to;
  });
  tell({ kind: 'read', ...rest });
}

const { bytes, format, limits } = workerData as ReadingTask;
try {
  tellPieces(readDocument(bytes, format, limits));
} catch (error) {
  if (!(error instanceof DocumentRefused)) throw error;
  tell({ kind: 'refused', message: error.message, messageVi: error.messageVi });
}
