import { hostname } from 'node:os';
import { AgentConfigError } from '../agent/config.ts';
import {
  type AgentLimits,
  createAgent,
  createClient,
  defaultAgentLimits,
  lockState,
  openRemote,
  openTold,
  talk,
} from '../agent/index.ts';
import type { AgentReport } from '../model/agent.ts';
import { usageError } from './command-line.ts';
import { readShipSettings, type ShipFlags, type ShipSettings } from './ship-settings.ts';
import { stopSignal } from './stop-signal.ts';

export interface ShipOptions extends ShipFlags {
  readonly files: readonly string[];
  readonly token: string;
  readonly version: string;
  out(line: string): void;
  err(line: string): void;
}

/** `vonggac ship`: the agent. Exit code: 0 stopped or, with --once, all is stored · 1 failed · 2 the settings are wrong. */
export async function runShip(o: ShipOptions): Promise<number> {
  const stopping = new AbortController();
  void stopSignal(false).then((reason) => stopping.abort(reason));
  try {
    const settings = await readShipSettings(o.files, o, o.token);
    if (settings.config.inputs.length === 0 && settings.serverKey === '')
      throw new AgentConfigError('name files, --journald, a --config with inputs, or --server-key');
    if (o.once && settings.config.inputs.some(({ paths }) => paths.includes('journald')))
      throw new AgentConfigError('the journal has no end: --once is for files');
    return await follow(o, settings, stopping.signal);
  } catch (error) {
    if (error instanceof AgentConfigError) {
      o.err(`vonggac ship: ${error.message}`);
      return usageError;
    }
    if (!(error instanceof Error && 'code' in error)) throw error;
    o.err(`vonggac ship: ${error.message}`);
    return 1;
  }
}

/** How long reading waits for the server's first answer. */
const helloMs = 10_000;

/** Runs the agent, again with each new configuration. */
export async function follow(
  o: Pick<ShipOptions, 'once' | 'version' | 'out' | 'err'>,
  settings: ShipSettings,
  stop: AbortSignal,
  limits: AgentLimits = defaultAgentLimits,
): Promise<number> {
  const { server, token, stateDir, tls, serverKey } = settings;
  const client = createClient({ server, token, tls, userAgent: `vonggac-agent/${o.version}` });
  const release = lockState(stateDir);
  try {
    const told = openTold(stateDir, o.err);
    const remote = openRemote({ stateDir, client, token, serverKey, told, tell: o.err });
    if (remote.bundle === null) await remote.poll(stop);
    while (!stop.aborted) {
      const over = new AbortController();
      const signal = AbortSignal.any([stop, over.signal]);
      const agent = createAgent({
        config: remote.bundle?.config ?? settings.config,
        configVersion: remote.bundle?.version ?? 0,
        stateDir,
        told,
        client,
        host: hostname(),
        version: o.version,
        once: o.once,
        limits,
        clock: Date.now,
        tell: o.err,
        signal,
      });
      const report = (): AgentReport => {
        const { problems, ...rest } = agent.report();
        return { ...rest, problems: [...problems, remote.problem, told.problem].filter((what) => what !== '') };
      };
      // Before a line is read, the server says by which parsers; when it is away, what it said last holds.
      await remote.report(report(), stop, helloMs);
      const talking = talk(remote, report, signal, limits).finally(() => over.abort());
      try {
        await agent.run();
      } finally {
        over.abort();
      }
      const isNew = await talking;
      if (o.once) {
        o.out(JSON.stringify(report()));
        return 0;
      }
      if (!isNew) break;
    }
    return 0;
  } finally {
    client.close();
    release();
  }
}
