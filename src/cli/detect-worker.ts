import { parentPort } from 'node:worker_threads';
import { imageStoreOf } from '../detect/packed-images.ts';
import { unpackEngineRules } from '../detect/rule-pack.ts';
import { createLineReader } from '../ingest/read-line.ts';
import { compileRules } from '../sigma/index.ts';
import type { BatchReply, DetectWorkerData, LineBatch, LineTrouble } from './detect-batch.ts';
import { sharedImagesBehind } from './detect-images.ts';
import { createLineMatcher, type LineMatcher } from './detect-lines.ts';
import { cutLines } from './read-lines.ts';

/** A worker thread of `vonggac detect`: batches of lines in, what they met out. */
function work(data: DetectWorkerData): void {
  const set = compileRules(unpackEngineRules(data.rules), {
    unknownDimension: data.unknownDimension,
    images: imageStoreOf(sharedImagesBehind(data.images)),
  });
  const matcher = createLineMatcher({ set, reader: createLineReader(data.mappings), routing: data.routing });
  parentPort?.on('message', (batch: LineBatch) => {
    const reply = answer(matcher, batch, data);
    parentPort?.postMessage(reply, [reply.hits.buffer as ArrayBuffer]);
  });
  parentPort?.postMessage('ready');
}

function answer(matcher: LineMatcher, batch: LineBatch, data: DetectWorkerData): BatchReply {
  const { isFirst, to } = batch;
  const { lineBytes: maxBytes, messages } = data;
  const hits: number[] = [];
  const told: [number, LineTrouble][] = [];
  let toldCount = 0;
  let events = 0;
  const tell = (line: number, trouble: LineTrouble) => {
    if (toldCount++ < messages) told.push([line, trouble]);
  };
  const block = { isFirst, maxBytes, number: 0 };
  const lines = cutLines(Buffer.from(batch.bytes), to, block, {
    line(bytes, from, end, number) {
      const met = matcher.match(bytes, from, end);
      if (met === null) return;
      events++;
      for (let i = 0; i < met.length; i++) hits.push(number, from, end, met[i] ?? 0);
      const { reason } = matcher;
      if (reason !== '') tell(number, { kind: 'raw', reason });
    },
    tooLong: (number) => tell(number, { kind: 'too-long' }),
  });
  return { lines, events, hits: Int32Array.from(hits), told, toldCount };
}

parentPort?.once('message', work);
