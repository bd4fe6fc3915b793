import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AgentConfigError, object, readAgentConfig, text } from '../agent/config.ts';
import type { AgentConfig } from '../model/agent.ts';

/** What the command line says; it goes before the configuration file. */
export interface ShipFlags {
  readonly config?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly state?: string;
  readonly serverKey?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly begin?: string;
  readonly parser?: string;
  readonly source?: string;
  readonly journald: boolean;
  readonly once: boolean;
}

/** Everything an agent needs to start. */
export interface ShipSettings {
  readonly server: string;
  readonly token: string;
  readonly stateDir: string;
  /** Fingerprint of the key that signs the server's configuration; '' when the agent takes none. */
  readonly serverKey: string;
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly config: AgentConfig;
}

/** Reads the configuration file (YAML or JSON) and what the command line says. Throws AgentConfigError; `code` ENOENT and the like. */
export async function readShipSettings(
  files: readonly string[],
  o: ShipFlags,
  envToken: string,
): Promise<ShipSettings> {
  const file = o.config === undefined ? {} : await readConfigFile(o.config);
  const { server, token_file, state, server_key, ca, cert, key, inputs = [], ...rest } = file;
  // Paths in a file are read from where the file stands.
  const home = o.config === undefined ? '.' : path.dirname(o.config);
  const placed = (given: string | undefined, said: unknown, name: string): string | undefined =>
    given ?? (said === undefined ? undefined : path.resolve(home, text(said, name)));
  const tokenFile = placed(o.tokenFile, token_file, 'token_file');
  const token = tokenFile === undefined ? envToken : readFileSync(tokenFile, 'utf8').trim();
  if (token === '') throw new AgentConfigError('name the token in --token-file, token_file or VONGGAC_TOKEN');
  const url = o.server ?? (server === undefined ? '' : text(server, 'server'));
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new AgentConfigError('name the server in --server or server: http(s)://host:port');
  if (!Array.isArray(inputs)) throw new AgentConfigError('inputs must be a list');
  const said =
    o.parser === undefined && o.source === undefined ? {} : { parser: o.parser ?? '', source: o.source ?? '' };
  const begin = o.begin === undefined ? {} : { begin: o.begin };
  const own = [
    ...(files.length === 0 ? [] : [{ paths: files.map((name) => path.resolve(name)), ...said, ...begin }]),
    ...(o.journald ? [{ paths: ['journald'], ...begin }] : []),
  ];
  return {
    server: url,
    token,
    stateDir: placed(o.state, state, 'state') ?? '/var/lib/vonggac-agent',
    serverKey: o.serverKey ?? (server_key === undefined ? '' : text(server_key, 'server_key')),
    tls: {
      ...pem('ca', placed(o.ca, ca, 'ca')),
      ...pem('cert', placed(o.cert, cert, 'cert')),
      ...pem('key', placed(o.key, key, 'key')),
    },
    config: readAgentConfig({ ...rest, inputs: [...inputs, ...own] }),
  };
}

function pem(name: 'ca' | 'cert' | 'key', place: string | undefined): { readonly [name: string]: Buffer } {
  return place === undefined ? {} : { [name]: readFileSync(place) };
}

async function readConfigFile(place: string): Promise<Readonly<Record<string, unknown>>> {
  const content = readFileSync(place, 'utf8');
  if (place.endsWith('.json')) return object(JSON.parse(content), place);
  const { parse } = await import('yaml');
  return object(parse(content), place);
}
