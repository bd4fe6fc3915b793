/**
 * Ways in which clients send a collector's token: `Bearer T` (RFC 6750), `Basic user:T` with any user (RFC 7617),
 * Elastic's `ApiKey base64(id:T)` with any id, Splunk's `Splunk T`.
 */
export type AuthScheme = 'bearer' | 'basic' | 'apikey' | 'splunk';

/** Longest header looked at; a token and a name are far shorter. */
const headerCharsMax = 2_000;

/** What stands behind the first colon of base64 text; the text itself when it is no such pair. */
function secondOfPair(base64: string): string {
  const pair = Buffer.from(base64, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? base64 : pair.slice(colon + 1);
}

/** The token an Authorization header carries in one of the schemes; null when there is none. */
export function tokenOf(authorization: string, schemes: readonly AuthScheme[]): string | null {
  if (authorization.length > headerCharsMax) return null;
  const [, name = '', text = ''] = /^([A-Za-z]+) +(\S+)$/.exec(authorization) ?? [];
  const scheme = schemes.find((each) => each === name.toLowerCase());
  if (scheme === undefined) return null;
  return scheme === 'basic' || scheme === 'apikey' ? secondOfPair(text) : text;
}
