import { imageStoreOf } from '../../src/detect/packed-images.ts';
import { unpackEngineRules } from '../../src/detect/rule-pack.ts';
import { answerTask } from '../../src/detect/thread-task.ts';
import type { EventFields, RuleEvent } from '../../src/sigma/index.ts';
import { compileRules } from '../../src/sigma/matching.ts';
import { bestOf, type Speed, sumOf, sumOfLines } from './best-of.ts';
import { type Lane, laneLines } from './corpora.ts';

/** One way through the engine over one lane. */
export interface LaneTask {
  readonly rules: Uint8Array;
  readonly images: ReadonlyMap<string, Uint8Array>;
  readonly lane: Lane;
  readonly path: 'objects' | 'bytes';
  readonly routing: boolean;
  readonly repeats: number;
}

/** A line of a lane taken as it is: flat, its logsource among its fields. */
function asEvent(line: string): RuleEvent {
  const fields = JSON.parse(line) as EventFields;
  const { product, category, service } = fields;
  return {
    fields,
    logsource: {
      product: typeof product === 'string' ? product : null,
      categories: typeof category === 'string' ? [category] : [],
      services: typeof service === 'string' ? [service] : [],
    },
  };
}

/** A thread begins as a process does: what V8 made of other lanes and of the other way is not in it. */
await answerTask<LaneTask, Speed>(async ({ rules, images, lane, path, routing, repeats }) => {
  const set = compileRules(unpackEngineRules(rules), {
    images: imageStoreOf({ get: (key) => images.get(key) ?? null, put: () => {} }),
  });
  const lines = laneLines(lane);
  if (path === 'objects')
    return bestOf(repeats, lines.length, () => sumOf(lines, (line) => set.match(asEvent(line), { routing }).length));
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const one = (from: number, to: number): number => set.matchLine(text, from, to, { routing })?.length ?? Number.NaN;
  return bestOf(repeats, lines.length, () => sumOfLines(text, one));
});
