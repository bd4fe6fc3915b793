import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { ConfigError, readConfig, settings } from '../config.ts';
import { roles } from '../model/account.ts';
import { roleOf } from './admin-command.ts';
import { exitHelp, positive, usageError } from './command-line.ts';
import { addIndicatorCommands } from './indicators-command.ts';
import { addRuleCommands } from './rule-commands.ts';
import { addShipCommand } from './ship-command.ts';

const settingsHelp: string = [
  '',
  'Settings (environment):',
  ...settings.map((s) => `  ${s.env}${s.fallback === '' ? '' : ` [${s.fallback}]`}\n      ${s.why}`),
  '',
  'Exit codes: 0 done, 1 failed or refused, 2 wrong usage.',
].join('\n');

function versionOfPackage(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}

/** Whoever read our output has read enough (`| head`): we end as other programs do then, by the number of SIGPIPE. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(128 + 13);
  throw error;
}

/** Runs one command line; resolves to the exit status. Commands load what they need only when called. */
export async function runProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let status = 0;
  const out = (line: string): void => void process.stdout.write(`${line}\n`);
  const err = (line: string): void => void process.stderr.write(`${line}\n`);
  process.stdout.on('error', endWithReader);
  const program = new Command('vonggac')
    .description('Vọng Gác: log monitor of a provincial SOC. Commands keep their form; scripts may rely on them.')
    .version(versionOfPackage())
    .showHelpAfterError('(vonggac --help lists the commands)')
    .exitOverride();

  program
    .command('up')
    .description('run the platform (npm start): collectors, detection, notices, API and board')
    .option('--roles <list>', 'collect,detect,notify,api')
    .option('--port <port>', 'port of the board and API')
    .option('--host <address>', 'address to listen on')
    .option('--data <dir>', 'data directory')
    .addHelpText('after', settingsHelp)
    .action(async (o: { roles?: string; port?: string; host?: string; data?: string }) => {
      const config = readConfig(env, {
        ...(o.roles === undefined ? {} : { roles: o.roles }),
        ...(o.port === undefined ? {} : { port: o.port }),
        ...(o.host === undefined ? {} : { host: o.host }),
        ...(o.data === undefined ? {} : { dataDir: o.data }),
      });
      const { runUp } = await import('./up.ts');
      status = await runUp(config, err);
    });

  program
    .command('demo')
    .description('replay the built-in drill through the real collectors and watch it on the board (npm run demo)')
    .option('--headless', 'without a browser', false)
    .option('--exit', 'stop when the drill is over and print its score as one JSON line', false)
    .option('--speed <factor>', 'how many times faster than the story’s own three minutes', positive)
    .option('--port <port>', 'port of the board', '8480')
    .option('--drill <dir>', 'folder of the scenario', 'drills/qlvb-2026')
    .option('--data <dir>', 'data directory, emptied at start', '.vonggac/demo')
    .addHelpText('after', `${exitHelp}\nWith --exit: 0 only when nothing expected was missed.`)
    .action(
      async (o: { headless: boolean; exit: boolean; speed?: number; port: string; drill: string; data: string }) => {
        const { runDemo } = await import('./demo.ts');
        status = await runDemo({ ...o, speed: o.speed ?? (o.exit ? 12 : 1), env, out, err });
      },
    );

  const user = program.command('user').description('accounts');
  user
    .command('add <name>')
    .description('add an account; prints a one-time link on which its owner sets the password')
    .addOption(new Option('--role <role>', 'role').choices([...roles]).makeOptionMandatory())
    .option('--system <id...>', 'systems an owner sees')
    .option('--data <dir>', 'data directory')
    .addHelpText('after', exitHelp)
    .action(async (name: string, o: { role: string; system?: string[]; data?: string }) => {
      const { administer } = await import('./administer.ts');
      const config = readConfig(env, o.data === undefined ? {} : { dataDir: o.data });
      status = await administer(
        config,
        { kind: 'user-add', name, role: roleOf(o.role), systems: o.system ?? [] },
        out,
        err,
      );
    });

  const token = program.command('token').description('bearer tokens of collectors and API clients');
  token
    .command('create')
    .description('create a token; it is printed once and kept as a hash')
    .addOption(new Option('--kind <kind>', 'who will use it').choices(['collector', 'api']).makeOptionMandatory())
    .requiredOption('--name <name>', 'what it is for')
    .option('--source <id>', 'collector: the source it writes as (made when new)')
    .addOption(new Option('--role <role>', 'api: the role it acts in').choices([...roles]))
    .option('--system <id...>', 'api: systems it is limited to')
    .option('--data <dir>', 'data directory')
    .addHelpText('after', exitHelp)
    .action(
      async (o: {
        kind: 'collector' | 'api';
        name: string;
        source?: string;
        role?: string;
        system?: string[];
        data?: string;
      }) => {
        if (o.kind === 'api' && o.role === undefined)
          program.error('--kind api wants --role', { exitCode: usageError });
        const { administer } = await import('./administer.ts');
        const config = readConfig(env, o.data === undefined ? {} : { dataDir: o.data });
        status = await administer(
          config,
          {
            kind: 'token-create',
            tokenKind: o.kind,
            name: o.name,
            source: o.source ?? (o.kind === 'collector' ? o.name : ''),
            role: o.role === undefined ? null : roleOf(o.role),
            systems: o.system ?? [],
          },
          out,
          err,
        );
      },
    );

  program
    .command('webhook-key <system>')
    .description('print the key with which the owner of a system checks the signatures of its webhook notices')
    .addHelpText('after', exitHelp)
    .action(async (system: string) => {
      const { webhookSecret } = readConfig(env);
      if (webhookSecret === '') program.error('VONGGAC_WEBHOOK_SECRET is not set', { exitCode: 1 });
      const { webhookKey } = await import('../notify/index.ts');
      out(webhookKey(webhookSecret, system));
    });

  const done = (code: number): void => {
    status = code;
  };
  addRuleCommands(program, { env, out, err, done });
  addIndicatorCommands(program, { env, out, err, done });
  addShipCommand(program, { env, version: versionOfPackage(), out, err, done });

  program
    .command('parse [files...]')
    .description('read log files (.gz, .evtx, - for standard input) as the platform would; one JSON line a record')
    .option('--parser <id>', 'a parser of docs/formats.md; default: by the look of each line', 'auto')
    .option('--ecs', 'names of the Elastic Common Schema instead of the own ones', false)
    .option('--mappings <dir>', 'folder of field mappings; default: those of the package')
    .addHelpText('after', `${exitHelp}\nWhat is not understood is printed, too, with its reason and its text.`)
    .action(async (files: string[], o: { parser: string; ecs: boolean; mappings?: string }) => {
      if (files.length === 0)
        program.error('name at least one FILE, or - for standard input', { exitCode: usageError });
      const { runParse } = await import('./parse.ts');
      const { stdout } = process;
      const drain = (): Promise<void> =>
        stdout.writableNeedDrain ? new Promise((done) => stdout.once('drain', done)) : Promise.resolve();
      const pressure = { full: () => stdout.writableNeedDrain, drain };
      status = await runParse({ ...o, files, out, err, stdin: process.stdin, pressure });
    });

  program
    .command('import <files...>')
    .description('post log files to a running platform: lines of any format it reads, gzip, Windows event logs (.evtx)')
    .option('--server <url>', 'where the platform listens', 'http://127.0.0.1:8480')
    .option('--token <token>', 'token of a collector; better in VONGGAC_TOKEN, where `ps` does not show it')
    .option('--patience <seconds>', 'how long a server that is away or busy is waited for', positive, 300)
    .option('--state <file>', 'where it is kept how far an import came')
    .addHelpText(
      'after',
      `${exitHelp}\nStopped (130) or failed: the same command goes on where it was; nothing is stored twice.`,
    )
    .action(async (files: string[], o: { server: string; token?: string; patience: number; state?: string }) => {
      const token = o.token ?? env.VONGGAC_TOKEN ?? '';
      if (token === '')
        program.error("name the collector's token in VONGGAC_TOKEN or --token", { exitCode: usageError });
      if (!URL.canParse(o.server)) program.error(`--server ${o.server} is no URL`, { exitCode: usageError });
      const { runImport } = await import('./import.ts');
      const { stopSignal } = await import('./stop-signal.ts');
      const stopping = new AbortController();
      void stopSignal(false).then((reason) => stopping.abort(reason));
      const stateHome = env.XDG_STATE_HOME || path.join(homedir(), '.local/state');
      status = await runImport({
        files,
        server: o.server,
        token,
        patienceMs: o.patience * 1000,
        stateFile: o.state ?? path.join(stateHome, 'vonggac/import.json'),
        signal: stopping.signal,
        out,
        err,
        progress: process.stderr.isTTY ? (line) => void process.stderr.write(`\r\x1b[K${line}`) : null,
      });
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    // `program.error` says its own status; everything else Commander throws is a wrong command line.
    if (error instanceof CommanderError)
      return error.code === 'commander.error' || error.exitCode === 0 ? error.exitCode : usageError;
    if (error instanceof ConfigError) {
      err(`vonggac: ${error.message}`);
      return usageError;
    }
    throw error;
  }
}
