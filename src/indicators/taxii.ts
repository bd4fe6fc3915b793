import type { TaxiiFeed } from '../model/indicator.ts';
import { isObject, type JsonObject, objectsIn } from './json-object.ts';

/** Bounds of one poll. */
export interface TaxiiLimits {
  readonly pagesMax: number;
  readonly objectsMax: number;
  readonly pageBytesMax: number;
  /** All pages together; what is over is left to the next poll. */
  readonly bytesMax: number;
  readonly perPage: number;
}

export const defaultTaxiiLimits: TaxiiLimits = {
  pagesMax: 200,
  objectsMax: 250_000,
  pageBytesMax: 16 * 2 ** 20,
  bytesMax: 128 * 2 ** 20,
  perPage: 1_000,
};

export interface TaxiiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** One GET; rejects when no answer came, the address is refused, or the body is longer than `bytesMax`. */
export type TaxiiGet = (
  url: string,
  headers: Readonly<Record<string, string>>,
  bytesMax: number,
) => Promise<TaxiiAnswer>;

export interface TaxiiPoll {
  readonly objects: readonly JsonObject[];
  readonly pages: number;
  /** Hand it in next time: everything up to here has been seen. '' when the server said nothing of it. */
  readonly addedAfter: string;
  /** False when a bound ended it: the next poll goes on from `addedAfter`. */
  readonly complete: boolean;
}

/** The server answered, but not as a TAXII server. */
class TaxiiRefused extends Error {
  readonly code = 'taxii-refused';
  constructor(message: string) {
    super(message);
    this.name = 'TaxiiRefused';
  }
}

const mediaType = 'application/taxii+json;version=2.1';

/**
 * Objects of a collection added after a moment, page by page (TAXII 2.1, 3.4 and 5.4). Servers tell the last date of a
 * page in `X-TAXII-Date-Added-Last`; that, and not our clock, is where the next poll begins.
 */
export async function pollTaxii(
  feed: Pick<TaxiiFeed, 'root' | 'collection' | 'user'>,
  secret: string,
  addedAfter: string,
  get: TaxiiGet,
  limits: TaxiiLimits,
): Promise<TaxiiPoll> {
  const root = feed.root.endsWith('/') ? feed.root : `${feed.root}/`;
  const base = new URL(`collections/${encodeURIComponent(feed.collection)}/objects/`, root);
  const headers = { accept: mediaType, ...authorization(feed.user, secret) };
  const objects: JsonObject[] = [];
  let next = '';
  let last = addedAfter;
  let bytes = 0;
  for (let pages = 1; ; pages += 1) {
    const url = new URL(base);
    url.searchParams.set('limit', String(limits.perPage));
    if (addedAfter !== '') url.searchParams.set('added_after', addedAfter);
    if (next !== '') url.searchParams.set('next', next);
    const answer = await get(url.href, headers, limits.pageBytesMax);
    const envelope = envelopeOf(answer);
    bytes += answer.body.length;
    // One by one: a page of a hostile server may have more members than a call has room for.
    for (const object of objectsIn(envelope.objects)) objects.push(object);
    const said = answer.headers['x-taxii-date-added-last'];
    if (typeof said === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(said) && said > last) last = said;
    const more = envelope.more === true && typeof envelope.next === 'string' && envelope.next !== '';
    if (!more) return { objects, pages, addedAfter: last, complete: true };
    if (envelope.next === next) throw new TaxiiRefused('máy chủ lặp lại một trang / the server repeats a page');
    next = String(envelope.next).slice(0, 4_000);
    if (pages >= limits.pagesMax || objects.length >= limits.objectsMax || bytes >= limits.bytesMax) {
      // Without a date to go on from, the next poll would read the same again.
      if (last === addedAfter) throw new TaxiiRefused('quá nhiều cho một lần lấy / too much for one poll, undated');
      return { objects, pages, addedAfter: last, complete: false };
    }
  }
}

/** A user makes it HTTP Basic (TAXII 2.1, 8.5.2), a secret alone a bearer token. */
function authorization(user: string, secret: string): { readonly authorization?: string } {
  if (user !== '') return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
  return secret === '' ? {} : { authorization: `Bearer ${secret}` };
}

function envelopeOf(answer: TaxiiAnswer): JsonObject {
  if (answer.status !== 200) throw new TaxiiRefused(`HTTP ${answer.status}`);
  const type = answer.headers['content-type'];
  if (typeof type !== 'string' || !/^application\/(?:taxii|stix|vnd\.oasis\.(?:taxii|stix))?\+?json/i.test(type))
    throw new TaxiiRefused(`không phải TAXII 2.1 / not TAXII 2.1: content-type ${String(type).slice(0, 100)}`);
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
    if (isObject(json)) return json;
  } catch {
    // Falls through to the refusal.
  }
  throw new TaxiiRefused('câu trả lời không phải JSON / the answer is no JSON object');
}
