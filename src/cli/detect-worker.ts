import { parentPort } from 'node:worker_threads';
import { imageStoreOf } from '../detect/packed-images.ts';
import { unpackEngineRules } from '../detect/rule-pack.ts';
import { createLineReader } from '../ingest/read-line.ts';
import { compileRules } from '../sigma/matching.ts';
import { createBatchAnswers, type DetectWorkerData, type LineBatch } from './detect-batch.ts';
import { sharedImagesBehind } from './detect-images.ts';
import { createLineMatcher } from './detect-lines.ts';

/** A worker thread of `vonggac detect`: batches of lines in, what they met out. */
function work(data: DetectWorkerData): void {
  const set = compileRules(unpackEngineRules(data.rules), {
    unknownDimension: data.unknownDimension,
    images: imageStoreOf(sharedImagesBehind(data.images)),
  });
  const matcher = createLineMatcher({ set, reader: createLineReader(data.mappings), routing: data.routing });
  const answer = createBatchAnswers(matcher, data);
  parentPort?.on('message', (batch: LineBatch) => {
    const reply = answer(batch);
    parentPort?.postMessage(reply, [reply.text.buffer as ArrayBuffer, reply.hits.buffer as ArrayBuffer]);
  });
  parentPort?.postMessage('ready');
}

parentPort?.once('message', work);
