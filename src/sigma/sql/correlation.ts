import { chainsOf } from '../correlate/chain.ts';
import { meetsComparisons } from '../correlate/condition.ts';
import type { Correlation, CorrelationField, CorrelationIr, TemporalExpression } from '../correlate/ir.ts';
import { layOut } from './clause.ts';
import { ParamList, type SqlParams } from './params.ts';
import { type RuleForSql, type RuleSqlOptions, ruleClause } from './rule.ts';
import type { SqlSchema } from './schema.ts';
import { Scope } from './scope.ts';
import { withLines } from './statement.ts';
import { numberFunction } from './value-tests.ts';

/** What the ids in a correlation stand for: LinkedRules, by id. */
export interface CorrelationParts {
  readonly rules: ReadonlyMap<string, RuleForSql>;
  readonly correlations: ReadonlyMap<string, Correlation>;
}

export type CorrelationSql =
  | { readonly kind: 'sql'; readonly sql: string; readonly params: SqlParams }
  /** SQL would be wrong or unreasonably slow; `reason` says why, for people. */
  | { readonly kind: 'refused'; readonly reason: string };

/** temporal_ordered looks at every subset of its rules for events that met several of them. */
const orderedRulesMax = 6;
/** Conditions on the length of the longest chain look at every chain there is. */
const chainsMax = 16;
const largestNumber = '1e290';
/** ClickHouse takes frames of 32 bits; what is longer joins the instants with themselves. */
const frameMsMax = 2 ** 31 - 1;

class Refused extends Error {}

/**
 * A correlation as one ClickHouse statement: a row for each instant at which its condition turns true, with the group
 * (`group_key`), the time (`time_ms`) and the completing event (`completing`), as evaluateGroup has it for every group
 * of the table. Correlations below it become subqueries.
 */
