import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A TAXII 2.1 server of one collection: objects with the moment each was added, in that order. */
export interface TaxiiServer {
  readonly root: string;
  readonly host: string;
  /** Requests so far: query, and what they said of themselves. */
  readonly asked: { readonly query: string; readonly accept: string; readonly authorization: string }[];
  readonly objects: { readonly added: string; readonly object: object }[];
  /** Takes the place of the usual answer. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  close(): Promise<void>;
}

export async function startTaxii(o: { readonly authorization: string }): Promise<TaxiiServer> {
  const objects: TaxiiServer['objects'] = [];
  const asked: TaxiiServer['asked'] = [];
  const server = createServer((request, response) => {
    const { authorization = '', accept = '' } = request.headers;
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push({ query: url.search, accept, authorization });
    if (taxii.answer !== null) {
      taxii.answer(request, response);
      return;
    }
    if (authorization !== o.authorization) {
      response.writeHead(401).end();
      return;
    }
    if (url.pathname !== '/api1/collections/ncsc/objects/') {
      response.writeHead(404).end();
      return;
    }
    const after = url.searchParams.get('added_after') ?? '';
    const from = Number(url.searchParams.get('next') ?? '0');
    // At most two a page, whatever a client would like: more pages to go through.
    const size = Math.min(2, Number(url.searchParams.get('limit') ?? '2'));
    const all = objects.filter(({ added }) => added > after);
    const page = all.slice(from, from + size);
    const more = from + size < all.length;
    response.writeHead(200, {
      'content-type': 'application/taxii+json;version=2.1',
      ...(page.length === 0 ? {} : { 'x-taxii-date-added-last': page.at(-1)?.added }),
    });
    const envelope = {
      more,
      ...(more ? { next: String(from + size) } : {}),
      objects: page.map(({ object }) => object),
    };
    response.end(JSON.stringify(page.length === 0 ? {} : envelope));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const taxii: TaxiiServer = {
    root: `http://127.0.0.1:${port}/api1/`,
    host: `127.0.0.1:${port}`,
    asked,
    objects,
    answer: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return taxii;
}
