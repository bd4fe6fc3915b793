import type { IndicatorListView } from '../contract/indicators.ts';
import { AnswerRefused, askIndicators, type IndicatorPlatform } from './indicators-api.ts';
import { printable } from './printable.ts';

/** `vonggac indicators list`: one line a list, those in force first. Exit code: 0, 1 when the platform does not tell. */
export async function listIndicatorLists(
  o: IndicatorPlatform & { out(line: string): void; err(line: string): void },
): Promise<number> {
  try {
    const { items } = await askIndicators<{ items: readonly IndicatorListView[] }>(o, 'GET', '');
    const lists = items.toSorted((a, b) => Number(a.retired) - Number(b.retired) || a.id.localeCompare(b.id));
    for (const list of lists) o.out(printable(lineOf(list)));
    return 0;
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    o.err(`vonggac: ${printable(error.message)}`);
    return 1;
  }
}

function lineOf({ id, name, count, hits24h, changedMs, retired, feed, poll }: IndicatorListView): string {
  const polled = poll === null ? 'not polled yet' : poll.ok ? 'polled' : `poll failed: ${poll.failure}`;
  return [
    id,
    `${count} indicators`,
    `${hits24h} hits in 24 h`,
    `changed ${new Date(changedMs).toISOString()}`,
    ...(retired ? ['retired'] : feed === null ? [] : [polled]),
    name,
  ].join('  ');
}
