import { type Command, Option } from 'commander';
import { exitHelp, usageError } from './command-line.ts';

/** Where the commands read their surroundings from and tell their outcome. */
export interface IndicatorCommandWorld {
  readonly env: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Called once, with the exit status. */
  done(status: number): void;
}

interface ServerFlags {
  readonly server: string;
  readonly token?: string;
}

function serverFlags(command: Command): Command {
  return command
    .option('--server <url>', 'where the platform listens', 'http://127.0.0.1:8480')
    .option(
      '--token <token>',
      'token of an API client (token create --kind api --role admin); better in VONGGAC_TOKEN, where `ps` does not show it',
    );
}

/** The commands about indicator lists: they ask a running platform over its API. */
export function addIndicatorCommands(program: Command, { env, out, err, done }: IndicatorCommandWorld): void {
  const indicators = program.command('indicators').description('lists of addresses, domains, URLs and hashes');

  function platformOf({ server, token = env.VONGGAC_TOKEN ?? '' }: ServerFlags) {
    if (token === '') program.error("name an API client's token in VONGGAC_TOKEN or --token", { exitCode: usageError });
    if (!URL.canParse(server)) program.error(`--server ${server} is no URL`, { exitCode: usageError });
    return { server, token };
  }

  serverFlags(indicators.command('import <files...>'))
    .description('upload CSV, STIX 2.1 bundles or MISP exports into a list; says of each entry that is not taken why')
    .option('--list <id>', "the list; default: each file into the list of its own name ('ncsc.csv' into 'ncsc')")
    .option('--create', 'make a list that is not there: severity high, 30 days of history', false)
    .addOption(
      new Option('--mode <mode>', 'replace: what the file does not name goes')
        .choices(['add', 'replace'])
        .default('add'),
    )
    .addOption(
      new Option('--format <format>', 'default: by what stands in the file')
        .choices(['auto', 'csv', 'stix', 'misp'])
        .default('auto'),
    )
    .addHelpText('after', `${exitHelp}\n1 also when a single entry was not taken; the rest is in the list then.`)
    .action(
      async (
        files: string[],
        o: ServerFlags & { list?: string; create: boolean; mode: 'add' | 'replace'; format: string },
      ) => {
        const platform = platformOf(o);
        // Each would take out what the one before it brought.
        if (o.mode === 'replace' && o.list !== undefined && files.length > 1)
          program.error('--mode replace takes one FILE for a --list', { exitCode: usageError });
        const { importIndicators } = await import('./indicators-import.ts');
        const { list = null, create, mode, format } = o;
        done(await importIndicators({ ...platform, files, list, create, mode, format, out, err }));
      },
    );

  serverFlags(indicators.command('list'))
    .description('the lists of a running platform: indicators, hits of 24 hours, last change, feed')
    .addHelpText('after', exitHelp)
    .action(async (o: ServerFlags) => {
      const { listIndicatorLists } = await import('./indicators-list.ts');
      done(await listIndicatorLists({ ...platformOf(o), out, err }));
    });
}
