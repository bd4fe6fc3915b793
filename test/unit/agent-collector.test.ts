import Fastify from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgentCollector } from '../../src/collect/http-agent.ts';
import { type AgentReport, agentBatchType } from '../../src/model/agent.ts';
import type { Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { agentSource } from '../harness/agent-server.ts';

let app = Fastify();
let parser = 'auto';
let submissions: Submission[] = [];
let reports: AgentReport[] = [];
beforeEach(async () => {
  [parser, submissions, reports, app] = ['auto', [], [], Fastify()];
  await app.register(
    createAgentCollector({
      intake: {
        submit: async (submission) => {
          submissions.push(submission);
          return { batch: 'b', accepted: submission.lines.length, rejected: [] };
        },
      },
      authenticate: async () => ({ ...agentSource, parser }),
      desk: {
        sourcesOf: async () => new Map([['qlvb', { ...agentSource, id: 'qlvb', parser: 'java' }]]),
        bundleOf: async () => null,
        said: async (_token, report) => void reports.push(report),
      },
      isParser: (id) => id === 'raw',
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    }),
  );
});
afterEach(() => app.close());

const headers = { authorization: 'Bearer vgc_test', 'idempotency-key': 'k', 'content-type': agentBatchType };

it('a batch sent again is parted the same though its source was pinned meanwhile: its parts go by keys', async () => {
  const section = (file: string, asked: string): string =>
    `${JSON.stringify({ file, host: 'h', source: '', parser: asked, header: '', tooLong: [], bytes: 2 })}\n${file}\n\n`;
  const payload = section('a', '') + section('b', 'raw') + section('c', '');
  const send = async (): Promise<readonly unknown[]> => {
    submissions = [];
    expect((await app.inject({ method: 'POST', url: '/agent/v1/batch', headers, payload })).statusCode).toBe(200);
    return submissions.map(({ key, lines }) => [key, lines.map(({ text }) => text)]);
  };
  const first = await send();
  expect(first).toEqual([
    ['k/0', ['a', 'c']],
    ['k/1', ['b']],
  ]);
  parser = 'raw';
  expect(await send()).toEqual(first);
});

it('the answer to a report says by which parser each source of the agent is read', async () => {
  parser = 'mysql-slow';
  const answer = await app.inject({
    method: 'POST',
    url: '/agent/v1/report',
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify({ version: '1' }),
  });
  expect([answer.statusCode, reports]).toEqual([200, [{ version: '1' }]]);
  expect(answer.json()).toEqual({ parsers: { '': 'mysql-slow', qlvb: 'java' } });
});
