import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** A post made ready before the clock runs. */
export interface Post {
  readonly body: Buffer;
  readonly lines: number;
}

/** What became of some posts. */
export interface Posted {
  /** Wall time from the first post to the last 200, which is given once the rows are stored. */
  readonly wallMs: number;
  /** Answers 429 and 503; each was waited for and sent again. */
  readonly refusals: number;
}

/** The lines over and over until there are `count`, in posts of `linesPerPost`. */
export function postsOf(lines: readonly string[], count: number, linesPerPost: number): Post[] {
  const posts: Post[] = [];
  for (let from = 0; from < count; from += linesPerPost) {
    const some = Array.from(
      { length: Math.min(linesPerPost, count - from) },
      (_, i) => lines[(from + i) % lines.length],
    );
    posts.push({ body: Buffer.from(some.join('\n')), lines: some.length });
  }
  return posts;
}

/** Sends posts to the HTTP collector over so many connections, each sending its next when it has its answer. */
export async function postAll(o: {
  readonly url: string;
  readonly token: string;
  readonly posts: readonly Post[];
  readonly connections: number;
}): Promise<Posted> {
  const pool = new Pool(o.url, { connections: o.connections, pipelining: 1 });
  const left = [...o.posts].reverse();
  let refusals = 0;
  const begin = performance.now();
  const sender = async (): Promise<void> => {
    for (let post = left.pop(); post !== undefined; post = left.pop()) {
      for (;;) {
        const answer = await postOnce(pool, o.token, post);
        if (answer === 'accepted') break;
        refusals += 1;
        await wait(answer.retryAfterMs);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: o.connections }, sender));
    return { wallMs: performance.now() - begin, refusals };
  } finally {
    await pool.close();
  }
}

/** Sends one post; throws when it was neither accepted whole nor put off. */
export async function postOnce(
  pool: Pool,
  token: string,
  { body, lines }: Post,
): Promise<'accepted' | { readonly retryAfterMs: number }> {
  const answer = await pool.request({
    method: 'POST',
    path: '/ingest/v1/ndjson',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode === 429 || answer.statusCode === 503) {
    return { retryAfterMs: Number(answer.headers['retry-after'] ?? 1) * 1000 };
  }
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${text}`);
  const { accepted } = JSON.parse(text) as { accepted: number };
  if (accepted !== lines) throw new Error(`${accepted} of ${lines} lines accepted: ${text}`);
  return 'accepted';
}