export function sqlOfCorrelation(
  correlation: Correlation,
  parts: CorrelationParts,
  schema: SqlSchema,
  options: RuleSqlOptions = {},
): CorrelationSql {
  const params = new ParamList();
  const tables: string[] = [];
  try {
    const last = stages(correlation.ir, '');
    const sql = `WITH\n${tables.join(',\n')}\nSELECT group_key, time_ms, completing, measured\nFROM ${last}\nORDER BY time_ms, group_key`;
    return { kind: 'sql', sql, params: params.all };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', reason: error.message };
    throw error;
  }

  /** Adds the subqueries of a correlation, each built on the one before; the name of the last. */
  function stages(ir: CorrelationIr, prefix: string): string {
    const add = (name: string, lines: readonly string[]): string => {
      const table = `${prefix}${name}`;
      tables.push(`${table} AS (\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join('\n')}\n)`);
      return table;
    };
    const chained = ir.references.flatMap((reference, at) => {
      const below = reference.kind === 'correlation' ? parts.correlations.get(reference.id) : undefined;
      return below === undefined ? [] : [{ at, below, table: stages(below.ir, `${prefix}c${at + 1}_`) }];
    });
    const sources = [eventHits(ir), ...chained.map(({ at, below, table }) => correlationHits(ir, at, below, table))];
    const hits = add(
      'hits',
      sources.filter((source) => source !== '').flatMap((source, i) => (i === 0 ? [source] : ['UNION ALL', source])),
    );
    const seen = add('seen', [
      'SELECT',
      '  hit.1 AS group_key, time_ms, event, arraySort(groupUniqArray(hit.2)) AS met,',
      '  argMin((hit.3, hit.4, hit.5), hit.2) AS first -- an event that met several counts under the first',
      `FROM ${hits}`,
      'GROUP BY group_key, time_ms, event',
    ]);
    const instants = add('instants', [
      'SELECT',
      '  group_key, time_ms, count() AS events_at, groupArray(met) AS met_at,',
      '  groupUniqArray(first.1) AS values_at, groupArray(first.2) AS numbers_at,',
      '  max(event) AS completing, argMax(first.3, event) AS carried',
      `FROM ${seen}`,
      'GROUP BY group_key, time_ms',
    ]);
    const windows = add('windows', windowLines(ir, instants));
    const judged = add('judged', [`SELECT *, ${conditionOf(ir)} AS holds`, `FROM ${windows}`]);
    const before = '(PARTITION BY group_key ORDER BY time_ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)';
    return add('turned', [
      'SELECT * FROM (',
      '  SELECT *,',
      `    lagInFrame(holds) OVER ${before} AS held,`,
      `    lagInFrame(time_ms) OVER ${before} AS held_ms`,
      `  FROM ${judged}`,
      ')',
      `WHERE holds AND NOT (held AND held_ms >= time_ms - ${ir.timespanMs})`,
    ]);
  }

  /** One row for each rule that an event met: (group, reference, value, number, carried). */
  function eventHits(ir: CorrelationIr): string {
    const scope = new Scope(params);
    const hits: string[] = [];
    const met: string[] = [];
    for (const [at, reference] of ir.references.entries()) {
      const rule = reference.kind === 'rule' ? parts.rules.get(reference.id) : undefined;
      if (rule === undefined) continue;
      const clause = layOut(ruleClause(rule, schema, scope, options), 2);
      met.push(scope.define(`rule_${at + 1}`, clause));
      const textOf = (field: CorrelationField): { readonly there: string; readonly text: string } => {
        const { texts } = schema.field(field.fields[at] ?? field.name, scope);
        return { there: `notEmpty(${texts})`, text: `${oneText(scope)}(${texts})` };
      };
      hits.push(hitOf(ir, at, scope, textOf, met.at(-1) ?? '0'));
    }
    if (hits.length === 0) return '';
    const list = hits.length === 1 ? hits[0] : `arrayConcat(\n  ${hits.join(',\n  ')}\n)`;
    return [
      ...withLines(scope.definitions),
      `SELECT ${schema.timeMs} AS time_ms, ${schema.id} AS event, arrayJoin(${list}) AS hit`,
      `FROM ${schema.table}`,
      `WHERE ${met.join(' OR ')}`,
    ].join('\n');
  }

  /** The same of a correlation below: its turns are events, with its group and what it carries as fields. */
  function correlationHits(ir: CorrelationIr, at: number, below: Correlation, table: string): string {
    const scope = new Scope(params);
    const textOf = (field: CorrelationField): { readonly there: string; readonly text: string } => {
      const name = field.fields[at] ?? field.name;
      const grouped = below.ir.groupBy.findLastIndex((other) => other.name === name);
      if (grouped >= 0) return { there: '1', text: `group_key[${grouped + 1}]` };
      const carried = below.ir.carries.findLastIndex((other) => other.name === name);
      if (carried < 0) return { there: '0', text: "''" };
      return { there: `notEmpty(carried[${carried + 1}])`, text: `carried[${carried + 1}][1]` };
    };
    const hit = hitOf(ir, at, scope, textOf, '1');
    const event = `concat(completing, '\\x01', ${params.text(below.id)}, '\\x01', ${jsonOf('group_key')})`;
    return [
      ...withLines(scope.definitions),
      `SELECT time_ms, ${event} AS event, arrayJoin(${hit}) AS hit`,
      `FROM ${table}`,
    ].join('\n');
  }
}

type TextOf = (field: CorrelationField) => { readonly there: string; readonly text: string };

