import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Engine } from './engine.ts';
import { failure, failureOf, type QueryFailure } from './failure.ts';
import type { EmbeddedClickHouseLimits } from './protocol.ts';
import { type QueryRequest, readRequest } from './request.ts';
import type { Spool } from './spool.ts';

const gzipText = promisify(gzip);

/** The subset of the ClickHouse HTTP interface that `@clickhouse/client` speaks, in front of the embedded engine. */
export function createHttpFront(o: {
  engine: Engine;
  spool: Spool;
  username: string;
  password: string;
  database: string;
  limits: EmbeddedClickHouseLimits;
  /** Told of every request that a bound of ours turned away. */
  refused(message: string): void;
}): Server {
  // Parameters travel in the URL: the same bound as the server's http_max_uri_size.
  const server = createServer({ maxHeaderSize: 1024 * 1024, keepAliveTimeout: 30_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const failed = failureOf(error);
      if (failed.ownBound) o.refused(failed.message);
      sendFailure(request, response, failed);
    });
  });
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/ping' || path === '/replicas_status') {
      send(response, 200, 'Ok.\n');
      return;
    }
    if (path !== '/') {
      send(response, 404, `There is no handle ${path}\n`);
      return;
    }
    authenticate(request, o.username, o.password);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    let query: QueryRequest | null = null;
    try {
      query = await readRequest(request, o.spool, o.limits.sqlBytesMax);
      response.setHeader('X-ClickHouse-Query-Id', query.queryId || randomUUID());
      await run(query, response, gone.signal);
    } finally {
      await query?.spooled?.remove();
    }
  }

  async function run(query: QueryRequest, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { bytes, rowsRead, bytesRead, elapsedSeconds } = await o.engine.run({
      ...query,
      database: query.database ?? o.database,
      signal,
    });
    const written = query.spooled !== null;
    const summary = {
      read_rows: String(rowsRead),
      read_bytes: String(bytesRead),
      written_rows: String(written ? rowsRead : 0),
      written_bytes: String(written ? bytesRead : 0),
      result_bytes: String(bytes.length),
      elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
    };
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    if (!query.gzipAnswer) {
      send(response, 200, bytes);
      return;
    }
    response.setHeader('Content-Encoding', 'gzip');
    send(response, 200, await gzipText(bytes, { level: 1 }));
  }
}

function authenticate(request: IncomingMessage, username: string, password: string): void {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const given =
    basic !== undefined
      ? Buffer.from(basic, 'base64').toString('utf8')
      : `${request.headers['x-clickhouse-user'] ?? ''}:${request.headers['x-clickhouse-key'] ?? ''}`;
  if (timingSafeEqual(digest(given), digest(`${username}:${password}`))) return;
  const user = given.split(':', 1)[0]?.replace(/[^\w.-]/g, '?') ?? '';
  throw failure('unauthenticated', `${user}: Authentication failed: password is incorrect, or there is no such user`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function send(response: ServerResponse, status: number, body: string | Uint8Array): void {
  response.statusCode = status;
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

function sendFailure(request: IncomingMessage, response: ServerResponse, failed: QueryFailure): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('X-ClickHouse-Exception-Code', String(failed.code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  // What is left of a refused body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('Connection', 'close');
  send(response, failed.status, `${failed.message}\n`);
}
