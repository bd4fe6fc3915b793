import { describe, expect, it } from 'vitest';
import type { NormalisedEvent } from '../../src/model/event.ts';
import { createNormaliser, type Mapping, type Mappings } from '../../src/normalise/index.ts';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);

function read(text: string | object, parser = 'auto'): NormalisedEvent {
  return readLine(typeof text === 'string' ? text : JSON.stringify(text), parser, received);
}

function windowsEvent(channel: string, eventId: number | string, data: object = {}, provider = 'P'): object {
  const System = {
    Provider: { '#attributes': { Name: provider } },
    EventID: eventId,
    Channel: channel,
    Computer: 'PC-1',
    TimeCreated: { '#attributes': { SystemTime: '2026-11-22T05:00:00Z' } },
  };
  return { Event: { System, EventData: data } };
}

const sysmon = 'Microsoft-Windows-Sysmon/Operational';

describe('the logsource of Windows events', () => {
  type Row = readonly [
    channel: string,
    eventId: number | string,
    data: object,
    categories: string[],
    services: string[],
  ];
  const rows: readonly Row[] = [
    [sysmon, 1, {}, ['process_creation'], ['sysmon']],
    [sysmon, '1', {}, ['process_creation'], ['sysmon']],
    [sysmon.toUpperCase(), 1, {}, ['process_creation'], ['sysmon']],
    [sysmon, 2, {}, ['file_change'], ['sysmon']],
    [sysmon, 3, {}, ['network_connection'], ['sysmon']],
    [sysmon, 5, {}, ['process_termination'], ['sysmon']],
    [sysmon, 6, {}, ['driver_load'], ['sysmon']],
    [sysmon, 7, {}, ['image_load'], ['sysmon']],
    [sysmon, 8, {}, ['create_remote_thread'], ['sysmon']],
    [sysmon, 10, {}, ['process_access'], ['sysmon']],
    [sysmon, 11, {}, ['file_event'], ['sysmon']],
    [sysmon, 12, { EventType: 'CreateKey' }, ['registry_event', 'registry_add'], ['sysmon']],
    [sysmon, 12, { EventType: 'DeleteValue' }, ['registry_event', 'registry_delete'], ['sysmon']],
    [sysmon, 12, { EventType: 'INFO' }, ['registry_event', 'registry_add', 'registry_delete'], ['sysmon']],
    [sysmon, 12, {}, ['registry_event', 'registry_add', 'registry_delete'], ['sysmon']],
    [sysmon, 13, { EventType: 'SetValue' }, ['registry_event', 'registry_set'], ['sysmon']],
    [sysmon, 14, {}, ['registry_event', 'registry_rename'], ['sysmon']],
    [sysmon, 15, {}, ['create_stream_hash'], ['sysmon']],
    [sysmon, 17, {}, ['pipe_created'], ['sysmon']],
    [sysmon, 18, {}, ['pipe_created'], ['sysmon']],
    [sysmon, 21, {}, ['wmi_event'], ['sysmon']],
    [sysmon, 22, {}, ['dns_query'], ['sysmon']],
    [sysmon, 23, {}, ['file_delete'], ['sysmon']],
    [sysmon, 29, {}, ['file_executable_detected'], ['sysmon']],
    [sysmon, 255, {}, ['sysmon_error'], ['sysmon']],
    [sysmon, 999, {}, [], ['sysmon']],
    ['Security', 4688, {}, ['process_creation'], ['security']],
    ['security', 4625, {}, [], ['security']],
    ['System', 7045, {}, [], ['system']],
    ['Application', 1, {}, [], ['application']],
    ['Microsoft-Windows-PowerShell/Operational', 4103, {}, ['ps_module'], ['powershell']],
    ['PowerShellCore/Operational', 4104, {}, ['ps_script'], ['powershell']],
    ['Windows PowerShell', 400, {}, ['ps_classic_start'], ['powershell-classic']],
    ['Windows PowerShell', 600, {}, ['ps_classic_provider_start'], ['powershell-classic']],
    ['Microsoft-Windows-Windows Defender/Operational', 1116, {}, ['antivirus'], ['windefend']],
    ['DNS Server', 770, {}, [], ['dns-server']],
    ['Microsoft-Windows-TaskScheduler/Operational', 129, {}, [], ['taskscheduler']],
    ['Microsoft-Windows-AppLocker/MSI and Script', 8007, {}, [], ['applocker']],
    ['MSExchange Management', 1, {}, [], ['msexchange-management']],
    ['Some-Vendor/Operational', 1, {}, [], []],
  ];
  it.each(rows)('%s %s %j', (channel, eventId, data, categories, services) => {
    expect(read(windowsEvent(channel, eventId, data)).logsource).toEqual({ product: 'windows', categories, services });
  });

  it('Sysmon is known by its provider in a forwarded channel', () => {
    const event = windowsEvent('ForwardedEvents', 11, {}, 'Microsoft-Windows-Sysmon');
    expect(read(event).logsource).toEqual({ product: 'windows', categories: ['file_event'], services: ['sysmon'] });
  });
  it('Sysmon for Linux is Linux', () => {
    const event = windowsEvent('Linux-Sysmon/Operational', 1, {}, 'Linux-Sysmon');
    expect(read(event).logsource).toEqual({ product: 'linux', categories: ['process_creation'], services: ['sysmon'] });
  });
  it('a Channel in the data does not decide what the event is', () => {
    const event = { Event: { ...windowsEvent('System', 104), UserData: { X: { Channel: 'Security' } } } };
    const System = { EventID: 104, Channel: 'System', Provider: { '#attributes': { Name: 'P' } } };
    const cleared = read({ Event: { ...event.Event, System } });
    expect(cleared.logsource.services).toEqual(['system']);
    expect(cleared.fields.Channel).toBe('Security');
  });
});

