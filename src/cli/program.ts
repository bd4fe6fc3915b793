import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError, readConfig, settings } from '../config.ts';
import { roles } from '../model/account.ts';
import { roleOf } from './admin-command.ts';

/** Exit codes, the same for every command: 0 done · 1 failed, refused or missed · 2 the command line is wrong. */
const usageError = 2;

const settingsHelp: string = [
  '',
  'Settings (environment):',
  ...settings.map((s) => `  ${s.env}${s.fallback === '' ? '' : ` [${s.fallback}]`}\n      ${s.why}`),
  '',
  'Exit codes: 0 done, 1 failed or refused, 2 wrong usage.',
].join('\n');

const exitHelp = '\nExit codes: 0 done, 1 failed, refused or missed, 2 wrong usage.';

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

function versionOfPackage(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}

/** `--rules DIR… FILE…`: what follows --rules and is neither a folder nor YAML is a file to read. */
function splitRulesFromFiles(
  afterRules: readonly string[],
  named: readonly string[],
): { readonly rules: string[]; readonly files: string[] } {
  const isRules = (place: string): boolean =>
    /\.ya?ml$/.test(place) || (statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false);
  const first = afterRules.findIndex((place, index) => index > 0 && !isRules(place));
  const cut = first === -1 ? afterRules.length : first;
  return { rules: afterRules.slice(0, cut), files: [...afterRules.slice(cut), ...named] };
}

interface DetectFlags {
  readonly rules: string[];
  readonly mappings?: string;
  readonly unknownLogsource: 'open' | 'closed';
  readonly routing: string;
  readonly cache: boolean;
  readonly workers?: number;
  readonly stats: boolean;
}

