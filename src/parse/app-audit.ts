import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { readPairs } from './key-values.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';

const head =
  /^VGAUDIT\|1\|(qlvb|tthc|lgsp)\|([^|]{10,40})\|([^|]{0,255})\|([^|]{0,255})\|([^|]{0,64})\|([^|]{1,64})\|([^|]{1,32})(?:\||$)/;

/**
 * Audit lines of the document system (qlvb), the one-stop portal (tthc) and the sharing platform (lgsp) in the format this
 * project defines for those that write no JSON: `VGAUDIT|1|system|time|host|user|src_ip|action|result|name=value …`.
 */
function parseAppAudit(text: string, limits: ParseLimits): ParseOutcome {
  const found = head.exec(text);
  if (found === null) return notUnderstood('app-audit-head');
  const [whole, product = '', time = '', host = '', user = '', ip = '', action = '', result = ''] = found;
  const fields: Record<string, FieldValue> = { product, category: 'application' };
  const put = (name: string, value: string): void => {
    if (value !== '' && value !== '-') fields[name] = value;
  };
  put('host', host);
  put('user', user);
  put('src_ip', ip);
  put('action', action);
  put('result', result);
  readPairs(text, whole.length, limits.keysMax, (name, value) => {
    if (name.length > limits.keyCharsMax || Object.hasOwn(fields, name)) return;
    const isCount = name.endsWith('_count') && /^\d{1,15}$/.test(value);
    setField(fields, name, isCount ? Number(value) : value);
  });
  const timeMs = parseTimeText(time, localZoneMinutes);
  return understood({
    parser: 'app-audit',
    timeMs,
    host: host === '-' ? '' : host,
    program: product,
    message: text,
    fields,
  });
}

export const appAuditFormat: LineFormat = {
  id: 'app-audit',
  starts: 'V',
  looksLike: (text) => text.startsWith('VGAUDIT|'),
  parse: (text, _receivedTimeMs, limits) => parseAppAudit(text, limits),
};

export const appAuditBody: BodyFormat = {
  id: 'app-audit',
  programs: [],
  looksLike: (body) => body.startsWith('VGAUDIT|'),
  parse: (body, _program, _receivedTimeMs, limits) => parseAppAudit(body, limits),
};
