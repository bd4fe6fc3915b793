import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLine } from '../harness/read-line.ts';
import { claimed, compareHub, type HubResult, hub, hubIsThere, linesOf } from './crowdsec-cases.ts';

if (!hubIsThere) console.log('skipped: ../shared/corpora/crowdsec_hub_mit is not on this machine');

const manual = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

/** Share of the claimed families' lines in which all is as the hub asserts; the manual says where we differ on purpose. */
const shareMin = 0.97;

/** Parsers of which the view under ECS names has every source and user, and how many are asked at least. */
const parsersOfEcs: readonly (readonly [parser: string, asked: number])[] = [
  ['crowdsecurity/apache2-logs', 20],
  ['mstilkerich/bind9', 25],
  ['crowdsecurity/dovecot-logs', 4],
  ['crowdsecurity/haproxy-logs', 1],
  ['crowdsecurity/mariadb-logs', 6],
  ['crowdsecurity/modsecurity', 13],
  ['crowdsecurity/mysql-logs', 4],
  ['crowdsecurity/pkexec-logs', 1],
  ['crowdsecurity/sshd-logs', 40],
  ['crowdsecurity/sshd-success-logs', 4],
  ['crowdsecurity/supabase-docker-pgsql', 6],
  ['firewallservices/zimbra-logs', 4],
  ['vsftpd-logs', 3],
];

function row(parser: string, { lines, right, compared }: HubResult): string {
  const counts = ['time', 'source', 'user', 'action', 'outcome', 'status'].map((what) => compared[what] ?? 0);
  return `| \`${parser}\` | ${lines} | ${right} | ${counts.join(' | ')} |`;
}

describe.skipIf(!hubIsThere)('CrowdSec’s parser cases', () => {
  const results = hubIsThere ? compareHub() : new Map<string, HubResult>();
  const ours = [...results].filter(([parser]) => Object.hasOwn(claimed, parser)).sort(([a], [b]) => (a < b ? -1 : 1));

  it('the table in the manual claims no more than is measured', () => {
    const table = ours.map(([parser, result]) => row(parser, result));
    console.log(table.join('\n'));
    expect(ours.map(([parser]) => parser)).toEqual(Object.keys(claimed).sort());
    for (const [parser, { lines, right }] of ours) {
      const told =
        manual
          .split('\n')
          .find((line) => line.startsWith(`| \`${parser}\` |`))
          ?.split(' | ') ?? [];
      expect([parser, told[1]]).toEqual([parser, String(lines)]);
      expect(Number(told[2]), parser).toBeLessThanOrEqual(right);
    }
  });

  it('nearly all lines of the claimed families say what the hub asserts', () => {
    const misses = ours.flatMap(([parser, result]) =>
      result.misses.map(({ what, want, got, event, line }) => [
        parser,
        what,
        want,
        got,
        event.parser,
        line.slice(0, 160),
      ]),
    );
    const lines = ours.reduce((sum, [, result]) => sum + result.lines, 0);
    const right = ours.reduce((sum, [, result]) => sum + result.right, 0);
    expect(lines).toBeGreaterThan(170);
    expect(right / lines, JSON.stringify(misses, null, 1)).toBeGreaterThanOrEqual(shareMin);
  });

  it.each(parsersOfEcs)('%s: source and user under ECS names', (parser, asked) => {
    const { ecsAsked = 0, ecsMisses = [] } = results.get(parser) ?? {};
    expect(ecsMisses).toEqual([]);
    expect(ecsAsked).toBeGreaterThanOrEqual(asked);
  });

  it('every line of every test there is read, or kept with the reason why not', () => {
    let count = 0;
    for (const test of readdirSync(join(hub, 'tests'))) {
      for (const line of linesOf(test)) {
        const event = readLine(line, 'auto', Date.UTC(2026, 10, 22));
        count += 1;
        if (event.parseStatus === 'raw') {
          expect(event.parseReason).not.toBe('');
          expect(event.fields.message).toBe(line.normalize('NFC'));
        } else expect(Object.keys(event.fields)).not.toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(1_500);
  });
});
