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
  parentPort?.on('message', (batch: LineBatch) => {
    const reply = answer(matcher, batch, data);
    parentPort?.postMessage(reply, [reply.hits.buffer as ArrayBuffer]);
  });
  parentPort?.postMessage('ready');
}

/** Characters of hits that are written down for one batch; usual lines come nowhere near. */
const textCharsMax = 4 * 2 ** 20;

function answer(matcher: LineMatcher, batch: LineBatch, data: DetectWorkerData): BatchReply {
  const { isFirst, to, line: firstLine } = batch;
  const { lineBytes: maxBytes, messages, wanted } = data;
  const head = hitHead(batch.file);
  const lines = new HitLines(data.format);
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
        if (lines.chars > textCharsMax) numbersFrom = Math.min(numbersFrom, number);
        else lines.add(head, number, met);
        if (number < numbersFrom && !met.some((rule) => wanted[rule] === 1)) return;
        // Every hit but the first has the end of the one before it in front of it.
        const textEnd = lines.chars + Math.max(0, lines.hits - 1);
        for (const rule of met) hits.push(number, from, end, textEnd, lines.hits, rule);
      },
      tooLong: (number) => tell(number, { kind: 'too-long' }),
    },
  );
  return {
    events,
    text: lines.take(),
    textHits: lines.hits,
    numbersFrom,
    hits: Int32Array.from(hits),
    told,
    toldCount,
  };
}

parentPort?.once('message', work);