/** A list of one hit, or of none when a field is missing. */
function hitOf(ir: CorrelationIr, reference: number, scope: Scope, textOf: TextOf, met: string): string {
  const needed = [met];
  const texts = (fields: readonly CorrelationField[]): string => {
    const list = fields.map((field) => {
      const { there, text } = textOf(field);
      needed.push(there);
      return text;
    });
    return list.length === 0 ? 'emptyArrayString()' : `[${list.join(', ')}]`;
  };
  const group = texts(ir.groupBy);
  const counted = ir.kind === 'value_count';
  const value = counted ? texts(ir.fields) : 'emptyArrayString()';
  let number = '0.';
  const [numeric] = ir.fields;
  if (!counted && numeric !== undefined) {
    const { there, text } = textOf(numeric);
    const parsed = `${numberFunction(scope)}(${text})`;
    needed.push(there, `ifNull(abs(${parsed}) <= ${largestNumber}, 0)`);
    number = `ifNull(${parsed}, 0)`;
  }
  const carried = ir.carries.map((field) => {
    const { there, text } = textOf(field);
    return `if(${there}, [${text}], [])`;
  });
  const carries = carried.length === 0 ? "CAST([], 'Array(Array(String))')" : `[${carried.join(', ')}]`;
  const hit = `(${group}, toUInt8(${reference}), ${value}, ${number}, ${carries})`;
  const conditions = [...new Set(needed)].filter((condition) => condition !== '1');
  return conditions.length === 0 ? `[${hit}]` : `if(${conditions.join(' AND ')}, [${hit}], [])`;
}

/** Function: texts of a field → one text; of several the JSON text of their list. */
function oneText(scope: Scope): string {
  return scope.define('one_text', `t -> if(length(t) > 1, ${jsonOf('t')}, t[1])`);
}

/** ClickHouse writes a slash in JSON as \/ where JSON.stringify does not. */
function jsonOf(texts: string): string {
  return `replaceAll(toJSONString(${texts}), '\\\\/', '/')`;
}

/** The window of each instant: all of its group within the timespan before it, both ends included. */
function windowLines(ir: CorrelationIr, instants: string): string[] {
  if (ir.timespanMs <= frameMsMax) {
    return [
      `SELECT *, ${measureOf(ir, ' OVER w', '')} AS measured`,
      `FROM ${instants}`,
      'WINDOW w AS (',
      `  PARTITION BY group_key ORDER BY time_ms RANGE BETWEEN ${ir.timespanMs} PRECEDING AND CURRENT ROW`,
      ')',
    ];
  }
  return [
    'SELECT',
    '  i.group_key AS group_key, i.time_ms AS time_ms, any(i.completing) AS completing, any(i.carried) AS carried,',
    `  ${measureOf(ir, '', 'b.')} AS measured`,
    `FROM ${instants} AS i INNER JOIN ${instants} AS b ON i.group_key = b.group_key`,
    `WHERE b.time_ms BETWEEN i.time_ms - ${ir.timespanMs} AND i.time_ms`,
    'GROUP BY group_key, time_ms',
  ];
}

/** What the condition is held against, over instants; for temporal kinds the rules met, time by time when ordered. */
function measureOf(ir: CorrelationIr, over: string, from: string): string {
  const count = `sum(${from}events_at)${over}`;
  const sum = `sumKahanArray(${from}numbers_at)${over}`;
  switch (ir.kind) {
    case 'event_count':
      return count;
    case 'value_count':
      return `uniqExactArray(${from}values_at)${over}`;
    case 'value_sum':
      return sum;
    case 'value_avg':
      return `${sum} / ${count}`;
    case 'value_percentile':
    case 'value_median':
      return percentileOf(`arraySort(groupArrayArray(${from}numbers_at)${over})`, ir.percentile ?? 50);
    case 'temporal':
      return `groupUniqArrayArray(arrayFlatten(${from}met_at))${over}`;
    case 'temporal_ordered':
      if (over !== '') return `groupArray(${from}met_at)${over}`;
      return `arrayMap(x -> x.2, arraySort(x -> x.1, groupArray((${from}time_ms, ${from}met_at))))`;
  }
}

