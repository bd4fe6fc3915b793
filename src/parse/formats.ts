import { accessLogFormats } from './access-log.ts';
import { auditdFormat } from './auditd.ts';
import { deviceFormats } from './device-formats.ts';
import { evtxXmlFormat } from './evtx-xml.ts';
import type { LineFormat } from './format.ts';
import { iisFormat } from './iis.ts';
import { anyJsonFormat, jsonFormats } from './json-formats.ts';
import { keyValueFormat } from './key-value.ts';
import { rawFormat } from './raw.ts';
import { serverFormats } from './server-formats.ts';
import { syslogFormat, syslogFormats, syslogWithPriority } from './syslog.ts';

/**
 * Every format of whole lines, in the order in which a line of unknown format is held against them: what cannot be
 * mistaken first. A format that is reached only by pinning may stand anywhere. One line a format.
 */
export const formats: readonly LineFormat[] = [
  anyJsonFormat,
  ...jsonFormats,
  evtxXmlFormat,
  ...deviceFormats,
  syslogWithPriority,
  ...serverFormats,
  ...accessLogFormats,
  auditdFormat,
  keyValueFormat,
  iisFormat,
  ...syslogFormats,
  rawFormat,
  // Last, since it takes what begins with a time and a word.
  syslogFormat,
];
