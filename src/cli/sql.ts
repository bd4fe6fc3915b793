import {
  eventsTable,
  inlineParams,
  linkRules,
  type ParseOptions,
  parseRules,
  type RuleDocument,
  renderProblem,
  type SqlParams,
  selectEvents,
  sqlOf,
  sqlOfCorrelation,
  statementText,
} from '../sigma/index.ts';
import { hotFields } from '../store/hot-fields.ts';
import { printable } from './printable.ts';
import { readRuleTexts } from './rule-texts.ts';

export interface SqlOptions {
  /** Rule files; correlations find their rules, and filters theirs, among all of them. */
  readonly files: readonly string[];
  /** `comments`: below the statement · `inline`: written into it · `json`: one object a statement, with both. */
  readonly params: 'comments' | 'inline' | 'json';
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  /** false leaves the logsource out. */
  readonly routing: boolean;
  out(line: string): void;
  err(line: string): void;
}

interface Statement {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly title: string;
  readonly sql: string;
  readonly params: SqlParams;
}

/**
 * `vonggac sql`: rules and correlations as ClickHouse statements over the `events` table.
 * Exit code: 0 all of them · 1 something was refused or could not be read.
 */
export async function runSql(o: SqlOptions): Promise<number> {
  const { files, unread } = await readRuleTexts(o.files);
  for (const line of unread) o.err(line);
  const textOf = new Map(files.map(({ file, text }) => [file, text]));
  const parsed = files.map(({ file, text }) => parseRules(text, file, o.parse));
  const linked = linkRules(parsed.flatMap(({ documents }): RuleDocument[] => documents));
  const problems = [...parsed.flatMap((one) => one.problems), ...linked.problems];
  for (const problem of problems) o.err(renderProblem(problem, textOf.get(problem.file) ?? ''));

  const schema = eventsTable(hotFields);
  const options = { routing: o.routing };
  const statements: Statement[] = [];
  let failed = unread.length > 0 || problems.some(({ severity }) => severity === 'refused');
  for (const rule of linked.rules) {
    const sql = sqlOf(rule, schema, options);
    const { file, line, id, title } = rule;
    statements.push({ file, line, id, title, sql: selectEvents(sql, schema), params: sql.params });
  }
  const parts = {
    rules: new Map(linked.rules.map((rule) => [rule.id, rule])),
    correlations: new Map(linked.correlations.map((correlation) => [correlation.id, correlation])),
  };
  for (const correlation of linked.correlations) {
    const { file, line, id, title } = correlation;
    const made = sqlOfCorrelation(correlation, parts, schema, options);
    if (made.kind === 'sql') statements.push({ file, line, id, title, sql: made.sql, params: made.params });
    else {
      failed = true;
      o.err(printable(`${file}:${line}: ${title}: no SQL for this correlation: ${made.reason}`));
    }
  }
  for (const [i, statement] of statements.entries()) {
    if (i > 0 && o.params !== 'json') o.out('');
    o.out(o.params === 'json' ? JSON.stringify(statement) : textOfStatement(statement, o.params === 'inline'));
  }
  return failed ? 1 : 0;
}

function textOfStatement({ file, line, title, sql, params }: Statement, inline: boolean): string {
  const head = `-- ${printable(`${file}:${line} ${title}`)}`;
  return `${head}\n${inline ? `${inlineParams(sql, params)};` : statementText(sql, params)}`;
}