describe("Sigma's field names", () => {
  it('4688 is told in the words of Sysmon 1 as well, and its own stay', () => {
    const data = {
      NewProcessName: 'C:\\w\\cmd.exe',
      ParentProcessName: 'C:\\w\\explorer.exe',
      CommandLine: 'cmd /c x',
      MandatoryLabel: 'S-1-16-12288',
      SubjectDomainName: 'CORP',
      SubjectUserName: 'hanh',
      ProcessId: '0x1',
      NewProcessId: '0x2',
    };
    expect(read(windowsEvent('Security', 4688, data)).fields).toMatchObject({
      ...data,
      Image: 'C:\\w\\cmd.exe',
      ParentImage: 'C:\\w\\explorer.exe',
      IntegrityLevel: 'S-1-16-12288',
      User: 'CORP\\hanh',
      ParentProcessId: '0x1',
    });
  });
  it('what is missing is not made up', () => {
    const { fields } = read(
      windowsEvent('Security', 4688, { NewProcessName: 'x', SubjectUserName: '-', SubjectDomainName: 'A' }),
    );
    expect(Object.keys(fields)).not.toContain('ParentImage');
    expect(Object.keys(fields)).not.toContain('User');
  });
  it('another event of the same channel gains nothing', () => {
    expect(read(windowsEvent('Security', 4624, { NewProcessName: 'x' })).fields).not.toHaveProperty('Image');
  });
  it('blanks in names go, and do not overwrite', () => {
    const event = windowsEvent('Microsoft-Windows-Windows Defender/Operational', 1116, {
      'Threat Name': 'EICAR',
      'Severity ID': 5,
      SeverityID: 4,
    });
    expect(read(event).fields).toMatchObject({ ThreatName: 'EICAR', SeverityID: 4 });
    expect(Object.keys(read(event).fields).filter((name) => name.includes(' '))).toEqual([]);
  });
  it('NXLog gets provider and computer, and keeps its own', () => {
    const nxlog = { EventID: 1, Channel: sysmon, SourceName: 'Microsoft-Windows-Sysmon', Hostname: 'PC-2', Image: 'i' };
    expect(read(nxlog)).toMatchObject({
      host: 'PC-2',
      fields: { ...nxlog, Provider_Name: 'Microsoft-Windows-Sysmon', Computer: 'PC-2' },
      logsource: { product: 'windows', categories: ['process_creation'], services: ['sysmon'] },
    });
  });
});

describe('JSON that states its own logsource', () => {
  const flat = {
    action: 'download',
    user: 'hanh',
    n: 3,
    ok: true,
    none: null,
    product: 'qlvb',
    category: 'application',
  };
  it('gains and loses nothing', () => {
    const event = read(flat);
    expect(event.fields).toEqual(flat);
    expect(Object.keys(event.fields)).toEqual(Object.keys(flat));
    expect(event.logsource).toEqual({ product: 'qlvb', categories: ['application'], services: [] });
  });
  it('is compared without case, and channel and id add tags but no fields', () => {
    const windows = { product: 'Windows', EventID: '4688', Channel: 'Security', NewProcessName: 'x', SourceName: 's' };
    expect(read(windows).logsource).toEqual({
      product: 'windows',
      categories: ['process_creation'],
      services: ['security'],
    });
    expect(read(windows).fields).toEqual(windows);
  });
  it('a logsource that is no text is a field only', () => {
    expect(read({ product: 1, category: ['a'], service: null }).logsource).toEqual({
      product: null,
      categories: [],
      services: [],
    });
  });
});

