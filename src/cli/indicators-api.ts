import type { ApiError } from '../contract/api.ts';

/** A running platform as an API client sees it. */
export interface IndicatorPlatform {
  /** Where it listens, without a path. */
  readonly server: string;
  /** Token of an API client. */
  readonly token: string;
}

/** The platform refused, or could not be reached; the message is one line. */
export class AnswerRefused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'AnswerRefused';
    this.status = status;
  }
}

/** A list of some hundred thousand takes seconds to read and to write. */
const answerWaitMs = 300_000;

/** One request to the API; @throws AnswerRefused */
export async function askIndicators<T>(
  { server, token }: IndicatorPlatform,
  method: string,
  path: string,
  body?: Uint8Array | object,
): Promise<T> {
  const url = new URL(`/api/v1/indicator-lists${path}`, server);
  const isDocument = body instanceof Uint8Array;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': isDocument ? 'application/octet-stream' : 'application/json' }),
  };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(answerWaitMs),
      ...(body === undefined ? {} : { body: isDocument ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    text = await answer.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new AnswerRefused(0, `${url.origin} cannot be reached: ${cause}`);
  }
  if (!answer.ok) throw new AnswerRefused(answer.status, `${url.origin} answers ${answer.status} ${saidIn(text)}`);
  return JSON.parse(text) as T;
}

/** What the answer's error says, or what of another answer can be shown. */
function saidIn(text: string): string {
  try {
    const { code, message } = JSON.parse(text) as Partial<ApiError>;
    if (typeof message === 'string') return `${code ?? ''}: ${message}`;
  } catch {
    // No JSON: something between us and the platform answered.
  }
  return text.slice(0, 300);
}
