import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { audienceOf, readBundle } from '../../src/agent/bundle.ts';
import { readAgentConfig } from '../../src/agent/config.ts';
import { openAgentKey } from '../../src/compose/agent-key.ts';
import type { AgentBundle, SignedBundle } from '../../src/model/agent.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-key-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const token = 'vgc_one';
const key = openAgentKey(dir);
const bundle: AgentBundle = {
  version: 3,
  audience: audienceOf(token),
  issuedMs: 1,
  config: {
    inputs: [{ paths: ['/var/log/*.log'], exclude: [], source: '', parser: '', begin: 'end' }],
    spoolBytesMax: 1 << 24,
    whenFull: 'block',
  },
};
const signed = key.sign(bundle);
const pinned = { fingerprint: key.fingerprint, token, version: 3 };

describe('the key', () => {
  it('is made once, readable by its owner alone', () => {
    const place = path.join(dir, 'agent-key.pem');
    const before = readFileSync(place);
    expect(openAgentKey(dir).fingerprint).toBe(key.fingerprint);
    expect(readFileSync(place)).toEqual(before);
    expect(statSync(place).mode & 0o077).toBe(0);
  });
});

describe('a bundle', () => {
  it('that is as it was signed is followed', () => {
    expect(readBundle(signed, pinned)).toEqual(bundle);
    expect(readBundle(signed, { ...pinned, version: 0 })).toEqual(bundle);
  });

  const forged = Buffer.from(JSON.stringify({ ...bundle, version: 9 })).toString('base64');
  const refusals: readonly (readonly [
    name: string,
    signed: SignedBundle,
    pinned: Partial<typeof pinned>,
    why: RegExp,
  ])[] = [
    ['changed on the way', { ...signed, bundle: forged }, {}, /signature is wrong/],
    ['with a signature of nothing', { ...signed, signature: '' }, {}, /signature is wrong/],
    ['of another key, which it brings along', foreign(bundle), {}, /another key/],
    ['of another key, under the name of ours', { ...foreign(bundle), key: signed.key }, {}, /signature is wrong/],
    ['for another agent', signed, { token: 'vgc_two' }, /another agent/],
    ['older than the one in force', signed, { version: 4 }, /older/],
    ['that is none', { ...signed, bundle: null as unknown as string }, {}, /no bundle/],
    ['with settings that are none', key.sign({ ...bundle, config: { inputs: 3 } as never }), {}, /inputs must be/],
  ];
  for (const [name, given, change, why] of refusals) {
    it(`${name} is refused`, () => {
      expect(() => readBundle(given, { ...pinned, ...change })).toThrow(why);
    });
  }
});

function foreign(of: AgentBundle): SignedBundle {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(JSON.stringify(of));
  return {
    bundle: bytes.toString('base64'),
    signature: sign(null, bytes, privateKey).toString('base64'),
    key: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64'),
  };
}

describe('settings', () => {
  it('have defaults', () => {
    expect(readAgentConfig({ inputs: [{ paths: '/x' }] })).toEqual({
      inputs: [{ paths: ['/x'], exclude: [], source: '', parser: '', begin: 'end' }],
      spoolBytesMax: 268_435_456,
      whenFull: 'block',
    });
  });

  for (const [name, value, why] of [
    ['no map', [], /must be a map/],
    ['a misspelt name', { inputs: [], spol: 1 }, /spol is no setting/],
    ['a misspelt name of an input', { inputs: [{ path: '/x' }] }, /path is no setting/],
    ['no paths', { inputs: [{ paths: [] }] }, /names nothing/],
    ['paths that are no texts', { inputs: [{ paths: [1] }] }, /must be a text/],
    ['a spool too small', { inputs: [], spool_bytes_max: 10 }, /at least/],
    ['an unknown policy', { inputs: [], when_full: 'explode' }, /one of block, drop-oldest/],
    ['an unknown beginning', { inputs: [{ paths: ['/x'], begin: 'middle' }] }, /one of start, end/],
  ] as const) {
    it(`${name} is refused by name`, () => {
      expect(() => readAgentConfig(value)).toThrow(why);
    });
  }

  it('an agent is named without giving its token away', () => {
    expect(audienceOf(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });
});
