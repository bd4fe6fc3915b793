import { parentPort, workerData } from 'node:worker_threads';
import { unpackRules } from '../detect/rule-cache-pack.ts';
import { createLineReader } from '../ingest/read-line.ts';
import { compileRules } from '../sigma/index.ts';
import type { BatchReply, DetectWorkerData, LineBatch } from './detect-batch.ts';
import { createLineMatcher, type LineMatcher } from './detect-lines.ts';

/** A worker thread of `vonggac detect`: batches of lines in, what they met out. */
function start({ rules, mappings, unknownDimension, routing, messages }: DetectWorkerData): void {
  const files = unpackRules(Buffer.from(rules));
  const set = compileRules(
    files.flatMap(([, parsed]) => parsed.rules),
    { unknownDimension },
  );
  const matcher = createLineMatcher({ set, reader: createLineReader(mappings), routing });
  parentPort?.on('message', (batch: LineBatch) => parentPort?.postMessage(answer(matcher, batch, messages)));
}

function answer(matcher: LineMatcher, { bytes, ends }: LineBatch, messages: number): BatchReply {
  // A copy of our own: decoders do not take shared memory everywhere.
  const lines = Buffer.from(new Uint8Array(bytes).slice().buffer);
  const hits: number[] = [];
  const raw: [number, string][] = [];
  let events = 0;
  let rawCount = 0;
  let from = 0;
  for (const [line, to] of ends.entries()) {
    const met = matcher.match(lines, from, to);
    from = to;
    if (met === null) continue;
    events++;
    for (const rule of met) hits.push(line, rule);
    if (matcher.reason === '') continue;
    if (rawCount++ < messages) raw.push([line, matcher.reason]);
  }
  return { events, hits: Int32Array.from(hits), raw, rawCount };
}

start(workerData as DetectWorkerData);
