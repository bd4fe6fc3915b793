import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ecsOf } from '../../src/normalise/ecs.ts';
import { readLine } from '../harness/read-line.ts';

const hub = join(import.meta.dirname, '../../../shared/corpora/crowdsec_hub_mit');
const isThere = existsSync(join(hub, 'parser_cases.jsonl'));

if (!isThere) console.log('skipped: ../shared/corpora/crowdsec_hub_mit is not there');

interface Case {
  readonly test: string;
  readonly stage: string;
  readonly parser: string;
  readonly index: number;
  readonly expected: { readonly success: boolean; readonly Meta?: Readonly<Record<string, string>> };
}

/** CrowdSec's parsers whose formats are read here, and how many of their assertions of source and user there are at least. */
const parsers: readonly (readonly [parser: string, asked: number])[] = [
  ['crowdsecurity/apache2-logs', 20],
  ['mstilkerich/bind9', 25],
  ['crowdsecurity/dovecot-logs', 8],
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

describe.skipIf(!isThere)("CrowdSec's assertions", () => {
  const manifest = isThere
    ? (JSON.parse(readFileSync(join(hub, 'manifest.json'), 'utf8')) as { test: string; files: string[] }[])
    : [];
  const cases = isThere
    ? readFileSync(join(hub, 'parser_cases.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Case)
    : [];

  it.each(parsers)('%s: source address and user', (parser, askedMin) => {
    let asked = 0;
    for (const { test, stage, index, parser: by, expected } of cases) {
      if (by !== parser || stage !== 's01-parse' || !expected.success) continue;
      const file = join(hub, 'tests', test, manifest.find((each) => each.test === test)?.files[0] ?? '');
      const line = readFileSync(file, 'utf8')
        .split('\n')
        .filter((each) => each.trim() !== '')[index];
      const { source_ip: ip, target_user: target, username } = expected.Meta ?? {};
      const user = target ?? username;
      const view = ecsOf(readLine(line ?? '', 'auto', Date.UTC(2024, 0, 1)));
      const want = { ...(ip ? { 'source.ip': ip } : {}), ...(user ? { 'user.name': user } : {}) };
      expect(view, line?.slice(0, 300)).toMatchObject(want);
      asked += Object.keys(want).length;
    }
    expect(asked).toBeGreaterThanOrEqual(askedMin);
  });
});
