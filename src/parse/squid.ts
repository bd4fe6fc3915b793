import type { FieldValue } from '../model/event.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const begin =
  /^(\d{9,10})\.(\d{3}) {1,10}(-?\d{1,10}) ([0-9a-fA-F.:]{2,45}|\S{1,255}) ([A-Z_]{3,40})\/(\d{3}|-) (\d{1,15}|-) ([A-Z_-]{1,30}) (\S+) (\S{1,255}) ([A-Z_]{3,40})\/(\S{1,255})(?: (\S{1,255}))?/;

/** Squid's native access log (`logformat squid`); Sigma's names for proxies. */
function parseSquid(text: string): ParseOutcome {
  const found = begin.exec(text);
  if (found === null) return notUnderstood('squid');
  const [
    ,
    seconds,
    millis,
    elapsed,
    client = '',
    result = '',
    status,
    bytes,
    method = '',
    url = '',
    user = '',
    hierarchy = '',
    peer = '',
    type,
  ] = found;
  const host =
    method === 'CONNECT'
      ? url.replace(/:\d{1,5}$/, '')
      : (/^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]{0,255}@)?([^/:?#]{1,255})/i.exec(url)?.[1] ?? '');
  const fields: Record<string, FieldValue> = {
    'c-ip': client,
    'time-taken': Number(elapsed),
    's-action': result,
    'cs-method': method,
    'c-uri': url,
    'cs-hierarchy': hierarchy,
  };
  if (status !== undefined && status !== '-' && status !== '000') fields['sc-status'] = Number(status);
  if (bytes !== undefined && bytes !== '-') fields['sc-bytes'] = Number(bytes);
  if (host !== '') fields['cs-host'] = host;
  if (user !== '-') fields['cs-username'] = user;
  if (peer !== '-') fields['s-ip'] = peer;
  if (type !== undefined && type !== '-') fields['sc-content-type'] = type;
  if (result.includes('DENIED')) Object.assign(fields, { action: 'proxy_denied', outcome: 'failure' });
  const timeMs = Number(seconds) * 1000 + Number(millis);
  return understood({ parser: 'squid', timeMs, program: 'squid', message: text, fields });
}

export const squidFormat: LineFormat = {
  id: 'squid',
  starts: '1',
  looksLike: (text) => text.charCodeAt(10) === 46 && text.charCodeAt(14) === 32,
  isGuess: true,
  parse: parseSquid,
};

export const squidBody: BodyFormat = {
  id: 'squid',
  programs: ['squid', '(squid-1)'],
  looksLike: null,
  parse: parseSquid,
};
