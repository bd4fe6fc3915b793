import { describe, expect, it } from 'vitest';
import { quoted, shapeOf } from '../../src/backing/clickhouse-child/sql-text.ts';

/** The child reads only the outline of a statement; what it must not be fooled by stands here. */
describe('the outline of a statement', () => {
  it.each([
    ['', '', false],
    ['  -- nothing\n /* at ; all */ # really\n', '', false],
    ['select 1', 'SELECT 1', false],
    ['/* a;b */ SELECT ";" AS `;`, \';\' -- ;\n;', 'SELECT AS', false],
    ['SELECT 1; -- done', 'SELECT 1', false],
    ['SELECT 1; SELECT 2', 'SELECT 1', true],
    ["SELECT 'it''s; \\'; fine';", 'SELECT', false],
    ["SELECT 'ends here'; DROP TABLE x -- '", 'SELECT', true],
    ["SELECT '\\\\'; DROP TABLE x", 'SELECT', true],
    ['SELECT "a\\";b"', 'SELECT', false],
    ['SELECT $$ ; $$, $tag$ $$ ; $tag$', 'SELECT', false],
    ["SELECT 'open; quote", 'SELECT', false],
    ['SELECT /* open; comment', 'SELECT', false],
    ['(SELECT 1) UNION ALL (SELECT 2)', '( SELECT', false],
    ['CREATE TEMPORARY TABLE t (a UInt8)', 'CREATE TEMPORARY', false],
  ])('%j', (sql, verb, several) => {
    expect(shapeOf(sql)).toMatchObject({ verb, several });
  });

  it.each([
    ['INSERT INTO t FORMAT JSONEachRow', 'JSONEachRow', 'FORMAT JSONEachRow', ''],
    ['insert into db.`t` (a, `format`) \n format CSV ', 'CSV', 'format CSV ', ' '],
    ["INSERT INTO t SETTINGS x = 'FORMAT y' FORMAT TSV", 'TSV', "SETTINGS x = 'FORMAT y' FORMAT TSV", ''],
    ['INSERT INTO t (settings, values) VALUES', 'Values', 'VALUES', ''],
    ['INSERT INTO t VALUES (1); DROP TABLE t', 'Values', 'VALUES (1); DROP TABLE t', ' (1); DROP TABLE t'],
    ['INSERT INTO t FORMAT JSONEachRow {"a":";"}', 'JSONEachRow', 'FORMAT JSONEachRow {"a":";"}', ' {"a":";"}'],
    ['INSERT INTO t -- FORMAT CSV\n FORMAT TSV', 'TSV', 'FORMAT TSV', ''],
  ])('%j', (sql, format, fromSource, data) => {
    const { insert } = shapeOf(sql);
    expect(insert?.format).toBe(format);
    expect(sql.slice(insert?.sourceAt)).toBe(fromSource);
    expect(sql.slice(insert?.dataAt)).toBe(data);
  });

  it('an INSERT that selects has no data of its own', () => {
    expect(shapeOf('INSERT INTO t SELECT * FROM s FORMAT CSV')).toMatchObject({ insert: null, verb: /^INSERT/ });
  });

  it('4 MB in one literal, in quotes without end and in brackets take no time to speak of', () => {
    for (const unit of ["\\'", "''", 'x', '\\', '"', '[', '$a$ ']) {
      const long = unit.repeat(Math.floor((unit === '$a$ ' ? 2 ** 15 : 2 ** 22) / unit.length));
      expect(shapeOf(`SELECT '${long}`).verb).toBe('SELECT');
      shapeOf(`SELECT ${long}`);
    }
  });

  it.each([
    ["a'b", "'a\\'b'"],
    ['a\\', "'a\\\\'"],
    ['\0', "'\\0'"],
  ])('a literal of %j', (text, literal) => {
    expect(quoted(text)).toBe(literal);
  });
});
