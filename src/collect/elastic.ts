import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Receipt } from '../model/source.ts';
import { type Bulk, type BulkItem, readBulk } from './elastic-bulk.ts';
import { readLines } from './http-body.ts';
import { discard } from './http-discard.ts';
import { createHttpDoor, type HttpCollectorOptions, header } from './http-door.ts';
import type { HttpProblemCode } from './http-problem.ts';

/** What clients ask for the version of; some look for the tagline, which tells Elasticsearch's API from a web server's. */
const version = '8.17.0';
const about = {
  name: 'vonggac',
  cluster_name: 'vonggac',
  cluster_uuid: 'vonggac-takes-logs-only',
  version: {
    number: version,
    build_flavor: 'default',
    build_type: 'vonggac',
    build_hash: 'none',
    build_date: '2024-12-11T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: '9.12.0',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'You Know, for Search',
};
const license = { license: { status: 'active', uid: 'vonggac', type: 'basic', mode: 'basic', issued_to: 'vonggac' } };

const errorTypes: Partial<Readonly<Record<HttpProblemCode, string>>> = {
  unauthorized: 'security_exception',
  busy: 'es_rejected_execution_exception',
  'store-away': 'unavailable_shards_exception',
  'outcome-unknown': 'process_cluster_event_timeout_exception',
  'body-too-large': 'content_too_long_exception',
  'too-many-lines': 'content_too_long_exception',
  internal: 'exception',
};

function errorBody(status: number, type: string, reason: string): object {
  return { error: { root_cause: [{ type, reason }], type, reason }, status };
}

/** The part of the answer about one document. */
function itemAnswer(item: BulkItem, reason: string): object {
  const { index: _index, id: _id } = item;
  const named = { _index, _id };
  if (reason === '') {
    const shards = { total: 1, successful: 1, failed: 0 };
    return { [item.action]: { ...named, _version: 1, result: 'created', _shards: shards, status: 201 } };
  }
  const type = item.refusal === '' ? 'document_parsing_exception' : 'illegal_argument_exception';
  return { [item.action]: { ...named, status: 400, error: { type, reason } } };
}

function bulkAnswer(bulk: Bulk, receipt: Receipt, tookMs: number): object {
  const rejected = new Map(receipt.rejected.map(({ line, reason }) => [line, reason]));
  const reasons = bulk.items.map((item) => item.refusal || (rejected.get(item.line) ?? ''));
  const items = bulk.items.map((item, i) => itemAnswer(item, reasons[i] ?? ''));
  return { took: tookMs, errors: reasons.some((reason) => reason !== ''), items };
}

/**
 * rsyslog's omelasticsearch, the only client that does not name itself, takes any answer without `items` for the end of its
 * messages, and sends them again only when the connection fails; so it is cut off where others are told to come again.
 */
function mustBeCut(status: number, request: FastifyRequest): boolean {
  return (status === 429 || status === 503) && header(request, 'user-agent') === '';
}

const nobody: Receipt = { batch: '', accepted: 0, rejected: [] };

/**
 * The part of Elasticsearch's API by which shippers send: the questions they begin with, and `_bulk`, under `prefix`.
 * There are no indices behind it: what asks for templates, policies and pipelines is told that there are none, what
 * puts some is answered as done, with a Warning header that says that nothing is kept of it.
 */
export function createElasticCollector(o: HttpCollectorOptions & { readonly prefix: string }): FastifyPluginAsync {
  const { prefix } = o;
  const clock = o.clock ?? Date.now;
  const door = createHttpDoor(o, {
    name: 'elastic',
    schemes: ['basic', 'apikey', 'bearer'],
    challenge: 'Basic realm="elastic", charset="UTF-8", ApiKey',
    types: new Set([
      ...[
        '',
        'application/json',
        'text/json',
        'application/x-ndjson',
        'application/x-www-form-urlencoded',
        'text/plain',
      ],
      ...['application/vnd.elasticsearch+x-ndjson', 'application/vnd.elasticsearch+json'],
    ]),
    answer: ({ code, status, message }, request, reply) => {
      const type = errorTypes[code] ?? 'illegal_argument_exception';
      if (!mustBeCut(status, request)) return void reply.send(errorBody(status, type, message));
      reply.hijack();
      request.raw.socket.destroy();
    },
  });
  // An action and a document are two lines.
  const limits = { ...door.limits, linesMax: 2 * door.limits.linesMax };

  async function takeBulk(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const startedMs = clock();
    const { index = '' } = request.params as { readonly index?: string };
    let bulk: Bulk = { items: [], lines: [] };
    const receipt = await door.take(request, reply, {
      gather: (chunks) => readLines(chunks, limits),
      lines: (lines) => {
        bulk = readBulk(lines, index);
        return bulk.lines;
      },
    });
    door.answered(200);
    return reply.send(bulkAnswer(bulk, bulk.lines.length === 0 ? nobody : receipt, clock() - startedMs));
  }

  function tell(body: object) {
    return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      door.answered(200);
      return reply.send(body);
    };
  }

  async function answerOther(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await discard(request.raw, limits.bodyBytesMax, limits.bodyWaitMs);
    if (request.method === 'PUT') {
      door.answered(200);
      reply.header('warning', `299 Elasticsearch-${version}-vonggac "nothing is kept of this: fields are read here"`);
      return reply.send({ acknowledged: true });
    }
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    door.answered(isRead ? 404 : 405);
    const [status, type] = isRead ? [404, 'resource_not_found_exception'] : [405, 'illegal_argument_exception'];
    return reply.code(status as number).send(errorBody(status as number, type as string, 'only _bulk is here'));
  }

  return async (app) => {
    door.install(app);
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-elastic-product', 'Elasticsearch'));
    const guarded = { onRequest: door.admit };
    for (const path of ['', '/']) app.get(prefix + path, guarded, tell(about));
    app.get(`${prefix}/_license`, guarded, tell(license));
    app.get(`${prefix}/_cluster/health`, guarded, tell({ cluster_name: 'vonggac', status: 'green', timed_out: false }));
    app.get(`${prefix}/_cat/health`, guarded, tell([{ cluster: 'vonggac', status: 'green' }]));
    for (const path of ['/_bulk', '/:index/_bulk', '/:index/:type/_bulk'])
      app.route({ method: ['POST', 'PUT'], url: prefix + path, ...guarded, handler: takeBulk });
    app.route({ method: ['GET', 'PUT', 'POST', 'DELETE'], url: `${prefix}/*`, ...guarded, handler: answerOther });
  };
}