/** Runs one command line; resolves to the exit status. Commands load what they need only when called. */
export async function runProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let status = 0;
  const out = (line: string): void => void process.stdout.write(`${line}\n`);
  const err = (line: string): void => void process.stderr.write(`${line}\n`);
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

  const rules = program.command('rules').description('Sigma rules');
  rules
    .command('check <dirs...>')
    .description('one line a rule: ok, warning, or refused and why; exit 1 when any is refused')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', exitHelp)
    .action(async (dirs: string[], o: { json: boolean }) => {
      const { runRulesCheck } = await import('./rules-check.ts');
      status = await runRulesCheck({ dirs, json: o.json, out });
    });
  rules
    .command('fmt <paths...>')
    .description('bring rule files into canonical form; comments and meaning stay; prints the files it changed')
    .option('--check', 'write nothing; exit 1 when a file is not in canonical form', false)
    .addHelpText('after', exitHelp)
    .action(async (paths: string[], o: { check: boolean }) => {
      const { runRulesFmt } = await import('./rules-fmt.ts');
      status = await runRulesFmt({ paths, check: o.check, out, err });
    });
  rules
    .command('explain <rule> <event>')
    .description('why an event meets a rule (PATH or PATH#id) or not; the event is a JSON file, FILE:LINE or -')
    .option('--json', 'one JSON object', false)
    .option('--mappings <dir>', 'folder of field mappings; default: those of the package')
    .addHelpText('after', `${exitHelp}\n0 only when the event is a hit.`)
    .action(async (rule: string, event: string, o: { json: boolean; mappings?: string }) => {
      const { runRulesExplain } = await import('./rules-explain.ts');
      status = await runRulesExplain({ ...o, rule, event, out, err, stdin: process.stdin });
    });
  rules
    .command('lint <paths...>')
    .description('what is wrong, doubtful or untidy in rules (docs/sigma-lint.md); exit 1 on errors and warnings')
    .option('--json', 'one JSON object a finding', false)
    .option('--fix', 'write the fixes that do not change what a rule means', false)
    .addOption(
      new Option('--severity <least>', 'leave out what weighs less')
        .choices(['error', 'warning', 'info'])
        .default('info'),
    )
    .option('--disable <ids>', 'checks to leave out, separated by commas', '')
    .addHelpText('after', exitHelp)
    .action(
      async (
        paths: string[],
        o: { json: boolean; fix: boolean; severity: 'error' | 'warning' | 'info'; disable: string },
      ) => {
        const { runRulesLint } = await import('./rules-lint.ts');
        status = await runRulesLint({ ...o, paths, disable: o.disable.split(',').map((id) => id.trim()), out, err });
      },
    );

  rules
    .command('diff <old> <new>')
    .description('hits that a change of rules gains and loses over logs; exit 0 when they are the same')
    .requiredOption('--over <files...>', 'log files (.gz, - for standard input)')
    .addOption(
      new Option('--routing <mode>', 'off: every rule against every event').choices(['on', 'off']).default('on'),
    )
    .option('--mappings <dir>', 'folder of field mappings; default: those of the package')
    .option('--json', 'one JSON object a rule that differs, then the totals', false)
    .addHelpText('after', '\nExit codes: 0 same hits, 1 other hits or failed, 2 wrong usage.')
    .action(
      async (
        before: string,
        after: string,
        o: { over: string[]; routing: string; mappings?: string; json: boolean },
      ) => {
        const { runRulesDiff } = await import('./rules-diff.ts');
        status = await runRulesDiff({
          ...o,
          before,
          after,
          routing: o.routing === 'on',
          out,
          err,
          stdin: process.stdin,
        });
      },
    );

  program
    .command('sql <files...>')
    .description('rules and correlations as ClickHouse SQL over the events table (docs/sigma.md)')
    .addOption(
      new Option('--params <how>', 'comments: below the statement; inline: in it; json: one JSON object a statement')
        .choices(['comments', 'inline', 'json'])
        .default('comments'),
    )
    .addOption(new Option('--routing <mode>', 'off: leave the logsource out').choices(['on', 'off']).default('on'))
    .addHelpText('after', exitHelp)
    .action(async (files: string[], o: { params: 'comments' | 'inline' | 'json'; routing: string }) => {
      const { runSql } = await import('./sql.ts');
      status = await runSql({ files, params: o.params, routing: o.routing === 'on', out, err });
    });

  program
    .command('detect [files...]')
    .description('hold Sigma rules against NDJSON files (.gz, - for standard input), offline; one JSON line a hit')
    .requiredOption('--rules <dirs...>', 'folders of rules')
    .addOption(
      new Option('--routing <mode>', 'off: every rule against every event').choices(['on', 'off']).default('on'),
    )
    .option('--mappings <dir>', 'folder of field mappings; default: those of the package')
    .addOption(
      new Option(
        '--unknown-logsource <mode>',
        'open: a rule also applies to events that say nothing of a dimension it names',
      )
        .choices(['open', 'closed'])
        .default('closed'),
    )
    .option(
      '--workers <count>',
      'threads; default: one, and for files of 64 MiB and more together the cores minus one',
      positive,
    )
    .option('--no-cache', 'read the rules anew; else what was read is kept in $XDG_CACHE_HOME or ~/.cache/vonggac')
    .option('--stats', 'end with one JSON line of figures on standard error', false)
    .addHelpText('after', exitHelp)
    .action(async (named: string[], o: DetectFlags) => {
      const { rules: dirs, files } = splitRulesFromFiles(o.rules, named);
      if (files.length === 0)
        program.error('name at least one FILE, or - for standard input', { exitCode: usageError });
      const { runDetect } = await import('./detect.ts');
      status = await runDetect({
        rules: dirs,
        ...(o.mappings === undefined ? {} : { mappings: o.mappings }),
        unknownLogsource: o.unknownLogsource,
        ...(o.cache ? { cacheDir: path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'vonggac') } : {}),
        ...(o.workers === undefined ? {} : { workers: o.workers }),
        routing: o.routing === 'on',
        stats: o.stats,
        files,
        out,
        err,
        stdin: process.stdin,
      });
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
