import type { FieldValue } from '../model/event.ts';
import { epochMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import { fieldText } from './record.ts';

/**
 * Names under which shippers keep what they know of a line they carry: Beats and Logstash (ECS), Fluent Bit, Vector,
 * rsyslog, syslog-ng, journald, Docker, Promtail and Alloy, the OpenTelemetry collector. The surest name first.
 */
const lineNames: readonly string[] = ['event.original', 'message', 'log', 'MESSAGE', 'line', 'body'];
const programNames: readonly string[] = [
  ...['SYSLOG_IDENTIFIER', 'syslog_identifier', 'log.syslog.appname', 'syslog.appname', 'appname', 'app_name'],
  ...['process.name', 'PROGRAM', 'programname', 'program', 'ident', 'attributes.syslog.identifier'],
  ...['attributes.appname', '__journal_syslog_identifier', 'app', 'job', 'service_name', 'unit', '_SYSTEMD_UNIT'],
];
const hostNames: readonly string[] = [
  ...['host.hostname', 'host.name', 'hostname', 'host', 'HOST', '_HOSTNAME', 'nodename', 'node_name', 'agent.hostname'],
  ...['attributes.hostname', 'resource.attributes.host.name', 'instance', 'Computer'],
];
const timeNames: readonly string[] = [
  '@timestamp',
  'timestamp',
  'time',
  'timereported',
  'ISODATE',
  '__REALTIME_TIMESTAMP',
];

type Names = Readonly<Record<string, FieldValue>>;

function first(fields: Names, names: readonly string[]): string {
  for (const name of names) {
    const text = fieldText(fields, name);
    if (text !== '') return text;
  }
  return '';
}

/** The line among a shipper's fields; '' when there is none. */
export const lineIn = (fields: Names): string => first(fields, lineNames);

/** The program that wrote it, by its name alone: of a systemd unit the part before `.service`. */
export const programIn = (fields: Names): string => first(fields, programNames).replace(/\.service$/, '');

export const hostIn = (fields: Names): string => first(fields, hostNames);

export function timeIn(fields: Names): number | null {
  for (const name of timeNames) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const ms = typeof value === 'number' ? epochMs(value) : typeof value === 'string' ? textTime(value) : null;
    if (ms !== null) return ms;
  }
  return null;
}

function textTime(text: string): number | null {
  return /^\d{10,20}$/.test(text) ? epochMs(Number(text)) : parseTimeText(text, localZoneMinutes);
}