describe('syslog and web', () => {
  type Row = readonly [text: string, product: string | null, categories: string[], services: string[]];
  const access = '10.0.0.1 - - [22/Nov/2026:12:00:00 +0700] "GET / HTTP/1.1" 200 1 "-" "x"';
  const rows: readonly Row[] = [
    ['<38>Nov 22 12:00:00 h sshd[1]: x', 'linux', [], ['syslog', 'sshd', 'auth']],
    ['<86>Nov 22 12:00:00 h sudo: x', 'linux', [], ['syslog', 'sudo', 'auth']],
    ['<86>1 - h su - - - x', 'linux', [], ['syslog', 'auth']],
    ['<78>Nov 22 12:00:00 h CRON[1]: x', 'linux', [], ['syslog', 'cron']],
    ['<13>Nov 22 12:00:00 h whatever: x', 'linux', [], ['syslog']],
    ['<189>Nov 22 12:00:00 sw %AAA-5-USER: x', 'cisco', [], ['syslog', 'aaa']],
    ['<189>Nov 22 12:00:00 fw %ASA-6-302013: x', 'cisco', ['firewall'], ['syslog', 'asa']],
    [access, null, ['webserver'], []],
    [`<190>Nov 22 12:00:00 web nginx: ${access}`, 'nginx', ['webserver'], ['nginx']],
    [`<190>Nov 22 12:00:00 web apache2[3]: ${access}`, 'apache', ['webserver'], ['apache']],
    ['words without form', null, [], []],
  ];
  it.each(rows)('%s', (text, product, categories, services) => {
    expect(read(text).logsource).toEqual({ product, categories, services });
  });
});

describe('NFC', () => {
  // Decomposed as macOS and some Vietnamese keyboards write it.
  const decomposed = 'Nguyễn Thị Hạnh'.normalize('NFD');
  const composed = 'Nguyễn Thị Hạnh';
  const rows: readonly (readonly [name: string, text: string])[] = [
    ['a value', JSON.stringify({ user: decomposed })],
    ['an escaped value', `{"user":"Nguye\\u0302\\u0303n Thi\\u0323 Ha\\u0323nh"}`],
    ['a list', JSON.stringify({ user: [decomposed] })],
  ];
  it.each(rows)('%s', (_name, text) => {
    expect([read(text).fields.user].flat()).toEqual([composed]);
  });
  it('names, host, message, raw lines and escaped access logs too', () => {
    expect(Object.keys(read(JSON.stringify({ ['tên'.normalize('NFD')]: 1 })).fields)).toEqual(['tên']);
    expect(read(JSON.stringify({ host: decomposed, message: decomposed }))).toMatchObject({
      host: composed,
      message: composed,
    });
    expect(read(decomposed)).toMatchObject({ parser: 'raw', message: composed, fields: { message: composed } });
    const line = '10.0.0.1 - - [22/Nov/2026:12:00:00 +0700] "GET /a\\xCC\\x81 HTTP/1.1" 200 1 "-" "x"';
    expect(read(line).fields['cs-uri']).toBe('/á');
  });
  it('of two names that become one, one stays', () => {
    expect(read(`{"${'é'.normalize('NFD')}":1,"é":2}`).fields).toEqual({ é: 2 });
  });
});

describe('the line for people', () => {
  const rows: readonly (readonly [name: string, text: string | object, message: string])[] = [
    ['a message', { message: 'one\ntwo' }, 'one'],
    ['a message that begins with a line end', { message: '\n one\ntwo' }, 'one'],
    [
      'Windows without a message',
      windowsEvent(sysmon, 1, { Image: 'i', CommandLine: 'c\nd', User: '-' }),
      'P 1: CommandLine=c d Image=i',
    ],
    [
      'an application',
      { product: 'qlvb', action: 'login', user: 'hanh', src_ip: '10.0.0.1' },
      'action=login user=hanh src_ip=10.0.0.1',
    ],
    ['nothing known', { x: 1, y: 'z' }, 'x=1 y=z'],
  ];
  it.each(rows)('%s', (_name, text, message) => {
    expect(read(text).message).toBe(message);
  });
  it('is bounded, and never ends inside a character', () => {
    expect(read({ message: 'x'.repeat(9_999) }).message).toHaveLength(500);
    expect(read({ message: `${'x'.repeat(499)}😀` }).message).toBe('x'.repeat(499));
  });
});

describe('mappings are data', () => {
  it('a mapping of one’s own decides, and survives JSON', () => {
    const mapping: Mapping = {
      id: 'own',
      about: '',
      parsers: ['json'],
      rules: [
        {
          when: [{ 'field:kind': ['A', 'b'] }],
          product: 'own',
          categories: ['x'],
          copy: { user: ['nobody', 'who'] },
        },
        { when: [], product: 'other', services: ['s'] },
      ],
    };
    const mappings: Mappings = { version: 'v', all: [JSON.parse(JSON.stringify(mapping)) as Mapping] };
    const normaliser = createNormaliser(mappings);
    const record = {
      parser: 'json',
      timeMs: null,
      host: '',
      program: '',
      channel: '',
      provider: '',
      eventId: '',
      message: '',
      status: 'parsed' as const,
      reason: '',
    };
    expect(normaliser.normalise({ ...record, fields: { kind: 'a', who: 'h' } }, '')).toMatchObject({
      logsource: { product: 'own', categories: ['x'], services: ['s'] },
      fields: { kind: 'a', who: 'h', user: 'h' },
    });
    expect(normaliser.normalise({ ...record, fields: { kind: 'c' } }, '').logsource.product).toBe('other');
  });
});
