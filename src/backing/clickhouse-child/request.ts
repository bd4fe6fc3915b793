import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { failure } from './failure.ts';
import { handedOverHeader } from './protocol.ts';
import type { Spool, SpoolFile } from './spool.ts';
import { quoted, shapeOf } from './sql-text.ts';

/** One HTTP request, understood: what to run, and with what around it. */
export interface QueryRequest {
  sql: string;
  format: string;
  queryId: string;
  database: string | null;
  params: Map<string, string>;
  settings: Map<string, string>;
  writes: boolean;
  leavesTraces: boolean;
  gzipAnswer: boolean;
  /** The body of an insert, to be removed when the statement has run. */
  spooled: SpoolFile | null;
}

// They steer the HTTP interface of a real server. Answers here are always complete before they are sent, which is
// what wait_end_of_query asks for; progress headers and buffer sizes have nothing to act on.
const httpSettings = new Set([
  'wait_end_of_query',
  'buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_zlib_compression_level',
  'http_write_exception_in_output_format',
  'cancel_http_readonly_queries_on_client_close',
  'add_http_cors_header',
]);

// Refused by name rather than ignored: a caller who sends them relies on something that would not happen.
const refused: ReadonlyMap<string, string> = new Map([
  ['session_id', 'sessions are not kept between requests'],
  ['session_timeout', 'sessions are not kept between requests'],
  ['role', 'the embedded engine has no roles'],
  ['profile', 'the embedded engine has no settings profiles'],
  ['compress', 'the native block compression of HTTP bodies is not spoken, use gzip'],
  ['decompress', 'the native block compression of HTTP bodies is not spoken, use gzip'],
  ['readonly', 'readonly cannot be taken back from a session of the embedded engine'],
  ['log_comment', 'log_comment marks the session for KILL QUERY'],
]);

const readVerbs = /^(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN|\()/;
const tracelessVerbs =
  /^(?:SELECT|WITH|INSERT|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN|DROP|ALTER|OPTIMIZE|DELETE|UPDATE|TRUNCATE|RENAME|EXCHANGE|SYSTEM|KILL|CHECK|ATTACH|DETACH|\(|CREATE (?!TEMPORARY))/;

/**
 * Reads a request of the ClickHouse HTTP interface: SQL in `?query=`, in the body, or split over both; parameters in
 * the URL or in a multipart body. Throws QueryFailure for what is not spoken here.
 */
export async function readRequest(request: IncomingMessage, spool: Spool, sqlBytesMax: number): Promise<QueryRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const found: QueryRequest = {
    sql: '',
    format: 'TabSeparated',
    queryId: '',
    database: null,
    params: new Map(),
    settings: new Map(),
    writes: false,
    leavesTraces: false,
    gzipAnswer: false,
    spooled: null,
  };
  let wantsCompression = false;
  let head = '';
  for (const [name, value] of url.searchParams) {
    if (name === 'query') head = value;
    else if (name === 'query_id') found.queryId = value;
    else if (name === 'database') found.database = value;
    else if (name === 'default_format') found.format = formatName(value);
    else if (name === 'enable_http_compression') wantsCompression = value === '1';
    else if (name.startsWith('param_')) found.params.set(paramName(name), value);
    else if (refused.has(name)) throw failure('notImplemented', `${name} is not supported: ${refused.get(name)}`);
    else if (!httpSettings.has(name)) found.settings.set(settingName(name), value);
  }
  found.gzipAnswer = wantsCompression && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));

  const insert = shapeOf(head).insert;
  if (insert && insert.dataAt >= head.trimEnd().length && request.method === 'POST') {
    const gzip = encodingOf(request) === 'gzip';
    const handedOver = request.headers[handedOverHeader];
    if (typeof handedOver === 'string') {
      request.resume();
      found.spooled = await spool.adopt(handedOver);
    } else found.spooled = await spool.take(request, gzip ? '.gz' : '');
    const source = `FROM INFILE ${quoted(found.spooled.path)}${gzip ? " COMPRESSION 'gzip'" : ''} `;
    const clauses = head.slice(insert.sourceAt, insert.formatAt);
    found.writes = true;
    found.sql = `${head.slice(0, insert.sourceAt)}${source}${clauses}FORMAT ${insert.format}`;
    return found;
  }

  const body = request.method === 'POST' ? await readText(request, sqlBytesMax) : Buffer.alloc(0);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of form) {
      if (typeof value !== 'string') throw failure('notImplemented', 'External data files are not supported');
      if (name === 'query') head = value;
      else if (name.startsWith('param_')) found.params.set(paramName(name), value);
      else throw failure('notImplemented', `Form field ${name} is not supported`);
    }
    found.sql = head;
  } else {
    const text = body.toString('utf8');
    found.sql = head === '' ? text : text === '' ? head : `${head}\n${text}`;
  }
  const shape = shapeOf(found.sql);
  if (shape.verb === '') throw failure('syntax', 'Syntax error: Empty query');
  if (shape.several) throw failure('syntax', 'Syntax error (Multi-statements are not allowed)');
  if (request.method !== 'POST' && !readVerbs.test(shape.verb)) {
    throw failure('readonly', 'Cannot execute this statement in readonly mode: use POST for statements that change');
  }
  found.writes = shape.verb.startsWith('INSERT');
  found.leavesTraces = !tracelessVerbs.test(shape.verb);
  return found;
}

function paramName(name: string): string {
  const bare = name.slice('param_'.length);
  if (!/^\w+$/.test(bare)) throw failure('syntax', `Parameter name ${JSON.stringify(bare)} is not an identifier`);
  return bare;
}

function settingName(name: string): string {
  if (!/^\w+$/.test(name)) throw failure('unknownSetting', `Unknown setting ${JSON.stringify(name)}`);
  return name;
}

function formatName(name: string): string {
  if (!/^\w+$/.test(name)) throw failure('syntax', `Unknown format ${JSON.stringify(name)}`);
  return name;
}

function encodingOf(request: IncomingMessage): 'identity' | 'gzip' {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw failure('notImplemented', `Content-Encoding ${encoding} is not supported, use gzip`);
  }
  return encoding;
}

async function readText(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const body: Readable = encodingOf(request) === 'gzip' ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw failure('tooManyBytes', `SQL text exceeds sqlBytesMax (${bytesMax})`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
