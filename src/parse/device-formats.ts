import { cefBody, cefFormat } from './cef.ts';
import { checkpointBody, checkpointFormat } from './checkpoint.ts';
import { esxiBody, esxiShellBody } from './esxi.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { leefBody, leefFormat } from './leef.ts';
import { mikrotikBody, mikrotikFormat } from './mikrotik.ts';
import { paloaltoBody, paloaltoFormat } from './paloalto.ts';
import { filterlogBody, filterlogFormat, firewallGuiBody } from './pfsense.ts';
import { sophosBody, sophosFormats } from './sophos.ts';
import { suricataBody, suricataFastFormat } from './suricata.ts';
import { zeekFormat } from './zeek.ts';

/** Formats of network devices and their consoles. Before syslog, since two of them break its rules. */
export const deviceFormats: readonly LineFormat[] = [
  cefFormat,
  leefFormat,
  checkpointFormat,
  ...sophosFormats,
  suricataFastFormat,
  zeekFormat,
  filterlogFormat,
  mikrotikFormat,
  paloaltoFormat,
];

/** The same inside syslog messages. */
export const deviceBodies: readonly BodyFormat[] = [
  cefBody,
  leefBody,
  checkpointBody,
  sophosBody,
  suricataBody,
  filterlogBody,
  firewallGuiBody,
  esxiBody,
  esxiShellBody,
  mikrotikBody,
  paloaltoBody,
];
