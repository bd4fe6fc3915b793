import { createRequire } from 'node:module';
import type { Logger, Settings } from 'gelf-pro';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectWorld, sourceNamed, startCollectWorld } from '../harness/collect-world.ts';
import { until } from '../harness/poll.ts';

let world: CollectWorld;
beforeAll(async () => {
  world = await startCollectWorld({
    listen: ['gelf-udp', 'gelf-tcp'],
    sources: [sourceNamed('app', { addresses: ['127.0.0.1'] })],
  });
});
afterAll(() => world.close());

/** gelf-pro keeps one adapter a module, so each transport has a module of its own; what it sends is written down. */
function client(adapterName: 'udp' | 'tcp', port: number): { readonly gelf: Logger; readonly sent: string[] } {
  const load = createRequire(import.meta.url);
  delete load.cache[load.resolve('gelf-pro')];
  const gelf = (load('gelf-pro') as Logger).setConfig({
    adapterName,
    adapterOptions: { host: '127.0.0.1', port, ...(adapterName === 'udp' ? { protocol: 'udp4' } : { family: 4 }) },
  } as unknown as Partial<Settings>);
  const sent: string[] = [];
  const compose = gelf.getStringFromObject.bind(gelf);
  gelf.getStringFromObject = (object) => {
    sent.push(compose(object));
    return sent.at(-1) ?? '';
  };
  return { gelf, sent };
}

describe('gelf-pro', () => {
  it.each([
    ['udp', 'one datagram and many'],
    ['tcp', 'one connection a message'],
  ] as const)('%s, %s: what was sent is stored, byte for byte', async (adapter, _name) => {
    const { gelf, sent } = client(adapter, world.listeners.ports[`gelf-${adapter}`] ?? 0);
    const mark = `${adapter}-run`;
    for (let n = 0; n < 200; n++) {
      // Noise that does not pack: some messages need several datagrams.
      const noise =
        n % 10 === 0
          ? Array.from({ length: 3_000 }, (_, k) => ((n * 7919 + k * k * 31) % 997).toString(36)).join('')
          : '';
      const extra = { run: mark, n, user: 'Nguyễn Thị Hạnh', noise };
      await new Promise<void>((resolve, reject) =>
        gelf.message(`Đăng nhập thất bại lần ${n}`, 4, extra, (error) => (error ? reject(error) : resolve())),
      );
    }
    const ask = async () => (await world.stored('app')).filter((row) => row.raw.includes(mark));
    const rows = await until(ask, (seen) => seen.length >= sent.length);
    expect(rows.map((row) => row.raw).sort()).toEqual([...sent].sort());
    const numbers = rows.map((row) => Number(row.fields.n));
    // Datagrams of one peer keep their order; connections are many.
    if (adapter === 'udp') expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(rows[0]).toMatchObject({
      parser: 'gelf',
      parseStatus: 'parsed',
      fields: { user: 'Nguyễn Thị Hạnh', severity: 'warning' },
    });
    expect(Math.abs((rows[0]?.eventTimeMs ?? 0) - Date.now())).toBeLessThan(3_600_000);
  });
});
