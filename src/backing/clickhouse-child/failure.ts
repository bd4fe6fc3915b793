/** An error as ClickHouse words it, ready to be sent: `Code: 62. DB::Exception: … (SYNTAX_ERROR)`. */
export class QueryFailure extends Error {
  readonly code: number;
  readonly status: number;
  /** One of EmbeddedClickHouseLimits bit, in this process and not in the engine. */
  readonly ownBound: boolean;

  constructor(code: number, type: string, text: string, status: number = statusOf(code), ownBound = false) {
    super(`Code: ${code}. DB::Exception: ${text.trimEnd().replace(/\.?$/, '.')} (${type})`);
    this.code = code;
    this.status = status;
    this.ownBound = ownBound;
  }
}

/** Errors that this front makes itself, with the codes of ClickHouse's ErrorCodes.cpp. */
export type OwnFailure =
  | 'syntax'
  | 'notImplemented'
  | 'unknownSetting'
  | 'readonly'
  | 'tooManyQueries'
  | 'tooManyBytes'
  | 'cancelled'
  | 'noSpace'
  | 'unauthenticated'
  | 'unknown';

const codes: Record<OwnFailure, readonly [number, string]> = {
  syntax: [62, 'SYNTAX_ERROR'],
  notImplemented: [48, 'NOT_IMPLEMENTED'],
  unknownSetting: [115, 'UNKNOWN_SETTING'],
  readonly: [164, 'READONLY'],
  tooManyQueries: [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  tooManyBytes: [307, 'TOO_MANY_BYTES'],
  cancelled: [394, 'QUERY_WAS_CANCELLED'],
  noSpace: [243, 'NOT_ENOUGH_SPACE'],
  unauthenticated: [516, 'AUTHENTICATION_FAILED'],
  unknown: [1002, 'UNKNOWN_EXCEPTION'],
};

export function failure(kind: OwnFailure, text: string, status?: number): QueryFailure {
  const [code, type] = codes[kind];
  return new QueryFailure(code, type, text, status, kind === 'tooManyQueries' || kind === 'tooManyBytes');
}

/**
 * The engine's error in the server's words. chDB wraps an inner error a second time
 * (`Code: 27. DB::Exception: Code: 27. DB::Exception: … (TYPE) (version 26.7.2.1). (TYPE)`); one layer is kept.
 */
export function failureOf(error: unknown): QueryFailure {
  if (error instanceof QueryFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  // The spool of insert bodies meets a full disk before the engine does.
  if (/^(?:ENOSPC|EDQUOT):/.test(text)) return failure('noSpace', text);
  const code = /^Code: (\d+)\./.exec(text)?.[1];
  const type = /\(([A-Z][A-Z0-9_]{2,})\)\s*$/.exec(text)?.[1];
  if (code === undefined || type === undefined) return failure('unknown', text);
  const inner = text
    .replace(/^(?:Code: \d+\. DB::Exception: )+/, '')
    .replace(/\s*\([A-Z][A-Z0-9_]{2,}\)\s*$/, '')
    .replace(/(?:\s*\([A-Z][A-Z0-9_]{2,}\))?\s*\(version [^)]*\)\.?\s*$/, '');
  return new QueryFailure(Number(code), type, inner);
}

// The status the server's HTTP handler gives (HTTPHandler.cpp, exceptionCodeToHTTPStatus), as far as a client can tell.
function statusOf(code: number): number {
  if ([516, 497].includes(code)) return 403;
  if ([36, 41, 43, 44, 53, 6, 26, 27, 62, 69, 70, 72, 115, 117, 164, 456, 457].includes(code)) return 400;
  if ([46, 47, 50, 60, 81].includes(code)) return 404;
  if (code === 307) return 413;
  if (code === 48) return 501;
  if (code === 202) return 503;
  return 500;
}
