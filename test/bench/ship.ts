import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { acknowledgedBytes, buildAgent, type RunningAgent, startAgent } from '../harness/agent-process.ts';
import { until } from '../harness/platform.ts';
import { corporaAbsent, elasticLog, laneLines, lanes } from './corpora.ts';
import { officeLines } from './own-lines.ts';
import { cpuMsOf, memoryOf } from './process-usage.ts';
import type { Question } from './question.ts';
import { printTable, say } from './table.ts';

export const ship: Question = {
  name: 'ship',
  asks: 'the agent: bytes on the wire for a byte of log, CPU for a megabyte, memory when idle?',
  options: { idleSeconds: 20, copies: 1 },
  async run(option) {
    const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-bench-ship-'));
    try {
      const program = await buildAgent(dir);
      const rows: (readonly [string, number, number, number, number])[] = [];
      for (const [name, lines] of corpora()) {
        const text = `${lines.join('\n')}\n`.repeat(option('copies'));
        rows.push([name, ...(await shipped(program, dir, text))]);
      }
      printTable(
        ['log', 'raw MB', 'wire/raw', 'gzip 9 of all at once', 'CPU ms/MB'],
        rows.map(([name, mb, wire, gzip, cpu]) => [name, mb, wire.toFixed(4), gzip.toFixed(4), cpu]),
      );
      const [raw, wire] = rows.reduce(([r, w], row) => [r + row[1], w + row[1] * row[2]], [0, 0]);
      say(`all together: ${(wire / raw).toFixed(4)} bytes on the wire a byte of log`);
      say(await idle(program, dir, option('idleSeconds')));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

function corpora(): (readonly [name: string, lines: readonly string[]])[] {
  const own = ['own office machines', officeLines(10_000, 1000, Date.now())] as const;
  const absent = corporaAbsent();
  if (absent !== null) {
    say(`own lines alone: ${absent}`);
    return [own];
  }
  return [
    own,
    ...lanes.map((lane) => [lane, laneLines(lane)] as const),
    ['apache access log', elasticLog('apache_access_10k.log')],
    ['auth.log', elasticLog('auth_7k.log')],
  ];
}

/** Answers every batch as stored, and counts. */
async function openCounter(): Promise<{ readonly url: string; wireBytes: () => number; readonly server: Server }> {
  let wireBytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (part: Buffer) => {
      wireBytes += part.length;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{"accepted":1,"rejected":[],"batch":"b"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, wireBytes: () => wireBytes, server };
}

/** Raw megabytes, bytes on the wire a raw byte, the same for gzip over all of it, CPU of the agent a megabyte. */
async function shipped(program: string, dir: string, text: string): Promise<[number, number, number, number]> {
  const counter = await openCounter();
  const file = path.join(dir, 'x.log');
  const state = path.join(dir, 'state');
  const bytes = Buffer.from(text);
  try {
    // What a start costs by itself, to be taken off.
    writeFileSync(file, 'first line of the file, which is read alone\n');
    const startMs = await whileShipping(program, counter, { file, state, wantBytes: 1 });
    rmSync(state, { recursive: true });
    const emptyBytes = counter.wireBytes();
    writeFileSync(file, bytes);
    const cpuMs = await whileShipping(program, counter, { file, state, wantBytes: bytes.length });
    const wire = counter.wireBytes() - emptyBytes;
    const megabytes = bytes.length / 1e6;
    const gzip = gzipSync(bytes, { level: 9 }).length / bytes.length;
    return [megabytes, wire / bytes.length, gzip, Math.max(0, cpuMs - startMs) / megabytes];
  } finally {
    rmSync(state, { recursive: true, force: true });
    counter.server.close();
  }
}

/** CPU the agent used until a file was sent. */
async function whileShipping(
  program: string,
  counter: { readonly url: string },
  o: { readonly file: string; readonly state: string; readonly wantBytes: number },
): Promise<number> {
  const agent = started(program, o.file, o.state, counter.url);
  try {
    await until('everything is sent', () => acknowledgedBytes(o.state) >= o.wantBytes, 120_000);
    return cpuMsOf(agent.pid);
  } finally {
    await agent.kill9();
  }
}

function started(program: string, file: string, state: string, url: string): RunningAgent {
  const args = [file, '--server', url, '--state', state, '--begin', 'start'];
  return startAgent(program, args);
}

async function idle(program: string, dir: string, seconds: number): Promise<string> {
  const counter = await openCounter();
  const file = path.join(dir, 'x.log');
  const state = path.join(dir, 'state');
  writeFileSync(file, `${officeLines(20_000, 1000, Date.now()).join('\n')}\n`);
  const agent = started(program, file, state, counter.url);
  try {
    await until('everything is sent', () => acknowledgedBytes(state) > 1_000_000, 120_000);
    const cpuMs = cpuMsOf(agent.pid);
    await wait(seconds * 1000);
    const { rssBytes, peakRssBytes } = memoryOf(agent.pid);
    const share = (cpuMsOf(agent.pid) - cpuMs) / (seconds * 10);
    return `idle ${seconds} s after the last line: ${mb(rssBytes)} MB RSS (most: ${mb(peakRssBytes)}), ${share.toFixed(2)} % of a core`;
  } finally {
    await agent.kill9();
    counter.server.close();
  }
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
