import type { RuleView } from '../contract/api.ts';
import { type LiveRules, liveRulesOf } from '../detect/index.ts';
import { type LoadedRules, loadRuleDirs } from '../detect/rule-files.ts';
import { severityOf } from '../model/severity.ts';
import type { Logger } from '../observe/log.ts';

/** The rules a process lives by, and as people read them. */
export interface RuleBook {
  readonly live: LiveRules;
  readonly refused: number;
  list(): readonly RuleView[];
  get(id: string): RuleView | null;
}

/** Loads the rule folders; every refusal is a line in the log with file, line and column. Throws RulesUnreadable. */
export async function openRuleBook(dirs: readonly string[], log: Logger): Promise<RuleBook> {
  const loaded = await loadRuleDirs(dirs);
  const refused = loaded.problems.filter((problem) => problem.severity === 'refused');
  for (const { file, line, column, code, message } of refused)
    log.warn({ at: `${file}:${line}:${column}`, code }, `rule refused: ${message}`);
  const views = viewsOf(loaded);
  return {
    live: liveRulesOf(loaded.set),
    refused: loaded.documents.filter((document) => document.outcome === 'refused').length,
    list: () => [...views.values()],
    get: (id) => views.get(id) ?? null,
  };
}

function viewsOf(loaded: LoadedRules): ReadonlyMap<string, RuleView> {
  return new Map(
    loaded.set.rules.map((rule) => {
      const own = rule.custom.vonggac;
      const titleVi = typeof own === 'object' && own !== null && 'title_vi' in own ? String(own.title_vi) : '';
      const { product, category, service } = rule.logsource;
      const logsource = Object.fromEntries(
        Object.entries({ product, category, service }).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      );
      const view: RuleView = {
        id: rule.id,
        title: rule.title,
        titleVi,
        severity: severityOf(rule.level),
        status: rule.status,
        description: rule.description,
        author: rule.author,
        license: rule.license,
        references: rule.references,
        tags: rule.tags,
        falsepositives: rule.falsePositives,
        logsource,
        file: rule.file,
        text: rule.source,
        hash: rule.hash,
      };
      return [rule.id, view] as const;
    }),
  );
}
