import { describe, expect, it } from 'vitest';
import { parseLine } from '../../src/parse/index.ts';

const received = Date.UTC(2026, 10, 22, 5);
const system =
  '<System><Provider Name="Microsoft-Windows-Security-Auditing" Guid="{1}"/><EventID Qualifiers="0">4625</EventID><Level>0</Level>' +
  '<TimeCreated SystemTime="2026-11-22T05:00:00.1234567Z"/><Execution ProcessID="4" ThreadID="8"/><Channel>Security</Channel>' +
  "<Computer>DC01</Computer><Security UserID='S-1-5-18'/></System>";
const event = (data: string): string =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${system}${data}</Event>`;

describe('a Windows event as XML', () => {
  it('is read as its JSON is', () => {
    const { record } = parseLine(
      event(
        '<EventData><Data Name="TargetUserName">h&#7841;nh &amp; &lt;b&gt;</Data><Data Name="IpAddress"/><Data Name="__proto__">x</Data></EventData>',
      ),
      'auto',
      received,
    );
    expect(record).toMatchObject({
      parser: 'evtx-json',
      timeMs: received + 123,
      host: 'DC01',
      channel: 'Security',
      eventId: '4625',
      provider: 'Microsoft-Windows-Security-Auditing',
    });
    expect(record?.fields).toMatchObject({
      EventID: 4625,
      TargetUserName: 'hạnh & <b>',
      IpAddress: '',
      Security_UserID: 'S-1-5-18',
    });
    expect(Object.getOwnPropertyDescriptor(record?.fields, '__proto__')?.value).toBe('x');
  });
  it('unnamed data, user data, a rendered message, line ends and CDATA', () => {
    const unnamed = parseLine(event('<EventData><Data>a</Data>\r\n <Data>b</Data></EventData>'), 'evtx-xml', received);
    expect(unnamed.record?.fields.Data).toEqual(['a', 'b']);
    const user = parseLine(
      event('<UserData><LogFileCleared><SubjectUserName>hanh</SubjectUserName></LogFileCleared></UserData>'),
      'auto',
      received,
    );
    expect(user.record?.fields.SubjectUserName).toBe('hanh');
    const said = parseLine(
      event('<RenderingInfo><Message><![CDATA[a & <b>]]></Message></RenderingInfo>'),
      'auto',
      received,
    );
    expect(said.record?.message).toBe('a & <b>');
    expect(parseLine(`<13>Nov 22 12:00:00 gw ${event('')}`, 'auto', received).record?.parser).toBe(
      'syslog-3164+evtx-json',
    );
  });
  const broken: readonly (readonly [name: string, text: string, reason: string])[] = [
    ['cut', event('').slice(0, -9), 'xml-unclosed'],
    ['cut inside a tag', `${event('').slice(0, -9)}<Da`, 'xml-unclosed'],
    ['wrongly nested', '<Event ><System></Event></System>', 'xml-unbalanced'],
    ['too deep', `<Event >${'<a>'.repeat(100)}`, 'nested-too-deep'],
    ['too much', `<Event >${'<a/>'.repeat(3_000)}</Event>`, 'too-many-fields'],
    ['a document type', '<Event ><!DOCTYPE x [<!ENTITY a "b">]></Event>', 'xml-document-type'],
    ['no event', '<Event ><a/></Event>', 'evtx-without-system'],
  ];
  it.each(broken)('%s: refused with the reason', (_name, text, reason) => {
    expect(parseLine(text, 'auto', received)).toEqual({ record: null, reason });
  });
});
