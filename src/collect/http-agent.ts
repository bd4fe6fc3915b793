import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { agentBatchType } from '../model/agent.ts';
import type { Source } from '../model/source.ts';
import { linesOf, readSections, type SectionBytes } from './agent-body.ts';
import { readWhole } from './http-body.ts';
import { type BodyPart, createHttpDoor, type HttpCollectorOptions, header } from './http-door.ts';
import { HttpProblem } from './http-problem.ts';

export interface AgentCollectorOptions extends HttpCollectorOptions {
  /** Sources that the agent with this token may write as beside its own, by id: those an administrator gave it. */
  readonly sourcesOf: (token: string) => Promise<ReadonlyMap<string, Source>>;
  readonly isParser: (id: string) => boolean;
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
    tellsAgain: false,
    answer: ({ code, message, messageVi }, _request, reply) => void reply.send({ code, message, messageVi }),
  });

  async function sourcesOf(request: FastifyRequest): Promise<ReadonlyMap<string, Source>> {
    const own = door.sourceOf(request);
    const token = header(request, 'authorization').split(' ')[1] ?? '';
    return new Map([...(await o.sourcesOf(token)), ['', own], [own.id, own]]);
  }

  /** One part for each source and parser: the store reads and counts them apart. */
  function partsOf(sections: readonly SectionBytes[], sources: ReadonlyMap<string, Source>, key: string): BodyPart[] {
    const parts = new Map<string, BodyPart & { readonly lines: BodyPart['lines'][number][] }>();
    let lines = 0;
    for (const each of sections) {
      const source = asWanted(each, sources);
      const name = `${source.id} ${source.parser}`;
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
  };
}
