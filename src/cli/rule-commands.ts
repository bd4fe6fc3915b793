import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { exitHelp, positive, usageError } from './command-line.ts';
import { type ReadingFlags, readingFlags, ruleReading } from './rule-reading.ts';

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

interface DetectFlags extends ReadingFlags {
  readonly rules: string[];
  readonly mappings?: string;
  readonly unknownLogsource: 'open' | 'closed';
  readonly routing: string;
  readonly cache: boolean;
  readonly workers?: number;
  readonly stats: boolean;
}

/** Where the commands read their surroundings from and tell their outcome. */
export interface RuleCommandWorld {
  readonly env: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Called once, with the exit status. */
  done(status: number): void;
}

/** Resolves once whoever takes the output has the bytes. */
function written(lines: Uint8Array): Promise<void> {
  return new Promise((resolve) => void process.stdout.write(lines, () => resolve()));
}

/** The commands about Sigma rules: `rules …`, `sql` and `detect`. */
export function addRuleCommands(program: Command, { env, out, err, done }: RuleCommandWorld): void {
  const rules = program.command('rules').description('Sigma rules');
  readingFlags(rules.command('check <dirs...>'))
    .description('one line a rule: ok, warning, or refused and why; exit 1 when any is refused')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', exitHelp)
    .action(async (dirs: string[], o: ReadingFlags & { json: boolean }) => {
      const parse = await ruleReading(o, err);
      if (parse === null) return done(1);
      const { runRulesCheck } = await import('./rules-check.ts');
      done(await runRulesCheck({ dirs, json: o.json, parse, out }));
    });
  rules
    .command('fmt <paths...>')
    .description('bring rule files into canonical form; comments and meaning stay; prints the files it changed')
    .option('--check', 'write nothing; exit 1 when a file is not in canonical form', false)
    .addHelpText('after', exitHelp)
    .action(async (paths: string[], o: { check: boolean }) => {
      const { runRulesFmt } = await import('./rules-fmt.ts');
      done(await runRulesFmt({ paths, check: o.check, out, err }));
    });
  readingFlags(rules.command('explain <rule> <event>'))
    .description('why an event meets a rule (PATH or PATH#id) or not; the event is a JSON file, FILE:LINE or -')
    .option('--json', 'one JSON object', false)
    .option('--mappings <dir>', 'folder of field mappings; default: those of the package')
    .addHelpText('after', `${exitHelp}\n0 only when the event is a hit.`)
    .action(async (rule: string, event: string, o: ReadingFlags & { json: boolean; mappings?: string }) => {
      const parse = await ruleReading(o, err);
      if (parse === null) return done(1);
      const { runRulesExplain } = await import('./rules-explain.ts');
      done(await runRulesExplain({ ...o, parse, rule, event, out, err, stdin: process.stdin }));
    });
  readingFlags(rules.command('lint <paths...>'))
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
        o: ReadingFlags & { json: boolean; fix: boolean; severity: 'error' | 'warning' | 'info'; disable: string },
      ) => {
        const parse = await ruleReading(o, err);
        if (parse === null) return done(1);
        const { runRulesLint } = await import('./rules-lint.ts');
        done(
          await runRulesLint({ ...o, parse, paths, disable: o.disable.split(',').map((id) => id.trim()), out, err }),
        );
      },
    );

  readingFlags(rules.command('diff <old> <new>'))
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
        o: ReadingFlags & { over: string[]; routing: string; mappings?: string; json: boolean },
      ) => {
        const parse = await ruleReading(o, err);
        if (parse === null) return done(1);
        const { runRulesDiff } = await import('./rules-diff.ts');
        done(
          await runRulesDiff({
            ...o,
            parse,
            before,
            after,
            routing: o.routing === 'on',
            out,
            err,
            stdin: process.stdin,
          }),
        );
      },
    );

  readingFlags(program.command('sql <files...>'))
    .description('rules and correlations as ClickHouse SQL over the events table (docs/sigma.md)')
    .addOption(
      new Option('--params <how>', 'comments: below the statement; inline: in it; json: one JSON object a statement')
        .choices(['comments', 'inline', 'json'])
        .default('comments'),
    )
    .addOption(new Option('--routing <mode>', 'off: leave the logsource out').choices(['on', 'off']).default('on'))
    .addHelpText('after', exitHelp)
    .action(async (files: string[], o: ReadingFlags & { params: 'comments' | 'inline' | 'json'; routing: string }) => {
      const parse = await ruleReading(o, err);
      if (parse === null) return done(1);
      const { runSql } = await import('./sql.ts');
      done(await runSql({ files, parse, params: o.params, routing: o.routing === 'on', out, err }));
    });

  readingFlags(program.command('detect [files...]'))
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
      const parse = await ruleReading(o, err);
      if (parse === null) return done(1);
      const { runDetect } = await import('./detect.ts');
      done(
        await runDetect({
          rules: dirs,
          parse,
          ...(o.mappings === undefined ? {} : { mappings: o.mappings }),
          unknownLogsource: o.unknownLogsource,
          ...(o.cache ? { cacheDir: path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'vonggac') } : {}),
          ...(o.workers === undefined ? {} : { workers: o.workers }),
          routing: o.routing === 'on',
          stats: o.stats,
          files,
          out: written,
          err,
          stdin: process.stdin,
        }),
      );
    });
}
