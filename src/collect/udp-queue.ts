import type { RawLine } from '../model/source.ts';
import { costOf } from './line-cost.ts';
import type { UdpLimits } from './udp-limits.ts';

/** Takes the first lines off a queue, as many as go together. */
export function takeLines(
  queue: RawLine[],
  limits: Pick<UdpLimits, 'submitLinesMax' | 'submitBytesMax'>,
): { readonly lines: RawLine[]; readonly bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const line of queue) {
    if (count >= limits.submitLinesMax || (count > 0 && bytes >= limits.submitBytesMax)) break;
    count += 1;
    bytes += costOf(line);
  }
  return { lines: queue.splice(0, count), bytes };
}
