import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { toSecurityEvent } from '../../src/ingest/rows.ts';
import { utcDay } from '../../src/model/event-time.ts';
import { createLog } from '../../src/observe/log.ts';
import { unknownSource } from '../../src/register/index.ts';
import { eventColumns, eventRows } from '../../src/store/event-columns.ts';
import { openStore } from '../../src/store/index.ts';
import { startEmbedded } from '../harness/clickhouse.ts';
import { readLine } from '../harness/read-line.ts';
import { cpuMsOf } from './process-usage.ts';

/** What inserting alone costs: the least a platform with this table can do. */
export interface DirectFigures {
  readonly wallMs: number;
  readonly clickhouseCpuMs: number;
}

const warmUpRows = 5_000;

/**
 * Rows made beforehand, put into the platform's own events table in an embedded ClickHouse of its own by nothing but
 * @clickhouse/client. `inserters` inserts are under way at a time.
 */
export async function insertDirectly(
  lines: readonly string[],
  o: { readonly events: number; readonly rowsPerInsert: number; readonly inserters: number },
): Promise<DirectFigures> {
  const clickhouse = await startEmbedded();
  try {
    const store = await openStore({ backing: clickhouse, replicated: false, log: createLog('error'), clock: Date.now });
    await store.close();
    const client = createClient({ ...credentials(clickhouse), max_open_connections: o.inserters });
    const insert = async (body: Buffer): Promise<void> => {
      const query = `INSERT INTO events (${eventColumns.map((c) => `\`${c}\``).join(', ')}) FORMAT JSONCompactEachRow`;
      const answer = await client.exec({ query, values: Readable.from([body], { objectMode: false }) });
      answer.stream.resume();
    };
    for (const body of bodiesOf(lines, warmUpRows, 'warm', o.rowsPerInsert)) await insert(body);

    const bodies = bodiesOf(lines, o.events, 'direct', o.rowsPerInsert);
    const cpuBefore = cpuMsOf(clickhouse.pid ?? 0);
    const begin = performance.now();
    const inserter = async (): Promise<void> => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await insert(body);
    };
    await Promise.all(Array.from({ length: o.inserters }, inserter));
    const figures = { wallMs: performance.now() - begin, clickhouseCpuMs: cpuMsOf(clickhouse.pid ?? 0) - cpuBefore };
    await client.close();
    return figures;
  } finally {
    await clickhouse.close();
  }
}

function credentials({ url, username, password, database }: Awaited<ReturnType<typeof startEmbedded>>) {
  return { url, username, password, database };
}

/** Insert bodies of rows as the platform's writer makes them. */
function bodiesOf(lines: readonly string[], rows: number, name: string, rowsPerInsert: number): Buffer[] {
  const receivedTimeMs = Date.now();
  const day = utcDay(receivedTimeMs);
  const submission = { source: unknownSource, receivedTimeMs, lines: [], key: '', transport: 'http', peer: '' };
  const nowhere = () => ({ org: '', system: '', level: 0 });
  const bodies: Buffer[] = [];
  for (let from = 0; from < rows; from += rowsPerInsert) {
    const batch = `${name}${bodies.length}`;
    const textOf = eventRows({ day, committedTimeMs: receivedTimeMs, retention: {} });
    const texts = Array.from({ length: Math.min(rowsPerInsert, rows - from) }, (_, i) => {
      const line = { text: lines[(from + i) % lines.length] ?? '', line: i + 1 };
      return textOf(toSecurityEvent(line, submission, batch, i, readLine, nowhere));
    });
    bodies.push(Buffer.from(texts.join('\n')));
  }
  return bodies;
}
