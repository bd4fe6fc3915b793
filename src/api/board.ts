import { existsSync } from 'node:fs';
import { join } from 'node:path';
import statics from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblem, problemBody } from './errors.ts';

const immutable = 'public, max-age=31536000, immutable';
const revalidate = 'no-cache';

/**
 * Serves the built board from `dir`: files under `assets/` carry their content's hash in the name and may be kept for
 * ever, everything else is asked for again. A page address the board knows itself (no file of that name) gets
 * `index.html`; unknown addresses of the API are JSON 404s. Without built files only the API answers.
 */
export async function serveBoard(app: FastifyInstance, dir: string | null): Promise<void> {
  const hasBoard = dir !== null && existsSync(join(dir, 'index.html'));
  if (hasBoard) {
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: { public: 'the board’s own files' } };
      });
      await scope.register(statics, {
        root: dir,
        index: ['index.html'],
        dotfiles: 'ignore',
        cacheControl: false,
        setHeaders: (reply, path) => {
          reply.header('cache-control', path.startsWith(join(dir, 'assets')) ? immutable : revalidate);
        },
      });
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (hasBoard && isPage(request)) return reply.header('cache-control', revalidate).sendFile('index.html');
    return notFound(reply);
  });
}

/** A browser asking for a page: not the API, not a file with an ending. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && !/^\/(api|ingest)(\/|$)/.test(path) && !/\.[^/]*$/.test(path);
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .header('cache-control', 'no-store')
    .send(problemBody(new ApiProblem('not-found')));
}
