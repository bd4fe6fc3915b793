import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareFamily, type FamilyResult, pairsAreThere } from './beats-pairs.ts';

/** Families of the corpus that speak of formats this project reads. */
const named = ['apache', 'auditd', 'haproxy', 'iis', 'mysql', 'nginx', 'postgresql', 'system', 'traefik'];
const rightMin = 0.95;

const fields = ['@timestamp', 'source.ip', 'source.port', 'user.name', 'event.action', 'event.outcome'];

/** The table of docs/formats.md. */
function table(results: ReadonlyMap<string, FamilyResult>): string {
  const lines = [
    `| family | lines | right | % | ${fields.join(' | ')} |`,
    `|---|---|---|---|${fields.map(() => '---|').join('')}`,
  ];
  for (const [family, { lines: all, right, compared, misses }] of results) {
    const cells = fields.map((field) => {
      const asked = compared[field] ?? 0;
      return asked === 0 ? '' : `${asked - misses.filter((miss) => miss.field === field).length}/${asked}`;
    });
    lines.push(`| ${family} | ${all} | ${right} | ${((100 * right) / all).toFixed(1)} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

const docs = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

if (!pairsAreThere) console.log('skipped: ../shared/corpora/beats_filebeat_oss_apache2 is not there');

describe.skipIf(!pairsAreThere)('the pairs of Filebeat', () => {
  // The body of a skipped block is run all the same, to find its tests.
  const results = new Map(pairsAreThere ? named.map((family) => [family, compareFamily(family)]) : []);

  it.each(named)('%s: time, source, user, action and outcome of at least 95 lines of a hundred', (family) => {
    const result = results.get(family);
    const said = result?.misses
      .slice(0, 5)
      .map((m) => `${m.field}: ${m.got} for ${m.want}: ${m.pair.raw.slice(0, 120)}`);
    expect((result?.right ?? 0) / (result?.lines ?? 1), said?.join('\n')).toBeGreaterThanOrEqual(rightMin);
  });

  it('the manual claims no more than is measured', () => {
    console.log(table(results));
    for (const [family, { lines, right }] of results) {
      const row = docs.split('\n').find((line) => line.startsWith(`| ${family} | `));
      expect(row, `docs/formats.md has no row for ${family}`).toBeDefined();
      const [, , all = '', claimed = ''] = (row ?? '').split('|').map((cell) => cell.trim());
      expect([family, Number(all)]).toEqual([family, lines]);
      expect(Number(claimed)).toBeLessThanOrEqual(right);
    }
  });
});
