import type { MappingRule } from '../mapping.ts';

/** Sigma categories of Sysmon's event ids (taxonomy appendix of the Sigma specification; sigma.md 1.5). */
const categoriesById: Readonly<Record<string, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread', 'raw_access_read'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_event'],
  13: ['registry_event', 'registry_set'],
  14: ['registry_event', 'registry_rename'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  24: ['clipboard_capture'],
  25: ['process_tampering'],
  26: ['file_delete', 'file_delete_detected'],
  27: ['file_block', 'file_block_executable'],
  28: ['file_block', 'file_block_shredding'],
  29: ['file_executable_detected'],
  255: ['sysmon_error'],
};

/** Id 12 is told apart by EventType. Some shippers overwrite or drop it: then both readings are kept. */
const registryByType: readonly { readonly types: readonly string[]; readonly categories: readonly string[] }[] = [
  { types: ['CreateKey'], categories: ['registry_add'] },
  { types: ['DeleteKey', 'DeleteValue'], categories: ['registry_delete'] },
  { types: ['', 'INFO'], categories: ['registry_add', 'registry_delete'] },
];

/** The same rules by channel and by provider: forwarded events keep the one or the other. */
function sysmonRules(
  where: Readonly<Record<string, string>>,
  product: string,
  service: readonly string[],
): readonly MappingRule[] {
  return [
    { when: where, product, services: service },
    ...Object.entries(categoriesById).map(([eventId, categories]) => ({ when: { ...where, eventId }, categories })),
    ...registryByType.map(({ types, categories }) => ({
      when: { ...where, eventId: '12', 'field:EventType': types },
      categories,
    })),
  ];
}

export const sysmonWindows: readonly MappingRule[] = [
  ...sysmonRules({ channel: 'Microsoft-Windows-Sysmon/Operational' }, 'windows', ['sysmon']),
  ...sysmonRules({ provider: 'Microsoft-Windows-Sysmon' }, 'windows', ['sysmon']),
];

/** Sysmon for Linux writes the same ids under its own channel. */
export const sysmonLinux: readonly MappingRule[] = [
  ...sysmonRules({ channel: 'Linux-Sysmon/Operational' }, 'linux', ['sysmon']),
  ...sysmonRules({ provider: 'Linux-Sysmon' }, 'linux', ['sysmon']),
];
