import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPersonal, type Personal } from '../../src/compose/personal.ts';
import { createIntake } from '../../src/ingest/index.ts';
import { maskPattern, personalKinds } from '../../src/model/personal.ts';
import type { Source } from '../../src/model/source.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { readLine } from '../harness/read-line.ts';

const source: Source = {
  id: 'tthc',
  name: 'Cổng một cửa',
  org: 'vp-ubnd',
  system: 'tthc',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};
const atMs = Date.UTC(2026, 10, 22, 3);

describe('personal data on its way into the store', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let store: Store;
  let personal: Personal;
  let intake: ReturnType<typeof createIntake>;

  beforeAll(async () => {
    const log = createLog('silent');
    const backing = await startClickHouse();
    closers.push(() => backing.close());
    store = await openStore({ backing, replicated: false, log, clock: Date.now });
    closers.push(() => store.close());
    const dataDir = await mkdtemp(path.join(tmpdir(), 'mask-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const config = { maskingKinds: personalKinds, maskingOwnDomains: ['gov.vn'], maskingKey: '', dataDir };
    personal = openPersonal(config, store.maskedValues);
    intake = createIntake({
      readLine,
      mask: personal.line,
      open: (day) => {
        const open = store.events.open(day);
        return {
          ...open,
          write: async () => {
            await personal.keepNew();
            return open.write();
          },
        };
      },
      lookup: store.events.findBatch,
      deadLetter: store.events.insertDeadLetters,
      offer: async () => undefined,
      locate: () => ({ org: 'vp-ubnd', system: 'tthc', level: 3 }),
      clock: Date.now,
      log,
      metrics: createMetrics(),
    });
    closers.push(() => intake.close());
  });

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  async function stored(...lines: readonly { readonly text: string; readonly base64?: string }[]) {
    const { batch } = await intake.submit({
      source,
      receivedTimeMs: atMs,
      lines: lines.map((line, i) => ({ ...line, line: i + 1 })),
      key: '',
      transport: 'http',
      peer: '10.0.0.1',
    });
    return store.events.readBatch({ id: batch, day: '2026-11-22' });
  }

  it('is nowhere in the stored event, and the line is parsed as it was', async () => {
    const access =
      '203.0.113.9 - - [22/Nov/2026:10:00:00 +0700] "GET /tracuu?cccd=079203012345&sdt=0912345678 HTTP/1.1" 200 512 "-" "curl"';
    const [event] = await stored({ text: access });
    if (event === undefined) throw new Error('nothing stored');
    expect(JSON.stringify(event)).not.toMatch(/079203012345|0912345678/);
    expect([event.parser, event.parseStatus, event.eventTimeMs]).toEqual(['access', 'parsed', atMs]);
    expect(event.fields).toMatchObject({ 'c-ip': '203.0.113.9', 'vonggac.pii': ['cccd', 'phone'] });
    expect(event.raw.replace(maskPattern, (_, kind) => (kind === 'cccd' ? '079203012345' : '0912345678'))).toBe(access);
  });

  it('can be revealed by the token, and joins two sources', async () => {
    const [a, b] = await stored(
      { text: '{"action":"nộp hồ sơ","cccd":"001099000001"}' },
      { text: 'app: tra cứu 001099000001' },
    );
    const token = /PII~cccd~([0-9a-f]{16})/.exec(a?.raw ?? '')?.[1] ?? '';
    expect(b?.raw).toBe(`app: tra cứu PII~cccd~${token}`);
    expect(await personal.reveal('cccd', token)).toBe('001099000001');
  });

  it('is found by who has the number in hand', async () => {
    await stored({ text: '{"action":"đăng nhập","phone":"+84987654321"}' });
    const text = personal.text('phone:0987654321');
    const { items } = await store.events.search({
      fromMs: atMs - 1,
      toMs: atMs + 1,
      text,
      limit: 10,
      systems: null,
    });
    expect(items.map(({ fields }) => fields.action)).toEqual(['đăng nhập']);
  });

  it('does not lie in the bytes of an older encoding either; they come back with the reveal', async () => {
    // TCVN3 `ViÖt Nam`: no UTF-8.
    const bytes = Buffer.concat([Buffer.from('Vi'), Buffer.from([0xd6]), Buffer.from('t Nam 0912345678')]);
    const [event] = await stored({ text: bytes.toString('utf8'), base64: bytes.toString('base64') });
    const kept = String(event?.fields['vonggac.raw_base64']);
    const token = /^PII~bytes~([0-9a-f]{16})$/.exec(kept)?.[1] ?? kept;
    expect(await personal.reveal('bytes', token)).toBe(bytes.toString('base64'));
  });
});