/** correlate/percentile.ts to the letter: ClickHouse's own quantiles round otherwise in the last place. */
function percentileOf(ascending: string, percentile: number): string {
  const numbers = `${ascending} AS ascending`;
  const rank = `${percentile / 100} * (length(ascending) - 1) AS rank`;
  const low = 'ascending[toUInt64(floor(rank)) + 1] AS low';
  const high = 'ascending[least(toUInt64(floor(rank)) + 2, length(ascending))]';
  return `tuple(${numbers}, ${rank}, ${low}, low + (${high} - low) * (rank - floor(rank))).4`;
}

function conditionOf(ir: CorrelationIr): string {
  const size = ir.references.length;
  if (ir.kind === 'temporal') {
    if (ir.expression !== null) return presence(ir.expression);
    return comparisons(ir, 'length(measured)');
  }
  if (ir.kind !== 'temporal_ordered') return comparisons(ir, 'measured');
  if (size > orderedRulesMax) {
    throw new Refused(
      `temporal_ordered over ${size} rules: SQL takes at most ${orderedRulesMax}; let the engine evaluate it`,
    );
  }
  if (ir.expression !== null) {
    const chains = chainsOf(ir.expression, chainsMax);
    if (chains === null) throw new Refused(`the condition has more than ${chainsMax} alternatives`);
    const met = chains.map(({ order, absent }) =>
      [hasChain(order, size), ...absent.map((rule) => `NOT has(arrayFlatten(measured), ${rule})`)].join(' AND '),
    );
    return met.length === 0 ? '0' : `(${met.join(' OR ')})`;
  }
  // Most often only the whole chain will do.
  const verdicts = Array.from({ length: size }, (_, i) => meetsComparisons(ir.condition, i + 1));
  if (!verdicts.slice(0, -1).includes(true)) {
    return verdicts.at(-1) === true
      ? hasChain(
          ir.references.map((_, i) => i),
          size,
        )
      : '0';
  }
  if (2 ** size - 1 > chainsMax) {
    throw new Refused(
      `a condition on fewer than all of ${size} ordered rules: SQL takes at most 4; let the engine evaluate it`,
    );
  }
  const lengths = subsetsOf(ir.references.map((_, i) => i)).map(
    (chain) => `if(${hasChain(chain, size)}, ${chain.length}, 0)`,
  );
  return comparisons(ir, `arrayMax([${lengths.join(', ')}])`);
}

const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '!=' } as const;

function comparisons(ir: CorrelationIr, measured: string): string {
  return ir.condition.map(({ operator, number }) => `${measured} ${signs[operator]} ${number}`).join(' AND ');
}

function presence(expression: TemporalExpression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return `(${expression.of.map(presence).join(expression.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT ${presence(expression.of)}`;
    case 'reference':
      return `has(measured, ${expression.reference})`;
  }
}

/**
 * Whether the window holds the chain of rules, each met by an event of its own, at times that do not fall. `measured`
 * lists, time by time, the rules that each event met. One pass: `next` is the rule waited for (`size`: all found). Within
 * one time, rules s are met by different events exactly if every part of s is met by as many events as it has rules
 * (Hall's theorem), so the first rule that cannot be had is the least last rule of a part that falls short.
 */
function hasChain(chain: readonly number[], size: number): string {
  const parts = JSON.stringify(subsetsOf(chain));
  const short = `s -> s[1] >= next AND arrayCount(met -> hasAny(met, s), events) < length(s)`;
  const step = `arrayMin(arrayPushBack(arrayMap(s -> toUInt8(s[-1]), arrayFilter(${short}, ${parts})), toUInt8(${size})))`;
  return `arrayFold((next, events) -> ${step}, measured, toUInt8(0)) = ${size}`;
}

/** All parts of an ascending list but the empty one, each ascending. */
function subsetsOf(list: readonly number[]): number[][] {
  return Array.from({ length: 2 ** list.length - 1 }, (_, bits) =>
    list.filter((_, i) => ((bits + 1) & (1 << i)) !== 0),
  );
}
