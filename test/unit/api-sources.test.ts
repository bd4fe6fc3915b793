import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceWatchView } from '../../src/contract/sources.ts';
import { officeHours, type SourceContract } from '../../src/model/source-contract.ts';
import { openWorld, systemNamed, type World } from '../harness/api-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  const source = {
    id: 'fw',
    name: 'Tường lửa biên',
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: ['10.0.0.1'],
  };
  await world.as('admin', { method: 'PUT', url: '/sources/fw', body: { source } });
});
afterAll(() => world.app.close());

const quiet = { least: 0, most: 1_000 };
const contract: SourceContract = {
  agreedMs: 1,
  kinds: ['fortinet/traffic', 'linux'],
  volume: { working: { least: 10, most: 1_000 }, night: quiet, weekend: quiet, holiday: quiet },
  workingHours: officeHours,
  silenceMs: 3_600_000,
  kindSilenceMs: 86_400_000,
  lagMs: 60_000,
  skewMs: 5_000,
};

async function seen(): Promise<SourceWatchView> {
  const { items } = (await world.as('viewer', { url: '/source-watch' })).json<{ items: SourceWatchView[] }>();
  const found = items.find(({ id }) => id === 'fw');
  if (found === undefined) throw new Error('the source is not listed');
  return found;
}

async function put(what: string, body: object): Promise<{ readonly status: number; readonly body: SourceWatchView }> {
  const { version } = await seen();
  const answer = await world.as('admin', { method: 'PUT', url: `/sources/fw/${what}`, body: { version, ...body } });
  return { status: answer.statusCode, body: answer.json() };
}

describe('agreeing with a source', () => {
  test('a contract keeps the day it was agreed first, however often it is edited', async () => {
    world.memory.nowMs += 1_000;
    const first = await put('contract', { contract });
    expect(first.body.contract).toEqual({ ...contract, agreedMs: world.memory.nowMs });
    const agreedMs = world.memory.nowMs;
    world.memory.nowMs += 1_000;
    expect((await put('contract', { contract: { ...contract, silenceMs: 0 } })).body.contract?.agreedMs).toBe(agreedMs);
    expect((await put('contract', { contract: null })).body.contract).toBeNull();
    expect((await put('contract', { contract })).body.contract?.agreedMs).toBe(world.memory.nowMs);
  });

  test('a parser is pinned and let go again, and nothing else of the source changes', async () => {
    const before = await seen();
    const pinned = (await put('parser', { parser: 'syslog' })).body;
    expect(pinned).toEqual({ ...before, parser: 'syslog', version: before.version + 1 });
    expect((await put('parser', { parser: 'nonsense' })).status).toBe(422);
    expect((await put('parser', { parser: 'auto' })).body.parser).toBe('auto');
  });

  test('a clock is put right and let go again', async () => {
    const correction = { addMs: 25_200_000, reason: 'Ghi giờ UTC' };
    expect((await put('clock', { correction })).body.timeCorrection).toEqual(correction);
    expect((await put('clock', { correction: null })).body.timeCorrection).toBeNull();
    expect((await put('clock', { correction: { addMs: 1.5, reason: '' } })).status).toBe(400);
  });

  test('an encoding is said and taken back', async () => {
    expect((await put('encoding', { encoding: 'tcvn3' })).body.encoding).toBe('tcvn3');
    expect((await put('encoding', { encoding: null })).body.encoding).toBe('');
    expect((await put('encoding', { encoding: 'ebcdic' })).status).toBe(400);
  });

  test('certificates are named, kept as openssl writes them, and taken back', async () => {
    const hex = 'ab'.repeat(32);
    const wanted = ['FW-01.tinh.example ', `sha256 Fingerprint=${hex}`, hex.toUpperCase(), 'fw-01.TINH.example'];
    const named = (await put('certificates', { certificates: wanted })).body;
    expect(named.certificates).toEqual(['fw-01.TINH.example', hex.toUpperCase().replace(/(..)(?!$)/g, '$1:')]);
    expect((await seen()).certificates).toEqual(named.certificates);
    expect((await put('certificates', { certificates: [] })).body.certificates).toEqual([]);
  });

  test('somebody else’s change in between is a conflict', async () => {
    const { version } = await seen();
    expect((await put('parser', { parser: 'json', version: version - 1 })).status).toBe(409);
    expect((await seen()).parser).toBe('auto');
  });

  test('each change has a name of its own in the audit trail', () => {
    const actions = world.memory.ledgerRows.filter(({ kind, subject }) => kind === 'source' && subject === 'fw');
    expect(actions.map(({ action }) => action)).toEqual([
      'put',
      'contract',
      'contract',
      'contract-ended',
      'contract',
      'parser-pinned',
      'parser-unpinned',
      'clock',
      'clock-as-is',
      'encoding',
      'encoding',
      'certificates',
      'certificates',
    ]);
  });

  test.each([
    ['a fingerprint with a digit missing', [`${'AB:'.repeat(31)}A`], 'SHA-256'],
    ['a fingerprint by SHA-1', ['ab'.repeat(20)], 'SHA-256'],
    ['a certificate of another source', [`sha256:${'cd'.repeat(32)}`], 'relay'],
    ['nothing', [''], ''],
  ])('refused as a certificate: %s', async (_, certificates, why) => {
    const relay = { ...(await seen()), id: 'relay', origin: 'production', drill: '', lane: '', addresses: [] };
    const { id, name, org, system, parser, origin, drill, lane, addresses } = relay;
    const source = {
      id,
      name,
      org,
      system,
      parser,
      origin,
      drill,
      lane,
      addresses,
      certificates: [`${'CD:'.repeat(31)}CD`],
    };
    await world.as('admin', { method: 'PUT', url: '/sources/relay', body: { source } });
    const { version } = await seen();
    const body = { certificates, version };
    const answer = await world.as('admin', { method: 'PUT', url: '/sources/fw/certificates', body });
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining(why)]);
  });

  test.each([
    ['least over most', { volume: { ...contract.volume, night: { least: 2, most: 1 } } }],
    ['a day that ends before it begins', { workingHours: { ...officeHours, untilMinute: 450 } }],
    ['a kind that is none', { kinds: ['Windows Security!'] }],
    ['too many kinds', { kinds: Array.from({ length: 51 }, (_, i) => `k${i}`) }],
    ['a member nobody knows', { silence: 1 }],
    ['a negative silence', { silenceMs: -1 }],
  ])('refused: %s', async (_, change) => {
    expect((await put('contract', { contract: { ...contract, ...change } })).status).toBe(400);
  });

  test('a source nobody registered is not there', async () => {
    const body = { version: 1, parser: 'auto' };
    expect((await world.as('admin', { method: 'PUT', url: '/sources/none/parser', body })).statusCode).toBe(404);
    expect((await world.as('admin', { url: '/sources/none/proposal' })).statusCode).toBe(404);
    expect((await world.as('admin', { url: '/sources/fw/proposal' })).json()).toEqual({ contract: null });
  });
});

