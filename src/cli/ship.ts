import { hostname } from 'node:os';
import { AgentConfigError } from '../agent/config.ts';
import { createAgent, createClient } from '../agent/index.ts';
import { usageError } from './command-line.ts';
import { readShipSettings, type ShipFlags } from './ship-settings.ts';
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
    const { server, token, stateDir, tls, config } = await readShipSettings(o.files, o, o.token);
    if (config.inputs.length === 0) throw new AgentConfigError('name files, --journald or a --config with inputs');
    if (o.once && config.inputs.some(({ paths }) => paths.includes('journald')))
      throw new AgentConfigError('the journal has no end: --once is for files');
    const agent = createAgent({
      config,
      stateDir,
      client: createClient({ server, token, tls, userAgent: `vonggac-agent/${o.version}` }),
      host: hostname(),
      version: o.version,
      once: o.once,
      clock: Date.now,
      tell: o.err,
      signal: stopping.signal,
    });
    await agent.run();
    const { problems: _, ...totals } = agent.report();
    if (o.once) o.out(JSON.stringify(totals));
    return 0;
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
