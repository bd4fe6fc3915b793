import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  eventsTable,
  linkRules,
  parseRules,
  selectEvents,
  sqlOf,
  sqlOfCorrelation,
  statementText,
} from '../../src/sigma/index.ts';
import { anyDash, anyText, oneChar } from '../../src/sigma/parse/text-parts.ts';
import { hotFields } from '../../src/store/hot-fields.ts';

/**
 * What a rule means, in three forms side by side: NAME.yml as written, NAME.ir.json as understood, NAME.sql as asked of
 * ClickHouse. To write them anew after a change that is meant: GOLDEN=write npx vitest run test/unit/sigma-sql-golden.test.ts
 * then npx biome check --write test/golden, and read the diff.
 */
const folder = new URL('../golden/sigma/', import.meta.url).pathname;
const writing = process.env.GOLDEN === 'write';
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.yml'))
  .map((file) => file.slice(0, -4));

const placeholders = { domain_controllers: ['dc01', 'dc02.tinh.vn'] };

const wildcards = new Map<unknown, string>([
  [anyText, '<any text>'],
  [oneChar, '<one character>'],
  [anyDash, '<any dash>'],
]);

/** Without places in the file, which only error messages need; maps as objects, wildcards by name. */
function plain(key: string, value: unknown): unknown {
  if (key === 'at') return undefined;
  if (key === 'parts' && Array.isArray(value)) return value.map((part: unknown) => wildcards.get(part) ?? part);
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function goldenOf(name: string): { ir: string; sql: string } {
  const parsed = parseRules(readFileSync(`${folder}${name}.yml`, 'utf8'), `${name}.yml`, { placeholders });
  const linked = linkRules(parsed.documents);
  expect([...parsed.problems, ...linked.problems], name).toEqual([]);
  const schema = eventsTable(hotFields);
  const parts = {
    rules: new Map(linked.rules.map((rule) => [rule.id, rule])),
    correlations: new Map(linked.correlations.map((correlation) => [correlation.id, correlation])),
  };
  const top = linked.correlations.at(-1);
  const documents = [...linked.rules, ...linked.correlations];
  const ir = documents.map((document) => ({
    title: document.title,
    ...('logsource' in document ? { logsource: document.logsource } : {}),
    ...document.ir,
  }));
  if (top !== undefined) {
    const made = sqlOfCorrelation(top, parts, schema);
    if (made.kind === 'refused') throw new Error(made.reason);
    return { ir: irText(ir), sql: `${statementText(made.sql, made.params)}\n` };
  }
  const statements = linked.rules.map((rule) => {
    const sql = sqlOf(rule, schema);
    return statementText(selectEvents(sql, schema), sql.params);
  });
  return { ir: irText(ir), sql: `${statements.join('\n\n')}\n` };
}

function irText(ir: readonly unknown[]): string {
  return `${JSON.stringify(ir.length === 1 ? ir[0] : ir, plain, 2)}\n`;
}

describe('golden triples', () => {
  test.each(names)('%s', (name) => {
    const { ir, sql } = goldenOf(name);
    if (writing) {
      writeFileSync(`${folder}${name}.ir.json`, ir);
      writeFileSync(`${folder}${name}.sql`, sql);
      return;
    }
    // Biome lays the files out; what they say is compared.
    expect(JSON.parse(ir)).toEqual(JSON.parse(readFileSync(`${folder}${name}.ir.json`, 'utf8')));
    expect(sql).toBe(readFileSync(`${folder}${name}.sql`, 'utf8'));
  });

  test('nothing is left over', () => {
    const wanted = names.flatMap((name) => [`${name}.ir.json`, `${name}.sql`, `${name}.yml`]);
    expect(readdirSync(folder).toSorted()).toEqual(wanted.toSorted());
    expect(names.length).toBeGreaterThan(35);
  });
});