describe('the calendar', () => {
  test('shows what the law gives, and what was decided on top', async () => {
    const before = (await world.as('viewer', { url: '/calendar' })).json();
    const year = new Date(world.memory.nowMs).getUTCFullYear();
    expect(before).toMatchObject({ version: 0, off: [], worked: [] });
    expect(before.holidays).toContain(`${year + 1}-04-30`);
    const decided = { off: [`${year + 1}-06-15`], worked: [`${year + 1}-06-19`] };
    const answer = await world.as('admin', { method: 'PUT', url: '/calendar', body: { decided, version: 0 } });
    expect(answer.json()).toMatchObject({ version: 1, ...decided, workedDays: expect.arrayContaining(decided.worked) });
    expect(answer.json().holidays).toContain(`${year + 1}-06-15`);
    const late = await world.as('admin', { method: 'PUT', url: '/calendar', body: { decided, version: 0 } });
    expect(late.statusCode).toBe(409);
    const wrong = { off: ['2026-02-30'], worked: [] };
    const refused = await world.as('admin', { method: 'PUT', url: '/calendar', body: { decided: wrong, version: 1 } });
    expect(refused.statusCode).toBe(400);
  });
});

describe('a system that changed hands', () => {
  const agency = (org: string, fromDay: string, untilDay: string) => ({ org, orgName: org, fromDay, untilDay });
  test.each([
    ['one after the other', [agency('a', '', '2025-07-01'), agency('b', '2025-07-01', '')], 200, ''],
    ['two at a time', [agency('a', '', '2025-08-01'), agency('b', '2025-07-01', '')], 400, 'overlap'],
    ['a day that is none', [agency('a', '', '2025-02-30')], 400, ''],
  ])('%s', async (_, agencies, status, says) => {
    const body = { system: { ...systemNamed('moved'), agencies } };
    const answer = await world.as('admin', { method: 'PUT', url: '/systems/moved', body });
    expect(answer.statusCode, answer.body).toBe(status);
    expect(answer.body).toContain(says);
  });
});
