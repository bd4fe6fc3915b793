import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDetect } from '../../src/cli/detect.ts';
import { ruleReading } from '../../src/cli/rule-reading.ts';
import { runRulesCheck } from '../../src/cli/rules-check.ts';
import { runRulesExplain } from '../../src/cli/rules-explain.ts';
import { runRulesLint } from '../../src/cli/rules-lint.ts';
import { runSql } from '../../src/cli/sql.ts';
import { wholeLines } from '../harness/whole-lines.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-reading-'));
  const write = (name: string, text: string): void => writeFileSync(path.join(dir, name), text);
  write('lists.yml', 'admins:\n  - quantri\n  - root\n');
  write('broken.yml', '- admins\n');
  const rule = (id: number, rest: string): string => `id: ${id}1111111-1111-4111-8111-111111111111\n${rest}`;
  const shared = 'title: T\nlevel: low\nlogsource:\n  product: linux\n';
  write('expand.yml', rule(1, `${shared}detection:\n  sel:\n    User|expand: '%admins%'\n  condition: sel\n`));
  const one = (id: number): string => rule(id, `detection:\n  sel:\n    Code: ${id}\n  condition: sel\n`);
  write('old.yml', `action: global\n${shared}---\n${one(2)}---\n${one(3)}`);
  write('events.ndjson', '{"product":"linux","User":"ROOT"}\n{"product":"linux","Code":3}\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const at = (name: string): string => path.join(dir, name);

describe('how rules are read', () => {
  it('every command knows value lists and actions of Sigma 1 when told of them, and refuses the rules when not', async () => {
    const printed: string[] = [];
    const out = (line: string): void => void printed.push(line);
    const err = (): void => {};
    const parse = await ruleReading({ placeholders: at('lists.yml'), legacyActions: true }, err);
    if (parse === null) throw new Error('the lists were not read');
    const rules = [at('expand.yml'), at('old.yml')];
    const stdin = Readable.from([]);
    const hits = (lines: Uint8Array): void => void printed.push(...wholeLines(lines));
    const files = [at('events.ndjson')];
    const detect = { rules, routing: true, stats: false, files, out: hits, err, stdin };
    const explain = { rule: rules[0] ?? '', event: `${at('events.ndjson')}:1`, json: true, out, err, stdin };
    const lint = { paths: rules, json: true, fix: false, severity: 'error', disable: [], out, err } as const;
    const sql = { files: rules, params: 'inline', routing: true, out, err } as const;

    expect(await runRulesCheck({ dirs: rules, json: false, parse, out, err })).toBe(0);
    expect(await runRulesCheck({ dirs: rules, json: false, out, err })).toBe(1);
    expect(await runRulesLint({ ...lint, parse })).toBe(0);
    expect(await runRulesLint(lint)).toBe(1);
    expect(await runRulesExplain({ ...explain, parse })).toBe(0);
    expect(await runRulesExplain(explain)).toBe(1);
    expect(await runSql({ ...sql, parse })).toBe(0);
    expect(await runSql(sql)).toBe(1);
    printed.length = 0;
    expect(await runDetect({ ...detect, parse })).toBe(0);
    expect(printed.map((text) => (JSON.parse(text) as { rule: string }).rule)).toEqual([
      '11111111-1111-4111-8111-111111111111',
      '31111111-1111-4111-8111-111111111111',
    ]);
    printed.length = 0;
    expect(await runDetect(detect)).toBe(0);
    expect(printed).toEqual([]);
  });

  it.each([
    ['a missing file of lists', 'missing.yml', 'ENOENT'],
    ['a list that is none', 'broken.yml', 'placeholder-file'],
  ])('%s is told, and nothing is read', async (_, name, reason) => {
    const told: string[] = [];
    expect(await ruleReading({ placeholders: at(name), legacyActions: false }, (line) => told.push(line))).toBeNull();
    expect(told.join('\n')).toContain(reason);
  });
});
