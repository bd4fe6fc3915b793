import { type IndicatorType, indicatorTypes } from '../model/indicator.ts';
import type { IndicatorLimits } from './limits.ts';
import { createCollector, type Reading, timeOf } from './reading.ts';

/** Names a column may go by, lower case. */
const columns = {
  value: ['value', 'indicator', 'ioc', 'observable', 'ip', 'address', 'domain', 'url', 'hash', 'giá trị', 'chỉ dấu'],
  type: ['type', 'ioc_type', 'indicator_type', 'kind', 'loại'],
  description: ['description', 'comment', 'note', 'threat', 'malware', 'ghi chú', 'mô tả'],
  tags: ['tags', 'tag', 'nhãn'],
  until: ['valid_until', 'expires', 'expiration', 'hết hạn'],
  from: ['valid_from', 'first_seen', 'date', 'dateadded', 'first_seen_utc'],
  id: ['id', 'uuid', 'source_id'],
} as const;

type Column = keyof typeof columns;

/** What lists call types, lower case. `null`: the value tells. */
const typeNames: Readonly<Record<string, IndicatorType | null>> = {
  ...Object.fromEntries(indicatorTypes.map((type) => [type, type])),
  ipv4: 'ip',
  ipv6: 'ip',
  'ip-src': 'ip',
  'ip-dst': 'ip',
  'ip:port': null,
  network: 'cidr',
  hostname: 'domain',
  fqdn: 'domain',
  uri: 'url',
  md5: 'hash',
  sha1: 'hash',
  'sha-1': 'hash',
  sha256: 'hash',
  'sha-256': 'hash',
  sha512: 'hash',
  md5_hash: 'hash',
  sha1_hash: 'hash',
  sha256_hash: 'hash',
};

/**
 * One value a line, or a table with a header; `,`, `;` or tab apart, quotes as in RFC 4180. Lines that begin with `#` are
 * comments. Without a header the first column that can be read is the value and the next one what is said about it.
 */
export function readCsv(text: string, limits: IndicatorLimits): Reading {
  const collector = createCollector(limits);
  let header: ReadonlyMap<Column, number> | null = null;
  let seen = 0;
  const separator = separatorOf(text);
  for (const { cells, line } of rowsOf(text, separator)) {
    if (cells.every((cell) => cell.trim() === '') || cells[0]?.trimStart().startsWith('#')) continue;
    seen += 1;
    if (seen === 1) {
      header = headerOf(cells);
      if (header !== null) continue;
    }
    const at = (column: Column): string => cells[header?.get(column) ?? -1]?.trim() ?? '';
    const where = `${line}`;
    if (header === null) {
      const [value = '', ...about] = cells.map((cell) => cell.trim());
      collector.take(withoutPort(value), null, { where, description: about.filter((cell) => cell !== '').join(' · ') });
      continue;
    }
    const typed = at('type').toLowerCase();
    const validUntilMs = timeOf(at('until'));
    if (validUntilMs === null) {
      collector.refuse({ where, value: at('until'), reason: 'bad-time' });
      continue;
    }
    if (typed !== '' && !Object.hasOwn(typeNames, typed)) {
      collector.refuse({ where, value: at('type'), reason: 'type' });
      continue;
    }
    const type = typeNames[typed] ?? null;
    // A network under the heading of an address, and the other way round, is what people write.
    collector.take(withoutPort(at('value')), type === 'ip' || type === 'cidr' ? null : type, {
      where,
      validUntilMs,
      validFromMs: timeOf(at('from')) ?? 0,
      description: at('description'),
      tags: at('tags')
        .split(/[|,;]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
      sourceId: at('id'),
    });
  }
  return collector.finish('csv');
}

/** `203.0.113.9:443`: the port is not compared. */
function withoutPort(value: string): string {
  return value.replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/, '$1');
}

function headerOf(cells: readonly string[]): ReadonlyMap<Column, number> | null {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const found = new Map<Column, number>();
  for (const [column, known] of Object.entries(columns) as [Column, readonly string[]][]) {
    const index = names.findIndex((name) => known.includes(name));
    if (index >= 0) found.set(column, index);
  }
  return found.has('value') ? found : null;
}

/** Of the first line that says something: what parts most cells. */
function separatorOf(text: string): string {
  const first = /^(?!\s*#)(?!\s*$).+$/m.exec(text.slice(0, 100_000))?.[0] ?? '';
  const [best = ','] = [',', ';', '\t'].toSorted((a, b) => first.split(b).length - first.split(a).length);
  return best;
}

interface Row {
  readonly cells: readonly string[];
  /** 1-based, of its beginning. */
  readonly line: number;
}

/** RFC 4180; a quote that never closes ends with its line, so that it cannot swallow the rest of the list. */
function* rowsOf(text: string, separator: string): Generator<Row> {
  let line = 0;
  for (const whole of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    line += 1;
    if (!whole.includes('"')) {
      yield { cells: whole.split(separator), line };
      continue;
    }
    const cells: string[] = [];
    let cell = '';
    let quoted = false;
    for (let i = 0; i < whole.length; i += 1) {
      const c = whole[i];
      if (quoted && c === '"' && whole[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else if (c === '"') quoted = !quoted;
      else if (c === separator && !quoted) {
        cells.push(cell);
        cell = '';
      } else cell += c;
    }
    yield { cells: [...cells, cell], line };
  }
}
