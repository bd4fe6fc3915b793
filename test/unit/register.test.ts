import { describe, expect, it } from 'vitest';
import { type System, systemProblem } from '../../src/model/register.ts';
import { createRegister, type Register, unknownSource } from '../../src/register/index.ts';

const contact = { name: '', email: '', phone: '' };
function system(id: string, level: number, hosts: string[], addresses: string[]): System {
  return {
    id,
    name: id,
    org: `org-${id}`,
    orgName: id,
    level,
    hosts,
    addresses,
    owner: contact,
    duty: contact,
    notifyFrom: 'high',
    webhookUrl: '',
  };
}

async function filled(): Promise<Register> {
  const documents = {
    system: [system('qlvb', 3, ['QLVB-APP-01'], ['10.20.14.0/24']), system('portal', 2, ['web01'], ['2001:db8::/32'])],
    source: [{ ...unknownSource, id: 'fw', system: 'portal', addresses: ['10.1.1.0/24', 'not an address'] }],
  };
  const register = createRegister({
    load: async (kind) =>
      documents[kind].map((item) => ({ subject: item.id, document: item as unknown as Record<string, unknown> })),
  });
  await register.refresh();
  return register;
}

describe('where an event belongs', () => {
  const rows: [string, string, string[], string, string, number][] = [
    ['by host, whatever the case', 'qlvb-app-01', [], '', 'qlvb', 3],
    ['by the first label of a full host name', 'QLVB-APP-01.tinh.example', [], '', 'qlvb', 3],
    ['by address', 'nobody', ['10.20.14.9'], '', 'qlvb', 3],
    ['by IPv6 address', '', ['2001:db8::7'], '', 'portal', 2],
    ['by an IPv4-mapped address', '', ['::ffff:10.20.14.9'], '', 'qlvb', 3],
    ['by what the source declares', 'nobody', ['192.0.2.1'], 'portal', 'portal', 2],
    ['nowhere', 'nobody', ['not an address'], '', '', 0],
    ['host beats the source', 'web01', [], 'qlvb', 'portal', 2],
  ];
  it.each(rows)('%s', async (_name, host, addresses, declared, wantSystem, wantLevel) => {
    const register = await filled();
    expect(register.locate({ ...unknownSource, system: declared }, host, 0, addresses)).toMatchObject({
      system: wantSystem,
      level: wantLevel,
    });
  });
});

describe('two agencies with the same names and private addresses', () => {
  const twins = async (): Promise<Register> => {
    const documents = {
      system: [system('a', 3, ['DC01'], ['10.0.0.0/24']), system('b', 2, ['dc01'], ['10.0.0.0/24'])],
      source: [],
    };
    const register = createRegister({
      load: async (kind) =>
        documents[kind].map((item: System) => ({ subject: item.id, document: { ...item } as Record<string, unknown> })),
    });
    await register.refresh();
    return register;
  };
  const rows: [string, string, string, string, string[], string][] = [
    ['each keeps its own host', 'org-a', '', 'dc01.a.example', [], 'a'],
    ['each keeps its own host', 'org-b', '', 'DC01', [], 'b'],
    ['each keeps its own address', 'org-b', '', '', ['10.0.0.5'], 'b'],
    ['a third one gets neither', 'org-c', 'c', 'dc01', ['10.0.0.5'], 'c'],
    ['a host that two claim says nothing of a shared relay', '', 'b', 'dc01', [], 'b'],
  ];
  it.each(rows)('%s: %s', async (_name, org, declared, host, addresses, want) => {
    expect((await twins()).locate({ ...unknownSource, org, system: declared }, host, 0, addresses).system).toBe(want);
  });
});

