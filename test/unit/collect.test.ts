import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { httpProblemCodes } from '../../src/collect/http-problem.ts';
import { peerAddress } from '../../src/collect/peer.ts';
import { parserIds } from '../../src/parse/index.ts';

const docs = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

describe('docs/formats.md', () => {
  it('names every parser', () => {
    for (const id of parserIds) expect(docs).toContain(`\`${id}\``);
  });
  it('lists exactly the codes the HTTP collector answers', () => {
    const listed = [...docs.matchAll(/^\| (\d{3}) \| `([a-z-]+)` \|/gm)].map((row) => row[2]);
    expect(listed.sort()).toEqual([...httpProblemCodes].sort());
  });
});

describe('the address of a peer', () => {
  const rows: readonly (readonly [given: string | undefined, want: string])[] = [
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    [undefined, ''],
  ];
  it.each(rows)('%s', (given, want) => {
    expect(peerAddress(given)).toBe(want);
  });
});
