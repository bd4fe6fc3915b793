/** Log sources and fields of Windows categories, after the taxonomy appendix 2.1 and the Sysmon schema. */

interface Category {
  /** Event ids of Sysmon (or of the PowerShell channels); empty for ETW. */
  readonly ids: readonly number[];
  readonly fields: readonly string[];
}

const category = (ids: readonly number[], fields: string): Category => ({ ids, fields: fields.split(' ') });
const registry = 'EventType TargetObject Details NewName';
const file = 'TargetFilename CreationUtcTime Hashes IsExecutable Archived';

export const windowsCategories: ReadonlyMap<string, Category> = new Map([
  [
    'process_creation',
    category(
      [1, 4688],
      'FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes md5 sha1 sha256 Imphash imphash ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser ParentIntegrityLevel GrandParentImage',
    ),
  ],
  ['file_change', category([2], 'TargetFilename CreationUtcTime PreviousCreationUtcTime')],
  [
    'network_connection',
    category(
      [3],
      'Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName',
    ),
  ],
  ['sysmon_status', category([4, 16], 'State Version SchemaVersion Configuration ConfigurationFileHash')],
  ['process_termination', category([5], '')],
  ['driver_load', category([6], 'ImageLoaded Hashes md5 sha1 sha256 Imphash Signed Signature SignatureStatus')],
  [
    'image_load',
    category(
      [7],
      'ImageLoaded FileVersion Description Product Company OriginalFileName Hashes md5 sha1 sha256 Imphash Signed Signature SignatureStatus',
    ),
  ],
  [
    'create_remote_thread',
    category(
      [8],
      'SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction SourceUser TargetUser',
    ),
  ],
  ['raw_access_thread', category([9], 'Device')],
  [
    'process_access',
    category(
      [10],
      'SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace SourceUser TargetUser',
    ),
  ],
  ['file_event', category([11], file)],
  ['registry_event', category([12, 13, 14], registry)],
  ['registry_add', category([12], registry)],
  ['registry_delete', category([12], registry)],
  ['registry_set', category([13], registry)],
  ['registry_rename', category([14], registry)],
  ['create_stream_hash', category([15], 'TargetFilename CreationUtcTime Hash Contents')],
  ['pipe_created', category([17, 18], 'EventType PipeName')],
  [
    'wmi_event',
    category([19, 20, 21], 'EventType Operation EventNamespace Name Query Type Destination Consumer Filter'),
  ],
  ['dns_query', category([22], 'QueryName QueryStatus QueryResults')],
  ['file_delete', category([23], file)],
  ['clipboard_capture', category([24], 'Session ClientInfo Hashes Archived')],
  ['process_tampering', category([25], 'Type')],
  ['file_delete_detected', category([26], file)],
  ['file_block_executable', category([27], file)],
  ['file_block_shredding', category([28], file)],
  ['file_executable_detected', category([29], file)],
  ['sysmon_error', category([255], 'ID Description')],
  ['file_access', category([], 'FileName Irp FileObject IssuingThreadId')],
  ['file_rename', category([], 'SourceFilename TargetFilename FileName FilePath Irp FileObject')],
  ['ps_classic_start', category([400], 'Data EngineVersion HostName HostVersion HostApplication HostId')],
  ['ps_classic_provider_start', category([600], 'Data ProviderName NewProviderState HostName HostApplication')],
  ['ps_classic_script', category([800], 'Data')],
  ['ps_module', category([4103], 'ContextInfo UserData Payload')],
  ['ps_script', category([4104], 'MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path')],
]);

/** Fields that any Windows event may carry. */
export const windowsFields: ReadonlySet<string> = new Set(
  'EventID Channel Provider_Name ProviderName Provider_Guid Computer ComputerName Hostname Level Task Opcode Keywords UtcTime TimeCreated RuleName User UserID SecurityID ProcessGuid ProcessId ProcessID ThreadID Image EventRecordID Version Correlation_ActivityID'.split(
    ' ',
  ),
);

/** Services of Windows, each a channel or a few. */
const windowsServices =
  'application application-experience applocker appmodel-runtime appxdeployment-server appxpackaging-om bitlocker bits-client capi2 certificateservicesclient-lifecycle-system codeintegrity-operational dhcp diagnosis-scripted dns-client dns-server dns-server-analytic dns-server-audit driver-framework firewall-as hyper-v-worker iis-configuration kernel-event-tracing kernel-shimengine ldap ldap_debug lsa-server microsoft-servicebus-client msexchange-management ntfs ntlm openssh powershell powershell-classic printservice-admin printservice-operational security security-mitigations sense servicebus-client shell-core smbclient-connectivity smbclient-security smbserver-connectivity sysmon system taskscheduler terminalservices-localsessionmanager vhdmp windefend wmi';

/** `product/category/service` with `-` for what is not named. */
export const knownLogsources: ReadonlySet<string> = new Set([
  ...[...windowsCategories.keys()].map((name) => `windows/${name}/-`),
  ...windowsServices.split(' ').map((name) => `windows/-/${name}`),
  ...sources('linux', 'process_creation file_event network_connection file_create image_load', 'category'),
  ...sources('linux', 'auditd auth clamav cron guacamole modsecurity sshd sudo syslog vsftpd su pam', 'service'),
  ...sources('macos', 'process_creation file_event', 'category'),
  ...sources('-', 'antivirus database dns firewall proxy webserver', 'category'),
  ...sources('-', 'apache nginx', 'service'),
  ...sources(
    'zeek',
    'conn dce_rpc dns files ftp http kerberos notice ntlm rdp smb_files smb_mapping smtp software ssh ssl weird x509',
    'service',
  ),
  ...sources('aws', 'cloudtrail', 'service'),
  ...sources('azure', 'activitylogs auditlogs riskdetection pim signinlogs', 'service'),
  ...sources('gcp', 'gcp.audit google_workspace.admin google_workspace.login', 'service'),
  ...sources('m365', 'audit exchange threat_detection threat_management', 'service'),
  ...sources('cisco', 'aaa bgp ldp duo', 'service'),
  ...sources('huawei', 'bgp ldp', 'service'),
  ...sources('juniper', 'bgp ldp', 'service'),
  ...sources('fortigate', 'event traffic utm', 'service'),
  'kubernetes/-/audit',
  'kubernetes/application/audit',
  'bitbucket/-/audit',
  'github/-/audit',
  'okta/-/okta',
  'onelogin/-/onelogin.events',
  'qlvb/application/-',
  'windows/-/-',
  'linux/-/-',
  'modsecurity/-/-',
]);

function sources(product: string, names: string, kind: 'category' | 'service'): string[] {
  return names.split(' ').map((name) => (kind === 'category' ? `${product}/${name}/-` : `${product}/-/${name}`));
}
