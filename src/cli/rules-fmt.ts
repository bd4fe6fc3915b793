import { writeFile } from 'node:fs/promises';
import { formatRules, renderProblem } from '../sigma/index.ts';
import { readRuleTexts } from './rule-texts.ts';

export interface RulesFmtOptions {
  readonly paths: readonly string[];
  /** Name the files that are not in canonical form and write nothing. */
  readonly check: boolean;
  out(line: string): void;
  err(line: string): void;
}

/** What a document of rules has and other YAML of a folder (mappings) has not: its keys are not ours to arrange. */
const ruleKeys = /^["'{ ]*(title|detection|correlation|filter|action)["']?\s*:/m;

/**
 * `vonggac rules fmt`: rule files in canonical form, comments kept, meaning untouched. Names each file it changes.
 * Exit code: 0 done · 1 a file could not be read or formatted, or with --check is not in canonical form.
 */
export async function runRulesFmt(o: RulesFmtOptions): Promise<number> {
  const { files, unread } = await readRuleTexts(o.paths);
  for (const line of unread) o.err(line);
  let changed = 0;
  let refused = 0;
  for (const { file, text } of files) {
    if (!ruleKeys.test(text)) {
      refused++;
      o.err(`${file}: left alone: it holds no rule`);
      continue;
    }
    const formatted = formatRules(text, file);
    if (formatted.outcome === 'refused') {
      refused++;
      for (const problem of formatted.problems) o.err(renderProblem(problem, text));
      o.err(`${file}: left alone: ${formatted.reason}`);
    } else if (formatted.text !== text) {
      changed++;
      if (!o.check) await writeFile(file, formatted.text);
      o.out(file);
    }
  }
  o.err(`${files.length} files: ${changed} ${o.check ? 'to be formatted' : 'formatted'}, ${refused} left alone`);
  return unread.length > 0 || refused > 0 || (o.check && changed > 0) ? 1 : 0;
}
