import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../../src/collect/http-problem.ts';
import { readLabels, readPushRequest } from '../../src/collect/loki-protobuf.ts';
import { readExportLogs } from '../../src/collect/otlp-protobuf.ts';
import { eachField, writeMessage } from '../../src/collect/protobuf.ts';
import { unpackSnappy } from '../../src/collect/snappy.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    if (error instanceof HttpProblem) return error.code;
    throw error;
  }
}

describe('protobuf', () => {
  it('reads what the specification shows', () => {
    const seen: unknown[] = [];
    eachField(hex('08 96 01  12 07 74 65 73 74 69 6e 67  19 01 00 00 00 00 00 00 80  25 05 00 00 00'), (field) =>
      seen.push(field.wire === 'bytes' ? field.bytes.toString() : field.bits),
    );
    expect(seen).toEqual([150n, 'testing', 0x8000000000000001n, 5n]);
  });
  it('minus one is ten bytes', () => {
    const seen: bigint[] = [];
    eachField(hex('08 ff ff ff ff ff ff ff ff ff 01'), (field) => {
      if (field.wire !== 'bytes') seen.push(BigInt.asIntN(64, field.bits));
    });
    expect(seen).toEqual([-1n]);
  });
  it('reads what it writes', () => {
    const seen: unknown[] = [];
    eachField(writeMessage({ 1: 300, 2: 'ạ', 15: Buffer.from([0]), 16: 2 ** 40 }), (field) =>
      seen.push(field.number, field.wire === 'bytes' ? field.bytes.toString() : Number(field.bits)),
    );
    expect(seen).toEqual([1, 300, 2, 'ạ', 15, '\0', 16, 2 ** 40]);
  });
  it.each([
    ['a length beyond the end', '0a ff 01 00'],
    ['a length of four gigabytes', '0a ff ff ff ff 0f'],
    ['a length of eight exabytes', '0a ff ff ff ff ff ff ff ff 7f'],
    ['a varint that does not end', '08 ff ff'],
    ['a varint of eleven bytes', '08 ff ff ff ff ff ff ff ff ff ff 01'],
    ['a group', '0b 08 01 0c'],
    ['field zero', '02 00'],
    ['a wire type that is none', '0f 00'],
    ['eight bytes that are four', '09 00 00 00 00'],
    ['nothing behind a tag', '08'],
  ])('refuses %s', (_name, bytes) => {
    expect(codeOf(() => eachField(hex(bytes), () => undefined))).toBe('bad-body');
  });

  function nestedValue(depth: number): Buffer {
    let value = writeMessage({ 1: 'x' });
    for (let i = 0; i < depth; i++) value = writeMessage({ 5: writeMessage({ 1: value }) });
    return writeMessage({ 1: writeMessage({ 2: writeMessage({ 2: writeMessage({ 5: value }) }) }) });
  }
  it('values inside values are read to a depth, and refused beyond', () => {
    expect(JSON.stringify(readExportLogs(nestedValue(60)))).toContain('"stringValue":"x"');
    expect(codeOf(() => readExportLogs(nestedValue(70)))).toBe('bad-body');
    expect(codeOf(() => readExportLogs(nestedValue(5_000)))).toBe('bad-body');
  });
  it('any bytes are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['none', 'bad-body']).toContain(codeOf(() => readExportLogs(Buffer.from(bytes))));
        expect(['none', 'bad-body']).toContain(codeOf(() => readPushRequest(Buffer.from(bytes))));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('snappy', () => {
  /** Literals only: the simplest packer there is. */
  function packed(text: Buffer): Buffer {
    const parts: Buffer[] = [];
    for (let at = 0; at < text.length; at += 60) {
      const part = text.subarray(at, at + 60);
      parts.push(Buffer.from([(part.length - 1) << 2]), part);
    }
    let size = text.length;
    const head: number[] = [];
    for (; size > 127; size = Math.floor(size / 128)) head.push((size % 128) + 128);
    return Buffer.concat([Buffer.from([...head, size]), ...parts]);
  }
  it('literals of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(unpackSnappy(packed(Buffer.from(bytes)), 10_000).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
  it.each([
    // As python-snappy and the C++ library pack them.
    ['a run', `0a 00 61 22 01 00`, 'aaaaaaaaaa'],
    ['a copy of two offset bytes', '08 0c 61 62 63 64 0e 04 00', 'abcdabcd'],
    ['a copy of one offset byte', '08 0c 61 62 63 64 01 04', 'abcdabcd'],
    ['a copy of four offset bytes', '08 0c 61 62 63 64 0f 04 00 00 00', 'abcdabcd'],
    ['a literal with its length in a byte', `05 f0 04 61 62 63 64 65`, 'abcde'],
    ['nothing', '00', ''],
  ])('%s', (_name, bytes, text) => {
    expect(unpackSnappy(hex(bytes), 1_000).toString()).toBe(text);
  });
  it.each([
    ['a bomb by its size', 'ff ff ff ff 0f', 'body-too-large'],
    ['a size that its bytes cannot make', 'a0 1f 00 61', 'bad-body'],
    ['a size without an end', 'ff ff ff ff ff ff', 'bad-body'],
    ['a literal beyond the end', '05 10 61', 'bad-body'],
    ['a literal beyond the size', '01 04 61 62', 'bad-body'],
    ['a copy from before the beginning', '08 00 61 0e 04 00', 'bad-body'],
    ['a copy from here', '08 00 61 0e 00 00', 'bad-body'],
    ['a copy beyond the size', '03 00 61 fe 01 00', 'bad-body'],
    ['cut in a copy', '08 0c 61 62 63 64 0e 04', 'bad-body'],
    ['shorter than it says', '08 0c 61 62 63 64', 'bad-body'],
    ['nothing at all', '', 'bad-body'],
  ])('refuses %s', (_name, bytes, code) => {
    expect(codeOf(() => unpackSnappy(hex(bytes), 10_000))).toBe(code);
  });
});

describe('labels of Loki', () => {
  it.each([
    ['{app="nginx", host="web01"}', { app: 'nginx', host: 'web01' }],
    ['{}', {}],
    ['{a="x\\"y\\\\z\\n", b="{c=\\"d\\"}"}', { a: 'x"y\\z\n', b: '{c="d"}' }],
    ['{__proto__="x", a="1"}', { a: '1' }],
  ])('%s', (text, labels) => {
    expect(readLabels(text)).toEqual(labels);
  });
  it('escaped letters come back as their bytes', () => {
    const { a } = readLabels('{a="\\u1ea1\\xe1\\U0001F600"}');
    expect(Buffer.from(String(a), 'latin1').toString('hex')).toBe('e1baa1e1f09f9880');
  });
  it.each(['', 'app="x"', '{app=x}', '{app="x"', '{app="x" host}', `{${'a'.repeat(100_000)}`])('refuses %j', (text) => {
    expect(codeOf(() => readLabels(text))).toBe('bad-body');
  });
});
