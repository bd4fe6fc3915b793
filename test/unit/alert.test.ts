import { describe, expect, test } from 'vitest';
import {
  alertIdOf,
  alertView,
  buildAlert,
  defaultAlertLimits,
  draftOf,
  entitiesOf,
  entityOf,
  lateMsOf,
} from '../../src/alert/index.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { RuleFacts } from '../../src/model/finding.ts';
import { eventOf, minuteMs, tenOClock } from '../harness/detection-world.ts';

const rule: RuleFacts = {
  id: 'r1',
  title: 'Title',
  titleVi: 'Tên',
  severity: 'high',
  hash: 'h',
  tags: ['attack.t1059'],
  author: 'us',
  license: 'Apache-2.0',
  family: 'intrusion',
};
const event = (o: Partial<SecurityEvent> = {}): SecurityEvent => ({ ...eventOf('b1', 0, { command: 'whoami' }), ...o });

describe('identity', () => {
  const base = alertIdOf('r1', event());

  test.each<[string, Partial<SecurityEvent>]>([
    ['another event of the same hour', { id: 'b9-1', batch: 'b9', eventTimeMs: tenOClock + 59 * minuteMs }],
    ['the host in other letters', { host: 'may-01' }],
    ['another source', { source: 'src2' }],
    ['received later', { receivedTimeMs: tenOClock + 9e6 }],
  ])('%s is the same alert', (_, change) => {
    expect(alertIdOf('r1', event(change))).toBe(base);
  });

  test.each<[string, Partial<SecurityEvent>]>([
    ['the next hour', { eventTimeMs: tenOClock + 60 * minuteMs }],
    ['the hour before', { eventTimeMs: tenOClock - 1 }],
    ['another host', { host: 'MAY-02' }],
    ['a host of the same name in another system', { system: 'hr' }],
    ['a drill', { origin: 'drill', drill: 'd1' }],
    ['another lane', { lane: 'l2' }],
  ])('%s is another alert', (_, change) => {
    expect(alertIdOf('r1', event(change))).not.toBe(base);
  });

  test('is 32 hex digits, and another rule is another alert', () => {
    expect(base).toMatch(/^[0-9a-f]{32}$/);
    expect(alertIdOf('r2', event())).not.toBe(base);
  });

  test('parts cannot be shifted into each other', () => {
    const a = alertIdOf('r1', event({ drill: 'x', lane: 'yz' }));
    expect(alertIdOf('r1', event({ drill: 'xy', lane: 'z' }))).not.toBe(a);
  });

  test.each<[string, Partial<SecurityEvent>, string]>([
    ['the host', {}, 'MAY-01'],
    ['else the system', { host: '' }, 'qlvb'],
    ['else the address at the other end', { host: '', system: '', fields: { 'c-ip': '203.0.113.9' } }, '203.0.113.9'],
    ['an address that is none does not count', { host: '', system: '', fields: { 'c-ip': '-' } }, 'src1'],
    ['else the source', { host: '', system: '', fields: {} }, 'src1'],
  ])('it is about %s', (_, change, want) => {
    expect(entityOf(event(change))).toBe(want);
  });
});

describe('entities', () => {
  const of = (fields: SecurityEvent['fields'], host = ''): string[] =>
    entitiesOf([event({ fields, host })], defaultAlertLimits).map(({ kind, value }) => `${kind} ${value}`);

  test.each<[string, SecurityEvent['fields'], string[]]>([
    [
      'users, addresses, files, processes',
      {
        User: 'QLVB\\lan',
        SourceIp: '192.0.2.7',
        TargetFilename: 'C:\\x.aspx',
        Image: 'C:\\w3wp.exe',
      },
      ['user QLVB\\lan', 'ip 192.0.2.7', 'file C:\\x.aspx', 'process C:\\w3wp.exe'],
    ],
    ['names without case', { user: 'a', USERNAME: 'b' }, ['user a', 'user b']],
    ['one entity once', { User: 'Lan', TargetUserName: 'lan' }, ['user Lan']],
    ['nothing for blanks', { User: '-', SourceIp: '0.0.0.0', c: 'x', IpAddress: '' }, []],
    ['nothing for an address that is none', { SourceIp: 'localhost', 'c-ip': '999.1.1.1' }, []],
    ['IPv6', { SourceIp: '2001:db8::1' }, ['ip 2001:db8::1']],
    ['lists', { User: ['a', 'b', 3, null] }, ['user a', 'user b']],
    ['no numbers', { User: 5 }, []],
    ['Vietnamese text whole', { User: 'Nguyễn Thị Lan' }, ['user Nguyễn Thị Lan']],
  ])('%s', (_, fields, want) => {
    expect(of(fields)).toEqual(want);
  });

  test('are bounded in number and length, without half characters', () => {
    const many = Array.from({ length: 500 }, (_, i) => event({ host: `h${i}` }));
    expect(entitiesOf(many, defaultAlertLimits)).toHaveLength(24);
    const [long] = of({ User: `${'a'.repeat(254)}😀 and more` });
    expect(long).toBe(`user ${'a'.repeat(254)}…`);
  });
});

describe('the alert its findings make', () => {
  const draft = draftOf(rule, event());
  const facts = {
    events: 2,
    firstEventMs: tenOClock,
    lastEventMs: tenOClock + 5,
    firstReceivedMs: tenOClock + 9,
    evidence: [{ event: 'b1-0', day: '2026-11-22' }],
  };
  const build = (o: Partial<Parameters<typeof buildAlert>[0]> = {}) =>
    buildAlert({ draft, facts, events: [event()], previous: null, nowMs: 77, limits: defaultAlertLimits, ...o });

  test('the same findings give the same alert whenever it is built', () => {
    expect(build({ previous: build(), nowMs: 99, events: [] })).toEqual(build());
  });

  test('amended, it keeps when it was raised and where it belongs', () => {
    const before = { ...build(), incident: 'i1' };
    const after = build({ previous: before, facts: { ...facts, events: 3 }, nowMs: 99 });
    expect(after).toMatchObject({ events: 3, createdMs: 77, incident: 'i1', windowStartMs: tenOClock });
  });

  test('new evidence brings new entities', () => {
    const more = { ...facts, evidence: [...facts.evidence, { event: 'b2-0', day: '2026-11-22' }] };
    const other = event({ id: 'b2-0', fields: { User: 'minh' } });
    const after = build({ previous: build(), facts: more, events: [event(), other] });
    expect(after.entities).toContainEqual({ kind: 'user', value: 'minh' });
  });

  test('goes over the wire under the names people know', () => {
    const view = alertView(
      { ...build(), incident: 'i1' },
      { incidentCode: 'SC-2611-0000', systemName: 'QLVB' },
      defaultAlertLimits,
    );
    expect(view).toMatchObject({
      rule: 'r1',
      titleVi: 'Tên',
      incidentCode: 'SC-2611-0000',
      systemName: 'QLVB',
      lateMs: 0,
    });
  });
});

test.each([
  ['on time', 30_000, 0],
  ['just within the bound', 10 * minuteMs, 0],
  ['42 minutes late', 42 * minuteMs, 42 * minuteMs],
  ['a week late', 7 * 24 * 60 * minuteMs, 7 * 24 * 60 * minuteMs],
  ['a capture of last year is not late', 365 * 24 * 60 * minuteMs, 0],
  ['a clock that runs ahead', -5 * minuteMs, 0],
])('lateness: %s', (_, delayMs, want) => {
  expect(lateMsOf({ firstEventMs: tenOClock, firstReceivedMs: tenOClock + delayMs }, defaultAlertLimits)).toBe(want);
});
