import path from 'node:path';
import type { AgentConfig, AgentInput, AgentInputReport, AgentReport } from '../model/agent.ts';
import { createBell } from './bell.ts';
import { createFiles } from './files.ts';
import type { Client } from './http-client.ts';
import { type Journal, journalEnd, openJournal } from './journal.ts';
import { type AgentLimits, defaultAgentLimits } from './limits.ts';
import { createMemory, inputKey } from './memory.ts';
import { createPace } from './pace.ts';
import { readAll } from './reader.ts';
import { type SendTotals, sendAll } from './sender.ts';
import { openSpool } from './spool.ts';
import { openState } from './state.ts';
import type { Told } from './told.ts';
import { createTroubles } from './troubles.ts';

export { createClient } from './http-client.ts';
export { type AgentLimits, defaultAgentLimits } from './limits.ts';
export { lockState } from './lock.ts';
export { openRemote, talk } from './remote.ts';
export { openTold } from './told.ts';

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly stateDir: string;
  readonly client: Client;
  /** Of the server's bundle; 0 for a configuration of the agent's own. */
  readonly configVersion: number;
  readonly told: Pick<Told, 'parserOf' | 'fromOf'>;
  readonly host: string;
  readonly version: string;
  /** Reads what is there, sends it and ends. */
  readonly once: boolean;
  readonly limits?: Partial<AgentLimits>;
  readonly clock: () => number;
  /** Something people should know. */
  readonly tell: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface Agent {
  /** Resolves when told to stop, or with `once` when all is stored. */
  run(): Promise<void>;
  report(): AgentReport;
}

const journalName = 'journald';
/** Of a report, which goes over slow links every minute. */
const [inputsMax, pathsMax, namesMax, textCharsMax] = [20, 20, 5, 1000];

/** Reads logs, keeps them in the spool until the server has stored them, and forgets nothing in between. */
export function createAgent(o: AgentOptions): Agent {
  const limits: AgentLimits = { ...defaultAgentLimits, ...o.limits };
  const { config, clock, tell } = o;
  const state = openState(o.stateDir, config.inputs.map(inputKey), tell);
  const { spool, positions } = openSpool({
    dir: path.join(o.stateDir, 'spool'),
    agent: state.agent,
    known: state.positions,
    tell,
  });
  const memory = createMemory(state, positions);
  const troubles = createTroubles(tell);
  const [toSend, toRead] = [createBell(), createBell()];
  const files = createFiles({
    inputs: config.inputs,
    known: memory.newest().filter(({ id }) => id !== journalName),
    isKnownInput: memory.isKnownInput,
    newStream: memory.newStream,
    opened: memory.opened,
    parserOf: o.told.parserOf,
    tell,
    limits,
    clock,
  });
  const journal = openTheJournal();
  const startedMs = clock();
  let droppedLines = 0;
  const totals: SendTotals = { sentBatches: 0, sentRawBytes: 0, sentWireBytes: 0, rejectedLines: 0 };
  const pace = createPace(limits);
  let isReadAll = false;
  const shared = { ...o, limits, files, spool, memory, pace, troubles, toSend, toRead };

  function openTheJournal(): Journal | null {
    const input = config.inputs.find(({ paths }) => paths.includes(journalName));
    if (input === undefined) return null;
    const known = memory.newest().find(({ id }) => id === journalName);
    const cursor = input.begin === 'end' && !memory.isKnownInput(input) ? journalEnd() : '';
    const none = { path: journalName, id: journalName, head: { bytes: 0, hash: '' }, offset: 0, header: '', cursor };
    const start = known ?? { ...none, stream: memory.newStream(), seenMs: clock() };
    memory.opened(start);
    // Whatever the source's other lines are, these are the journal's.
    const its = input.parser === '' ? { ...input, parser: journalName } : input;
    return openJournal({ input: its, start, limits, ring: () => toRead.ring(), clock });
  }

  async function read(): Promise<void> {
    await readAll({
      ...shared,
      journal,
      spoolBytesMax: config.spoolBytesMax,
      whenFull: config.whenFull,
      agent: state.agent,
      dropped: (lines) => {
        if (lines > 0) tell(`the spool is full: ${lines} lines of the journal were dropped`);
        droppedLines += lines;
      },
    });
    isReadAll = true;
    toSend.ring();
  }

  function inputReports(): readonly AgentInputReport[] {
    const names = files.names();
    const short = (texts: readonly string[], max: number): readonly string[] =>
      texts.slice(0, max).map((text) => text.slice(0, textCharsMax));
    return config.inputs.slice(0, inputsMax).map((input: AgentInput) => {
      const { paths, source } = input;
      const its = names.get(input) ?? [];
      // Whatever the source's other lines are, an entry of the journal is a line.
      const isJournal = paths.includes(journalName);
      const [parser, parserFrom] = isJournal ? ['', '' as const] : [o.told.parserOf(input), o.told.fromOf(input)];
      return {
        ...{ paths: short(paths, pathsMax), source, files: its.length, names: short(its.toSorted(), namesMax) },
        ...{ parser: parser.slice(0, textCharsMax), parserFrom },
      };
    });
  }

  return {
    async run() {
      try {
        await Promise.all([read(), sendAll({ ...shared, isReadAll: () => isReadAll }, totals)]);
      } finally {
        files.close();
        journal?.close();
      }
    },
    report: () => ({
      version: o.version,
      host: o.host,
      startedMs,
      configVersion: o.configVersion,
      files: files.count,
      lagBytes: files.lagBytes,
      spoolBytes: spool.bytes,
      spoolBatches: spool.batches,
      ...totals,
      droppedLines,
      bytesPerSecond: Math.round(pace.bytesPerSecond),
      inputs: inputReports(),
      problems: [...troubles.now(), ...files.problems()].slice(0, 20).map((what) => what.slice(0, textCharsMax)),
    }),
  };
}
