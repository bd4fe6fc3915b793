import type { FieldValue } from '../model/event.ts';
import { setField } from './record.ts';

const tag = / \[([a-z_]{2,20}) "((?:[^"\\]|\\.)*)"\]/g;
/** More tags than a rule of the Core Rule Set has. */
const tagsMax = 64;
const names: Readonly<Record<string, string>> = {
  client: 'c-ip',
  hostname: 'cs-host',
  uri: 'cs-uri-stem',
};

/**
 * What ModSecurity (2 and 3) adds to an error log line: `ModSecurity: Warning. … [id "942100"] [msg "…"] [uri "…"]`, as
 * `modsec.*`, repeated ones as lists; nothing when the text is none of its.
 */
export function modSecurityFields(text: string, fields: Record<string, FieldValue>): void {
  const at = text.indexOf('ModSecurity: ');
  if (at < 0) return;
  const words = text.slice(at + 13);
  const denied = /^(?:\[[^\]]{0,100}\] )?Access denied with code (\d{3})/.exec(words);
  fields.action = denied === null ? 'waf_warning' : 'waf_denied';
  fields.outcome = denied === null ? 'success' : 'failure';
  if (denied !== null) fields['sc-status'] = Number(denied[1]);
  let count = 0;
  for (const [, name = '', value = ''] of words.matchAll(tag)) {
    if (++count > tagsMax) break;
    const target = names[name];
    if (target !== undefined && fields[target] === undefined) fields[target] = value;
    const field = `modsec.${name}`;
    const before = fields[field];
    setField(fields, field, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
  }
}
