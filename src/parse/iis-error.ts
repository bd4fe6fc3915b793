import type { FieldValue } from '../model/event.ts';
import { parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const begin =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([0-9a-fA-F.:%]{2,45}|-) (\d{1,5}|-) ([0-9a-fA-F.:%]{2,45}|-) (\d{1,5}|-) (HTTP\/\d\.\d|-) (\S{1,40}) /;

/**
 * HTTP.sys's error log (httperr.log), with the fields it has by itself: client, server, version, verb, URL, status, site,
 * reason, queue. Times are UTC. A URL may hold blanks, so the values behind it are read from the end.
 */
function parseIisError(text: string): ParseOutcome {
  const found = begin.exec(text);
  if (found === null) return notUnderstood('iis-error-head');
  const [
    whole,
    day = '',
    clock = '',
    client = '',
    clientPort = '',
    server = '',
    serverPort = '',
    version = '',
    verb = '',
  ] = found;
  const words = text.slice(whole.length).split(' ');
  const timeMs = parseTimeText(`${day}T${clock}Z`, 0);
  if (timeMs === null || words.length < 4) return notUnderstood('iis-error-short');
  const fields: Record<string, FieldValue> = {};
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '-' && value !== '') fields[name] = value;
  };
  // `status site reason queue`, and before them a stream number since Windows 10.
  const queue = words.pop();
  const reason = words.pop();
  const site = words.pop();
  const status = words.pop() ?? '';
  const uri = words.join(' ').replace(/ (?:\d{1,10}|-)$/, '');
  put('c-ip', client);
  if (clientPort !== '-') fields['c-port'] = Number(clientPort);
  put('s-ip', server);
  if (serverPort !== '-') fields['s-port'] = Number(serverPort);
  put('cs-version', version);
  put('cs-method', verb);
  put('cs-uri', uri);
  put('c-uri', uri);
  put('cs-uri-stem', uri.split('?', 1)[0]);
  put('cs-uri-query', uri);
  if (/^\d{3}$/.test(status)) fields['sc-status'] = Number(status);
  put('s-siteid', site);
  put('s-reason', reason);
  put('s-queuename', queue);
  return understood({ parser: 'iis-error', timeMs, program: 'HTTP.sys', message: text, fields });
}

export const iisErrorFormat: LineFormat = {
  id: 'iis-error',
  starts: '12',
  looksLike: (text) => text.charCodeAt(4) === 45 && begin.test(text),
  parse: parseIisError,
};