describe('who sent it', () => {
  it.each([
    ['10.1.1.77', 'fw'],
    ['::ffff:10.1.1.77', 'fw'],
    ['10.1.2.1', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', async (peer, want) => {
    expect((await filled()).sourceOf(peer).id).toBe(want);
  });

  const fingerprint = 'ab'.repeat(32);
  it.each([
    ['a common name', ['fw-01.tinh.example'], '192.0.2.1', 'named'],
    ['whatever its case', ['FW-01.Tinh.Example'], '192.0.2.1', 'named'],
    ['a fingerprint', [fingerprint], '192.0.2.1', 'printed'],
    ['the first of several', [fingerprint, 'fw-01.tinh.example'], '192.0.2.1', 'printed'],
    ['not the address of a source that has certificates', ['stranger'], '10.2.2.2', 'unknown'],
    ['the address of a source that has none', ['stranger'], '10.1.1.77', 'fw'],
  ])('by certificate: %s', async (_name, certificate, peer, want) => {
    const sources = [
      { ...unknownSource, id: 'named', addresses: ['10.2.2.2'], certificates: ['fw-01.tinh.example'] },
      { ...unknownSource, id: 'printed', certificates: [`SHA256:${'AB:'.repeat(31)}AB`] },
      { ...unknownSource, id: 'fw', addresses: ['10.1.1.0/24'] },
    ];
    const register = createRegister({
      load: async (kind) =>
        kind === 'system'
          ? []
          : sources.map((item) => ({ subject: item.id, document: item as unknown as Record<string, unknown> })),
    });
    await register.refresh();
    expect(register.sourceOf(peer, certificate).id).toBe(want);
    expect(register.sourceOf('10.2.2.2').id).toBe('named');
  });

  it('an unreachable store leaves the last register in force', async () => {
    let away = false;
    const register = createRegister({
      load: async (kind) => {
        if (away) throw new Error('away');
        return kind === 'system'
          ? [{ subject: 'a', document: system('a', 1, [], []) as unknown as Record<string, unknown> }]
          : [];
      },
    });
    await register.refresh();
    away = true;
    await expect(register.refresh()).rejects.toThrow('away');
    expect(register.system('a')?.level).toBe(1);
  });
});

describe('what changes hands', () => {
  const at = (day: string): number => Date.parse(`${day}T00:00:00+07:00`);
  const merged: System = {
    ...system('thuloi', 3, ['app01'], []),
    org: 'so-nnmt',
    orgName: 'Sở Nông nghiệp và Môi trường',
    agencies: [
      { org: 'so-nnptnt', orgName: 'Sở Nông nghiệp và PTNT', fromDay: '', untilDay: '2025-07-01' },
      { org: 'so-nnmt', orgName: 'Sở Nông nghiệp và Môi trường', fromDay: '2025-07-01', untilDay: '' },
    ],
    datedHosts: [{ host: 'DB01', fromDay: '2025-01-01', untilDay: '2025-07-01' }],
  };
  const other: System = {
    ...system('moitruong', 2, [], []),
    datedHosts: [{ host: 'db01', fromDay: '2025-07-01', untilDay: '' }],
  };
  const filledWith = async (systems: readonly System[]): Promise<Register> => {
    const load = async (kind: 'system' | 'source') =>
      (kind === 'system' ? systems : []).map((item) => ({
        subject: item.id,
        document: item as unknown as Record<string, unknown>,
      }));
    const register = createRegister({ load });
    await register.refresh();
    return register;
  };

  it.each([
    ['the agency of then', 'app01', '2025-06-30', 'so-nnptnt', 'thuloi'],
    ['from local midnight on the new one', 'app01', '2025-07-01', 'so-nnmt', 'thuloi'],
    ['a host of then', 'DB01', '2025-06-30', 'so-nnptnt', 'thuloi'],
    ['a host that moved', 'DB01', '2025-07-01', 'org-moitruong', 'moitruong'],
    ['a host before anybody had it', 'DB01', '2024-12-31', '', ''],
  ])('%s', async (_name, host, day, org, id) => {
    const register = await filledWith([merged, other]);
    expect(register.locate(unknownSource, host, at(day), [])).toMatchObject({ org, system: id });
    expect(register.locate(unknownSource, host, at(day) - 1, []).org === org).toBe(day !== '2025-07-01');
  });

  it.each<[string, Partial<System>, string]>([
    ['as it is', {}, ''],
    [
      'two agencies at a time',
      {
        agencies: [
          { org: 'b', orgName: 'B', fromDay: '2025-06-01', untilDay: '' },
          { org: 'a', orgName: 'A', fromDay: '', untilDay: '2025-07-01' },
        ],
      },
      'agencies: … – 2025-07-01 and 2025-06-01 – … overlap',
    ],
    [
      'one without an end before another',
      {
        agencies: [
          { org: 'a', orgName: 'A', fromDay: '2020-01-01', untilDay: '' },
          { org: 'b', orgName: 'B', fromDay: '2025-07-01', untilDay: '' },
        ],
      },
      'agencies: 2020-01-01 – … and 2025-07-01 – … overlap',
    ],
    [
      'the wrong way round',
      { agencies: [{ org: 'a', orgName: 'A', fromDay: '2025-07-01', untilDay: '2025-07-01' }] },
      'agencies: 2025-07-01 – 2025-07-01 ends before it begins',
    ],
    [
      'a host twice',
      {
        datedHosts: [
          { host: 'x', fromDay: '', untilDay: '2025-02-01' },
          { host: 'X', fromDay: '2025-01-01', untilDay: '' },
        ],
      },
      'host x: … – 2025-02-01 and 2025-01-01 – … overlap',
    ],
    [
      'a host for ever and for a time',
      { datedHosts: [{ host: 'APP01', fromDay: '', untilDay: '2025-02-01' }] },
      'host APP01: named both with and without dates',
    ],
  ])('%s', (_name, more, want) => {
    expect(systemProblem({ ...merged, ...more })).toBe(want);
  });
});
