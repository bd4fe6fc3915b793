import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../src/agent/batch.ts';
import { readSections } from '../../src/collect/agent-body.ts';
import type { AgentSection } from '../../src/model/agent.ts';

const section = (bytes: number): AgentSection => ({
  file: '/var/log/a.log',
  host: 'sv-01',
  source: '',
  parser: '',
  header: '',
  tooLong: [],
  bytes,
});

describe('a batch of sections', () => {
  it('is taken apart as it was put together, whatever its lines hold', () => {
    const lines = [Buffer.from('a\nb\n'), Buffer.from([0, 0xff, 10]), Buffer.from('{"file":"x"}\n'), Buffer.alloc(0)];
    const body = encodeBody(lines.map((bytes) => ({ section: section(bytes.length), bytes })));
    expect(readSections(body).map(({ bytes }) => Buffer.from(bytes))).toEqual(lines);
  });

  const head = JSON.stringify(section(2));
  for (const [name, body] of [
    ['no head', 'a\n'],
    ['a head without end', head],
    ['a head that is no object', '[]\n\n'],
    ['a head of null', 'null\n\n'],
    ['fewer bytes than it says', `${head}\na`],
    ['no line end behind its bytes', `${head}\naa`],
    ['other bytes where the line end stands', `${head}\naab`],
    ['bytes below nothing', `${JSON.stringify(section(-1))}\n\n`],
    ['more bytes than there are numbers for', `${JSON.stringify(section(1e300))}\n\n`],
    ['a file that is no text', `${JSON.stringify({ ...section(0), file: 3 })}\n\n`],
    ['heads of long lines that are no pairs', `${JSON.stringify({ ...section(0), tooLong: [1] })}\n\n`],
    ['a head longer than any', `{"file":"${'x'.repeat(70_000)}"}\n\n`],
    ['more sections than are taken', `${JSON.stringify(section(0))}\n\n`.repeat(10_001)],
    ['a head nested without end', `${'['.repeat(60_000)}\n`],
  ] as const) {
    it(`with ${name} is refused whole`, () => {
      expect(() => readSections(Buffer.from(body))).toThrow(/not what it says/);
    });
  }
});
