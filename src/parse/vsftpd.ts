import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const begin =
  /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) \[pid (\d{1,10})\] (?:\[([^\]]{1,255})\] )?/;
const words =
  /^(?:(OK|FAIL) )?([A-Za-z][A-Za-z ]{1,30}?): Client "(?:::ffff:)?([^"]{2,45})"(?:, "([^"]{0,4096})")?(?:, (\d{1,15}) bytes)?/;

/** vsftpd's own log: `date [pid n] [user] OK LOGIN: Client "ip"`. Local time. */
export const vsftpdFormat: LineFormat = {
  id: 'vsftpd',
  starts: 'SMTWF',
  looksLike: (text) => text.charCodeAt(3) === 32 && begin.test(text),
  parse: (text): ParseOutcome => {
    const found = begin.exec(text);
    if (found === null) return notUnderstood('vsftpd-head');
    const [whole, month = '', day, hour, minute, second, year, pid = '', user] = found;
    const [d = 0, h = 0, m = 0, s = 0, y = 0] = [day, hour, minute, second, year].map(Number);
    const message = text.slice(whole.length);
    const fields: Record<string, FieldValue> = { pid, message };
    if (user !== undefined) fields.user = user;
    const said = words.exec(message);
    if (said !== null) {
      const [, verdict, verb = '', ip = '', what, bytes] = said;
      fields.action = `ftp_${verb.toLowerCase().replaceAll(' ', '_')}`;
      fields.src_ip = ip;
      if (verdict !== undefined) fields.outcome = verdict === 'OK' ? 'success' : 'failure';
      if (what !== undefined) fields[verb === 'FTP command' || verb === 'FTP response' ? 'command' : 'file'] = what;
      if (bytes !== undefined) fields.bytes = Number(bytes);
    }
    const timeMs = calendarMs(y, monthOf(month), d, h, m, s, localZoneMinutes);
    return understood({ parser: 'vsftpd', timeMs, program: 'vsftpd', message, fields });
  },
};
