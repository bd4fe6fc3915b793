import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { type AgentAnswer, type AgentReport, agentBatchType, type SignedBundle } from '../model/agent.ts';
import type { Source } from '../model/source.ts';
import { linesOf, readSections, type SectionBytes } from './agent-body.ts';
import { plainChunks, readWhole } from './http-body.ts';
import { type BodyPart, createHttpDoor, type HttpCollectorOptions, header } from './http-door.ts';
import { HttpProblem } from './http-problem.ts';

/** What an administrator decided for agents, and where their reports go. */
export interface AgentDesk {
  /** Sources that the agent with this token may write as beside its own, by id. */
  sourcesOf(token: string): Promise<ReadonlyMap<string, Source>>;
  /** null when the agent was told nothing. */
  bundleOf(token: string): Promise<{ readonly version: number; readonly signed: SignedBundle } | null>;
  said(token: string, report: AgentReport, peer: string): Promise<void>;
}

export interface AgentCollectorOptions extends HttpCollectorOptions {
  readonly desk: AgentDesk;
  readonly isParser: (id: string) => boolean;
}

const reportBytesMax = 65_536;

/** Of a request that was let in. */
function tokenOf(request: FastifyRequest): string {
  return header(request, 'authorization').split(/ +/)[1] ?? '';
}

/**
 * `POST /agent/v1/batch`: lines of several files from `vonggac ship`. Answers 200 `{accepted, rejected, batch}` only once
 * all rows are in the store; a batch sent again goes by its key. docs/agent.md tells the protocol.
 */
export function createAgentCollector(o: AgentCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'agent',
    schemes: ['bearer'],
    challenge: 'Bearer',
    types: new Set([agentBatchType]),
    answer: ({ code, message, messageVi }, _request, reply) => void reply.send({ code, message, messageVi }),
  });

  async function sourcesOf(request: FastifyRequest): Promise<ReadonlyMap<string, Source>> {
    const own = door.sourceOf(request);
    return new Map([...(await o.desk.sourcesOf(tokenOf(request))), ['', own], [own.id, own]]);
  }

  /**
   * One part for each source and parser that is asked for: the store reads and counts them apart. By what the batch says
   * and not by what is in force now, so that a batch sent again is parted the same though a source was pinned meanwhile:
   * its parts go by keys.
   */
  function partsOf(sections: readonly SectionBytes[], sources: ReadonlyMap<string, Source>, key: string): BodyPart[] {
    const parts = new Map<string, BodyPart & { readonly lines: BodyPart['lines'][number][] }>();
    let lines = 0;
    for (const each of sections) {
      const source = asWanted(each, sources);
      const name = `${each.section.source} ${each.section.parser}`;
      const part = parts.get(name) ?? { source, lines: [], key: `${key}/${parts.size}` };
      parts.set(name, part);
      const numbering = {
        lineBytesMax: door.limits.lineBytesMax,
        linesBefore: lines,
        counted: (count: number) => {
          lines += count;
        },
      };
      for (const line of linesOf(each, source, numbering)) part.lines.push(line);
      if (lines > door.limits.linesMax) throw new HttpProblem('too-many-lines');
    }
    return [...parts.values()];
  }

  /** A source that is not the agent's to use must not lose its lines: they are kept as the token's own. */
  function asWanted({ section }: SectionBytes, sources: ReadonlyMap<string, Source>): Source {
    const source = sources.get(section.source) ?? sources.get('');
    if (source === undefined) throw new HttpProblem('unauthorized');
    if (!sources.has(section.source))
      o.log.warn({ wanted: section.source.slice(0, 100), source: source.id }, 'an agent may not write as this source');
    return section.parser !== '' && o.isParser(section.parser) ? { ...source, parser: section.parser } : source;
  }

  return async (app) => {
    door.install(app);
    app.post('/agent/v1/batch', { onRequest: door.admit }, async (request, reply) => {
      const key = header(request, 'idempotency-key');
      if (key === '' || key.length > door.limits.keyCharsMax) throw new HttpProblem('bad-idempotency-key');
      const sources = await sourcesOf(request);
      const receipt = await door.takeParted(request, {
        gather: async (chunks) => readSections(await readWhole(chunks)),
        parts: (sections) => partsOf(sections, sources, key),
      });
      door.answered(200);
      return reply.send(receipt);
    });
    app.get('/agent/v1/config', { onRequest: door.admit }, async (request, reply) => {
      const found = await o.desk.bundleOf(tokenOf(request));
      const etag = `"${found?.version ?? 0}"`;
      const status = found === null ? 204 : header(request, 'if-none-match') === etag ? 304 : 200;
      door.answered(status);
      reply.code(status).header('etag', etag).header('cache-control', 'no-store');
      return status === 200 ? reply.send(found?.signed) : reply.send();
    });
    app.post('/agent/v1/report', { onRequest: door.admit }, async (request, reply) => {
      const limits = { ...door.limits, bodyBytesMax: reportBytesMax };
      const body = await readWhole(plainChunks(request.raw, 'identity', limits));
      await o.desk.said(tokenOf(request), reportOf(body), request.ip);
      const sources = [...(await o.desk.sourcesOf(tokenOf(request))), ['', door.sourceOf(request)] as const];
      const answer: AgentAnswer = { parsers: Object.fromEntries(sources.map(([id, { parser }]) => [id, parser])) };
      door.answered(200);
      return reply.send(answer);
    });
  };
}

/** Only its form is looked at here: what an agent says of itself is checked where it is shown. */
function reportOf(body: Buffer): AgentReport {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as AgentReport;
  } catch {
    // Not JSON.
  }
  throw new HttpProblem('bad-body');
}
