import { Readable } from 'node:stream';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { toSecurityEvent } from '../../src/ingest/rows.ts';
import { utcDay } from '../../src/model/event-time.ts';
import { createLog } from '../../src/observe/log.ts';
import { unknownSource } from '../../src/register/index.ts';
import { eventBlock } from '../../src/store/event-block.ts';
import { openStore } from '../../src/store/index.ts';
import type { NativeBlock } from '../../src/store/native/block.ts';
import { startEmbedded } from '../harness/clickhouse.ts';
import { readLine } from '../harness/read-line.ts';
import { cpuMsOf } from './process-usage.ts';

/** What inserting alone costs: the least a platform with this table can do. */
export interface DirectFigures {
  readonly wallMs: number;
  readonly clickhouseCpuMs: number;
  /** On disk after all merges, indexes included. */
  readonly storedBytes: number;
  readonly storedRows: number;
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
    const insert = async (body: NativeBlock): Promise<void> => {
      const query = `INSERT INTO events (${body.columns.map((c) => `\`${c}\``).join(', ')}) FORMAT Native`;
      const answer = await client.exec({ query, values: Readable.from(body.parts, { objectMode: false }) });
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
    const stored = await storedIn(client);
    await client.close();
    return { ...figures, ...stored };
  } finally {
    await clickhouse.close();
  }
}

async function storedIn(client: ClickHouseClient): Promise<Pick<DirectFigures, 'storedBytes' | 'storedRows'>> {
  await client.command({ query: 'OPTIMIZE TABLE events FINAL' });
  const answer = await client.query({
    query: "SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS n FROM system.parts WHERE active AND table = 'events'",
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ bytes: string; n: string }>();
  return { storedBytes: Number(row?.bytes), storedRows: Number(row?.n) };
}

function credentials({ url, username, password, database }: Awaited<ReturnType<typeof startEmbedded>>) {
  return { url, username, password, database };
}

/** Insert bodies of rows as the platform's writer makes them. */
function bodiesOf(lines: readonly string[], rows: number, name: string, rowsPerInsert: number): NativeBlock[] {
  const receivedTimeMs = Date.now();
  const day = utcDay(receivedTimeMs);
  const submission = { source: unknownSource, receivedTimeMs, lines: [], key: '', transport: 'http', peer: '' };
  const nowhere = () => ({ org: '', system: '', level: 0 });
  const bodies: NativeBlock[] = [];
  for (let from = 0; from < rows; from += rowsPerInsert) {
    const batch = `${name}${bodies.length}`;
    const events = Array.from({ length: Math.min(rowsPerInsert, rows - from) }, (_, i) => {
      const line = { text: lines[(from + i) % lines.length] ?? '', line: i + 1 };
      return toSecurityEvent(line, submission, batch, i, readLine, nowhere, null);
    });
    bodies.push(eventBlock(events, { day, committedTimeMs: receivedTimeMs, retention: {} }));
  }
  return bodies;
}
