import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeDurably } from '../disk/durable.ts';
import { sealed, unsealed } from '../disk/sealed.ts';
import type { AgentAnswer, AgentBundle, AgentReport, SignedBundle } from '../model/agent.ts';
import { BundleRefused, readBundle } from './bundle.ts';
import { AgentConfigError } from './config.ts';
import type { Client } from './http-client.ts';
import type { AgentLimits } from './limits.ts';
import { pause } from './pause.ts';
import type { Told } from './told.ts';

/** What the server has to say to the agent, and the agent to the server, beside lines. */
export interface Remote {
  /** The bundle in force; null when there was none yet. */
  readonly bundle: AgentBundle | null;
  /** Why the last bundle was not followed; ''. */
  readonly problem: string;
  /** Asks for a bundle; true when a new one is in force from now on. */
  poll(signal: AbortSignal): Promise<boolean>;
  /** Says how the agent does; true when the answer tells anything that it did not know. */
  report(report: AgentReport, signal: AbortSignal, withinMs?: number): Promise<boolean>;
}

export interface RemoteOptions {
  readonly stateDir: string;
  readonly client: Client;
  readonly token: string;
  /** Fingerprint of the pinned key; '' when no configuration is taken from the server. */
  readonly serverKey: string;
  readonly told: Pick<Told, 'take'>;
  readonly tell: (what: string) => void;
}

const askWithinMs = 30_000;

export function openRemote(o: RemoteOptions): Remote {
  const place = path.join(o.stateDir, 'bundle.json');
  let problem = '';
  let bundle = readKept();

  function read(signed: SignedBundle, version: number): AgentBundle {
    return readBundle(signed, { fingerprint: o.serverKey, token: o.token, version });
  }

  /** Checked again: who can write here may not be who signs. */
  function readKept(): AgentBundle | null {
    if (o.serverKey === '') return null;
    try {
      return read(unsealed(readFileSync(place))?.value as SignedBundle, 0);
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isAbsent) o.tell(`${place}: not followed: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  function refused(what: string): false {
    if (what !== problem) o.tell(what);
    problem = what;
    return false;
  }

  return {
    get bundle() {
      return bundle;
    },
    get problem() {
      return problem;
    },
    async poll(signal) {
      if (o.serverKey === '') return false;
      const etag: Record<string, string> = bundle === null ? {} : { 'if-none-match': `"${bundle.version}"` };
      const answer = await o.client
        .ask({ method: 'GET', path: '/agent/v1/config', headers: etag, withinMs: askWithinMs, signal })
        .catch(() => null);
      // The server is away, has nothing to say or nothing new.
      if (answer === null || answer.status !== 200) return false;
      try {
        const signed = JSON.parse(answer.text) as SignedBundle;
        const next = read(signed, bundle?.version ?? 0);
        problem = '';
        if (next.version === bundle?.version) return false;
        writeDurably(place, [sealed(signed)]);
        bundle = next;
        o.tell(`configuration ${next.version} of the server is in force`);
        return true;
      } catch (error) {
        if (error instanceof BundleRefused || error instanceof AgentConfigError || error instanceof SyntaxError)
          return refused(`the server's configuration is not followed: ${error.message}`);
        if (error instanceof Error && 'code' in error)
          return refused(`the configuration cannot be kept: ${error.message}`);
        throw error;
      }
    },
    async report(report, signal, withinMs = askWithinMs) {
      const body = Buffer.from(JSON.stringify(report));
      const headers = { 'content-type': 'application/json' };
      // The next one comes in a minute.
      const answer = await o.client
        .ask({ method: 'POST', path: '/agent/v1/report', headers, body, withinMs, signal })
        .catch(() => null);
      return answer !== null && answer.status === 200 && o.told.take(parsersIn(answer.text));
    },
  };
}

/** What an answer says of parsers; null when it is none of ours: a portal in between may answer anything. */
function parsersIn(text: string): unknown {
  try {
    const { parsers } = JSON.parse(text) as Partial<AgentAnswer>;
    return parsers ?? null;
  } catch {
    return null;
  }
}

/** Polls and reports until told to stop; resolves to true when a new configuration is in force. */
export async function talk(
  remote: Remote,
  report: () => AgentReport,
  signal: AbortSignal,
  { reportMs }: Pick<AgentLimits, 'reportMs'>,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await remote.poll(signal)) return true;
    // What is another now is said at once: a person may be waiting to see it.
    if (await remote.report(report(), signal)) await remote.report(report(), signal);
    // Agents started by the same power cut must not all speak in the same second.
    await pause(reportMs * (0.8 + 0.4 * Math.random()), signal);
  }
  return false;
}
