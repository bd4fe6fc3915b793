import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type ParseOptions, parsePlaceholders, renderProblem } from '../sigma/index.ts';

/** What every command that reads rules takes. */
export interface ReadingFlags {
  readonly placeholders?: string;
  readonly legacyActions: boolean;
}

export function readingFlags(command: Command): Command {
  return command
    .option('--placeholders <file>', 'YAML map of names to value lists, for `expand`')
    .option('--legacy-actions', 'read `action: global|reset|repeat` of Sigma 1', false);
}

/** How rules are to be read; null, with the reason told, when the placeholders cannot be. */
export async function ruleReading(flags: ReadingFlags, err: (line: string) => void): Promise<ParseOptions | null> {
  const { placeholders: file, legacyActions } = flags;
  if (file === undefined) return { legacyActions };
  try {
    const text = await readFile(file, 'utf8');
    const { placeholders, problems } = parsePlaceholders(text, file);
    for (const problem of problems) err(renderProblem(problem, text));
    return problems.some(({ severity }) => severity === 'refused') ? null : { legacyActions, placeholders };
  } catch (error) {
    err(`the placeholders in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
