import type { Mapping, MappingRule } from '../mapping.ts';
import { sysmonLinux, sysmonWindows } from './sysmon.ts';

/** Windows event channels and the Sigma service that names each (Sigma taxonomy and the rules' own definitions). */
const serviceByChannel: Readonly<Record<string, readonly string[]>> = {
  security: ['Security'],
  system: ['System'],
  application: ['Application'],
  powershell: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
  'powershell-classic': ['Windows PowerShell'],
  windefend: ['Microsoft-Windows-Windows Defender/Operational', 'Microsoft-Windows-Windows Defender/WHC'],
  wmi: ['Microsoft-Windows-WMI-Activity/Operational'],
  taskscheduler: ['Microsoft-Windows-TaskScheduler/Operational'],
  'bits-client': ['Microsoft-Windows-Bits-Client/Operational'],
  'dns-client': ['Microsoft-Windows-DNS Client Events/Operational', 'Microsoft-Windows-DNS-Client/Operational'],
  'dns-server': ['DNS Server'],
  'dns-server-audit': ['Microsoft-Windows-DNSServer/Audit', 'Microsoft-Windows-DNS-Server/Audit'],
  'dns-server-analytic': ['Microsoft-Windows-DNS-Server/Analytical', 'Microsoft-Windows-DNSServer/Analytical'],
  dhcp: ['Microsoft-Windows-DHCP-Server/Operational', 'DhcpAdminEvents'],
  'driver-framework': ['Microsoft-Windows-DriverFrameworks-UserMode/Operational'],
  ntlm: ['Microsoft-Windows-NTLM/Operational'],
  'printservice-admin': ['Microsoft-Windows-PrintService/Admin'],
  'printservice-operational': ['Microsoft-Windows-PrintService/Operational'],
  'smbclient-security': ['Microsoft-Windows-SmbClient/Security'],
  'smbclient-connectivity': ['Microsoft-Windows-SmbClient/Connectivity'],
  'smbserver-connectivity': ['Microsoft-Windows-SMBServer/Connectivity'],
  'smbserver-audit': ['Microsoft-Windows-SMBServer/Audit'],
  'smbserver-security': ['Microsoft-Windows-SMBServer/Security'],
  'terminalservices-localsessionmanager': ['Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'],
  'terminalservices-remoteconnectionmanager': [
    'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
  ],
  'codeintegrity-operational': ['Microsoft-Windows-CodeIntegrity/Operational'],
  'firewall-as': ['Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
  'msexchange-management': ['MSExchange Management'],
  ldap: ['Microsoft-Windows-LDAP-Client/Debug'],
  ldap_debug: ['Microsoft-Windows-LDAP-Client/Debug'],
  applocker: [
    'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/EXE and DLL',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment',
    'Microsoft-Windows-AppLocker/Packaged app-Execution',
  ],
  openssh: ['OpenSSH/Operational'],
  vhdmp: ['Microsoft-Windows-VHDMP/Operational', 'Microsoft-Windows-VHDMP-Operational'],
  'appxdeployment-server': ['Microsoft-Windows-AppXDeploymentServer/Operational'],
  'appxpackaging-om': ['Microsoft-Windows-AppxPackaging/Operational'],
  'appmodel-runtime': ['Microsoft-Windows-AppModel-Runtime/Admin'],
  'lsa-server': ['Microsoft-Windows-LSA/Operational'],
  capi2: ['Microsoft-Windows-CAPI2/Operational'],
  'certificateservicesclient-lifecycle-system': [
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  ],
  'iis-configuration': ['Microsoft-IIS-Configuration/Operational', 'Microsoft-Windows-IIS-Configuration/Operational'],
  bitlocker: ['Microsoft-Windows-BitLocker/BitLocker Management'],
  'diagnosis-scripted': ['Microsoft-Windows-Diagnosis-Scripted/Operational'],
  'security-mitigations': [
    'Microsoft-Windows-Security-Mitigations/KernelMode',
    'Microsoft-Windows-Security-Mitigations/Kernel Mode',
    'Microsoft-Windows-Security-Mitigations/UserMode',
    'Microsoft-Windows-Security-Mitigations/User Mode',
  ],
  'shell-core': ['Microsoft-Windows-Shell-Core/Operational'],
  'microsoft-servicebus-client': [
    'Microsoft-ServiceBus-Client',
    'Microsoft-ServiceBus-Client/Admin',
    'Microsoft-ServiceBus-Client/Operational',
  ],
  'kernel-event-tracing': ['Microsoft-Windows-Kernel-EventTracing/Admin'],
  'kernel-shimengine': ['Microsoft-Windows-Kernel-ShimEngine/Operational'],
  'application-experience': [
    'Microsoft-Windows-Application-Experience/Program-Telemetry',
    'Microsoft-Windows-Application-Experience/Program-Inventory',
  ],
  winrm: ['Microsoft-Windows-WinRM/Operational'],
  'rdp-corets': ['Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational'],
  setup: ['Setup'],
  adfs: ['AD FS/Admin'],
  'directory-service': ['Directory Service'],
  sense: ['Microsoft-Windows-SENSE/Operational'],
};

const channelRules: readonly MappingRule[] = Object.entries(serviceByChannel).map(([service, channel]) => ({
  when: { channel },
  product: 'windows',
  services: [service],
}));

const powershell: readonly string[] = ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'];

const categoryRules: readonly MappingRule[] = [
  { when: { channel: powershell, eventId: '4103' }, categories: ['ps_module'] },
  { when: { channel: powershell, eventId: '4104' }, categories: ['ps_script'] },
  { when: { channel: 'Windows PowerShell', eventId: '400' }, categories: ['ps_classic_start'] },
  { when: { channel: 'Windows PowerShell', eventId: '600' }, categories: ['ps_classic_provider_start'] },
  { when: { channel: 'Security', eventId: '4688' }, categories: ['process_creation'] },
  { when: { channel: 'Security', eventId: '4689' }, categories: ['process_termination'] },
];

/** Security 4688 tells of a new process in other words than Sysmon 1; rules are written in Sysmon's. */
const securityFields: readonly MappingRule[] = [
  {
    when: { channel: 'Security', eventId: '4688' },
    copy: {
      Image: 'NewProcessName',
      ParentImage: 'ParentProcessName',
      IntegrityLevel: 'MandatoryLabel',
      LogonId: 'SubjectLogonId',
      ParentProcessId: 'ProcessId',
    },
    join: { User: '{SubjectDomainName}\\{SubjectUserName}' },
  },
  { when: { channel: 'Security', eventId: '4689' }, copy: { Image: 'ProcessName' } },
];

/** What people want to read first of a Windows event without a rendered message. */
const telling: readonly string[] = [
  'CommandLine',
  'Image',
  'NewProcessName',
  'ScriptBlockText',
  'TargetFilename',
  'TargetObject',
  'Details',
  'QueryName',
  'DestinationIp',
  'ServiceName',
  'ImagePath',
  'TaskName',
  'TargetImage',
  'ImageLoaded',
  'PipeName',
  'TargetUserName',
  'SubjectUserName',
  'IpAddress',
  'ObjectName',
  'ThreatName',
  'User',
];

/** Windows events in any shape a converter or shipper gives them. */
export const windows: Mapping = {
  id: 'windows',
  parsers: ['evtx-json', 'winlogbeat-json', 'nxlog-json'],
  dropBlanks: true,
  telling,
  rules: [
    ...sysmonLinux,
    ...sysmonWindows,
    ...channelRules,
    ...categoryRules,
    ...securityFields,
    // Any other channel is Windows all the same.
    { when: {}, product: 'windows' },
  ],
};

/** Names of NXLog's own that have a name of Sigma's. */
export const nxlog: Mapping = {
  id: 'nxlog',
  parsers: ['nxlog-json'],
  rules: [
    { when: {}, copy: { Provider_Name: 'SourceName', Computer: 'Hostname', Security_UserID: 'UserID' } },
    // NXLog renders the unnamed data of classic events into the message only.
    { when: { channel: ['Windows PowerShell', 'Application'] }, copy: { Data: 'Message' } },
  ],
};

/** Tags alone, for records whose fields must stay exactly as they are. */
export const windowsTags: readonly MappingRule[] = [
  ...sysmonLinux,
  ...sysmonWindows,
  ...channelRules,
  ...categoryRules,
];
