import { openThread } from '../detect/open-thread.ts';
import type { IndicatorLimits } from '../indicators/limits.ts';
import { type DocumentFormat, readDocument } from '../indicators/read-document.ts';
import { DocumentRefused, type Reading } from '../indicators/reading.ts';

export interface ReadingTask {
  readonly bytes: Uint8Array;
  readonly format: DocumentFormat;
  readonly limits: IndicatorLimits;
}

type Pieces = 'indicators' | 'revoked';

/** What the thread says: what came of the document, and then, as often as it is asked, a piece of its indicators. */
export type ReadingReply =
  | { readonly kind: 'refused'; readonly message: string; readonly messageVi: string }
  | ({ readonly kind: 'read' } & Omit<Reading, Pieces>)
  | ({ readonly kind: 'piece'; readonly more: boolean } & Pick<Reading, Pieces>);

/** Smaller documents are read at once: some 10 ms, and a thread takes longer to start. */
const atOnceBytes = 64 * 1024;

/** JavaScript memory of the thread: the largest STIX bundle that is taken needs a third of it. */
const threadHeapMib = 1024;

/**
 * Reads documents of indicators, the large ones in a thread, one after another: two of the largest at once would not
 * find the memory. The answer rejects with DocumentRefused.
 */
export function createDocumentReader(
  limits: IndicatorLimits,
): (bytes: Uint8Array, format: DocumentFormat) => Promise<Reading> {
  let last: Promise<unknown> = Promise.resolve();
  return async (bytes, format) => {
    // One that is too large is refused before it is copied.
    if (bytes.length <= atOnceBytes || bytes.length > limits.uploadBytesMax) return readDocument(bytes, format, limits);
    const reading = last.then(() => readInThread({ bytes, format, limits }));
    last = reading.catch(() => undefined);
    return reading;
  };
}

function readInThread(task: ReadingTask): Promise<Reading> {
  const indicators: Reading['indicators'][number][] = [];
  const revoked: Reading['revoked'][number][] = [];
  let rest: Omit<Reading, Pieces> | null = null;
  const thread = openThread(import.meta.url, 'indicator-thread', {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: threadHeapMib },
  });
  return new Promise<Reading>((resolve, reject) => {
    // Its turn of the event loop for each piece: two in one turn would hold it twice as long.
    const ask = () => setImmediate(() => thread.postMessage('next'));
    thread.on('message', (reply: ReadingReply) => {
      if (reply.kind === 'refused') reject(new DocumentRefused(reply.message, reply.messageVi));
      else if (reply.kind === 'read') {
        const { kind: _, ...read } = reply;
        rest = read;
        ask();
      } else {
        indicators.push(...reply.indicators);
        revoked.push(...reply.revoked);
        if (reply.more) ask();
        else if (rest !== null) resolve({ ...rest, indicators, revoked });
      }
    });
    thread.once('error', (error) => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(
        isMemory ? new DocumentRefused('too much memory is needed to read it', 'cần quá nhiều bộ nhớ để đọc') : error,
      );
    });
    thread.once('exit', (code) => reject(new Error(`the thread that reads indicators stopped: exit code ${code}`)));
  }).finally(() => thread.terminate());
}
