import { parentPort } from 'node:worker_threads';
import { imageStoreOf } from '../detect/packed-images.ts';
import { unpackEngineRules } from '../detect/rule-pack.ts';
import { createLineReader } from '../ingest/read-line.ts';
import { compileRules } from '../sigma/matching.ts';
import type { BatchReply, DetectWorkerData, LineBatch, LineTrouble } from './detect-batch.ts';
import { HitLines, hitHead } from './detect-hits.ts';
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
  const written = new HitLines(data.format);
  parentPort?.on('message', (batch: LineBatch) => {
    const reply = answer(matcher, written, batch, data);
    parentPort?.postMessage(reply, [reply.text.buffer as ArrayBuffer, reply.hits.buffer as ArrayBuffer]);
  });
  parentPort?.postMessage('ready');
}

/** Bytes of hits that are written down for one batch; usual lines come nowhere near. */
const textBytesMax = 4 * 2 ** 20;

function answer(matcher: LineMatcher, written: HitLines, batch: LineBatch, data: DetectWorkerData): BatchReply {
  const { isFirst, to, line: firstLine } = batch;
  const { lineBytes: maxBytes, messages, wanted } = data;
  const head = hitHead(batch.file);
  const hitsBefore = written.hits;
  const hits: number[] = [];
  const told: [number, LineTrouble][] = [];
  let numbersFrom = Number.POSITIVE_INFINITY;
  let toldCount = 0;
  let events = 0;
  const tell = (line: number, trouble: LineTrouble) => {
    if (toldCount++ < messages) told.push([line, trouble]);
  };
  cutLines(
    Buffer.from(batch.bytes),
    to,
    { isFirst, maxBytes, number: firstLine },
    {
      line(bytes, from, end, number) {
        const met = matcher.match(bytes, from, end);
        if (met === null) return;
        events++;
        const { reason } = matcher;
        if (reason !== '') tell(number, { kind: 'raw', reason });
        if (met.length === 0) return;
        if (written.length > textBytesMax) numbersFrom = Math.min(numbersFrom, number);
        else written.add(head, number, met);
        if (number < numbersFrom && !met.some((rule) => wanted[rule] === 1)) return;
        for (const rule of met) hits.push(number, from, end, written.length, written.hits - hitsBefore, rule);
      },
      tooLong: (number) => tell(number, { kind: 'too-long' }),
    },
  );
  return {
    events,
    text: written.take().slice(),
    textHits: written.hits - hitsBefore,
    numbersFrom,
    hits: Int32Array.from(hits),
    told,
    toldCount,
  };
}

parentPort?.once('message', work);
