import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisBacking } from '../../src/backing/index.ts';
import { createHttpRoom } from '../../src/collect/http-room.ts';
import { openAgents } from '../../src/compose/agents.ts';
import type { AgentReport } from '../../src/model/agent.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createState, type State } from '../../src/state/index.ts';
import { startRedis } from '../harness/redis.ts';

const report: AgentReport = {
  version: '0.1.0',
  host: 'may-01',
  startedMs: 1,
  configVersion: 0,
  files: 3,
  lagBytes: 10,
  spoolBytes: 20,
  spoolBatches: 1,
  sentBatches: 5,
  sentRawBytes: 1000,
  sentWireBytes: 100,
  rejectedLines: 0,
  droppedLines: 0,
  bytesPerSecond: 16_000,
  inputs: [],
  problems: [],
};

let redis: RedisBacking;
let state: State;
let dir = '';

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-agents-'));
  redis = await startRedis();
  state = createState({ connection: redis.connection, log: createLog('error') });
});
afterAll(async () => {
  await state.close();
  await redis.close();
  rmSync(dir, { recursive: true, force: true });
});

it('what an agent said last is kept until its token is taken back', async () => {
  const holding = new Set(['one', 'other']);
  const metrics = createMetrics();
  const agents = openAgents({
    intake: null,
    authenticate: async () => null,
    tokenByHash: async (hash) => (holding.has(hash) ? { id: hash } : null),
    sourceById: async () => null,
    configOf: async () => null,
    reports: state.agents,
    hash: (token) => token,
    http: { limits: {}, room: createHttpRoom(metrics) },
    dataDir: dir,
    clock: () => 0,
    log: createLog('error'),
    metrics,
  });
  for (const agent of holding) await state.agents.put(agent, { atMs: 1, peer: '10.0.0.5', report });
  expect([...(await agents.said()).keys()].sort()).toEqual(['one', 'other']);
  holding.delete('one');
  expect(await agents.said()).toEqual(new Map([['other', { atMs: 1, peer: '10.0.0.5', report }]]));
  expect([...(await state.agents.all()).keys()]).toEqual(['other']);
});
