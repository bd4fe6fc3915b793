import { type Command, Option } from 'commander';
import { exitHelp } from './command-line.ts';
import type { ShipFlags } from './ship-settings.ts';

/** Where the command reads its surroundings from and tells its outcome. */
export interface ShipWorld {
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  out(line: string): void;
  err(line: string): void;
  /** Called once, with the exit status. */
  done(status: number): void;
}

/** The command `ship`, for the whole program and for the agent's own folder. */
export function addShipCommand(program: Command, { env, version, out, err, done }: ShipWorld): void {
  program
    .command('ship [files...]')
    .description('the agent: follow log files and the journal, keep them in a spool, send them until they are stored')
    .option('--config <file>', 'YAML or JSON with the settings below and inputs (docs/agent.md)')
    .option('--server <url>', 'where the platform listens')
    .option('--token-file <file>', 'file with the token of a collector; or VONGGAC_TOKEN')
    .option('--state <dir>', 'where the agent remembers how far it came, and keeps its spool')
    .option('--server-key <fingerprint>', 'take the configuration the server signs with this key, and no other')
    .option('--ca <file>', 'PEM: authorities the server’s certificate may be from')
    .option('--cert <file>', 'PEM: the agent’s own certificate')
    .option('--key <file>', 'PEM: its key')
    .addOption(
      new Option('--begin <where>', 'where files that are there at the first start are read from').choices([
        'start',
        'end',
      ]),
    )
    .option('--parser <id>', 'a parser of docs/formats.md for the named files')
    .option('--source <id>', 'the source they are stored as; one an administrator gave this agent')
    .option('--journald', 'read the journal', false)
    .option('--once', 'send what is there and end', false)
    .addHelpText('after', `${exitHelp}\nFILE may be a pattern in quotes: '/var/log/nginx/*.log', '/srv/**/audit.log'.`)
    .action(async (files: string[], o: ShipFlags) => {
      const { runShip } = await import('./ship.ts');
      done(await runShip({ ...o, files, token: env.VONGGAC_TOKEN ?? '', version, out, err }));
    });
}
