import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGelfParts } from '../../src/collect/gelf-parts.ts';
import { gelfProtocol } from '../../src/collect/gelf-stream.ts';
import { createLineHeaders } from '../../src/collect/line-headers.ts';
import { createLineRecords } from '../../src/collect/line-records.ts';
import { createRelpFramer, RelpFault } from '../../src/collect/relp-frames.ts';
import type { RawLine } from '../../src/model/source.ts';
import { unknownSource } from '../../src/register/index.ts';

/** A text in pieces of these sizes. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const out: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    out.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...out, bytes.subarray(from)];
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });
const words = fc
  .array(fc.constantFrom('a', 'ạ', '\n', ' ', '<13>', '0', '\r\n'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('however a stream is cut into segments', () => {
  it('RELP has the same frames', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 10 }), sizes, (texts, at) => {
        const sent = texts.map((text, n) => {
          const size = Buffer.byteLength(text);
          return size === 0 ? `${n + 1} syslog 0\n` : `${n + 1} syslog ${size} ${text}\n`;
        });
        const framer = createRelpFramer(10_000);
        const frames = cut(Buffer.from(sent.join('')), at).flatMap((part) => framer.push(part));
        expect(frames.map(({ txnr, data }) => [txnr, data.toString()])).toEqual(
          texts.map((text, n) => [String(n + 1), text]),
        );
        expect(framer.heldBytes).toBe(0);
      }),
    );
  });
  it('GELF over TCP has the same messages', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 10 }), sizes, (texts, at) => {
        const reader = gelfProtocol({ lineBytesMax: 10_000 }).open({ write: () => undefined, end: () => undefined });
        const got = cut(Buffer.from(texts.map((text) => `${text}\0`).join('')), at).flatMap((part) => [
          ...reader.push(part),
        ]);
        expect(got.map((line) => line?.text ?? '')).toEqual(texts.map((text) => text.replace(/[\r\n]+$/, '')));
      }),
    );
  });
});

describe('whatever the bytes', () => {
  it('RELP gives frames or a fault, and holds no more than its bound and a header', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 60 }),
            fc.constantFrom(
              ...['1 open 3 a', '2 syslog 9999999 ', '\n', '3 close 0\n'].map(
                (text) => new Uint8Array(Buffer.from(text)),
              ),
            ),
          ),
        ),
        (parts) => {
          const framer = createRelpFramer(100);
          try {
            for (const part of parts) {
              framer.push(Buffer.from(part));
              expect(framer.heldBytes).toBeLessThan(100 + 60 + 60);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(RelpFault);
          }
        },
      ),
    );
  });
  it('parts of GELF messages never hold more than their bounds, and each is whole, held or dropped', () => {
    const part = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      fc.nat(20),
      fc.nat(3),
    );
    fc.assert(
      fc.property(fc.array(part), (sent) => {
        const limits = { gelfPartialMax: 3, gelfPartialPerPeerMax: 2, gelfPartialBytesMax: 60, gelfPartialMs: 5 };
        const parts = createGelfParts(limits);
        let nowMs = 0;
        for (const [id, place, count, size, wait] of sent) {
          nowMs += wait;
          const head = Buffer.from([0x1e, 0x0f, ...Buffer.from(id.padEnd(8)), place, count]);
          const { whole } = parts.add(Buffer.concat([head, Buffer.alloc(size)]), '10.0.0.1', nowMs);
          if (whole !== null) expect(whole.length).toBeLessThanOrEqual(60 + 20);
          expect(parts.heldBytes).toBeLessThanOrEqual(limits.gelfPartialBytesMax);
        }
        parts.add(Buffer.from([0x1e, 0x0f]), '10.0.0.1', nowMs + 10);
        expect(parts.heldBytes).toBe(0);
      }),
    );
  });
});

describe('lines put together', () => {
  const line = fc.constantFrom(
    '2026-11-22 09:15:02,123 ERROR [main] a.B: x',
    '\tat a.b',
    'java.lang.Error',
    '#Fields: a b',
    '1 2',
    'a,b',
    'ạ,c',
  );
  it('none is lost, doubled or moved, and each is accounted for', () => {
    fc.assert(
      fc.property(fc.constantFrom('java', 'w3c', 'csv', 'zeek', 'auto'), fc.array(fc.option(line)), (parser, texts) => {
        const records = createLineRecords({ ...unknownSource, parser }, createLineHeaders());
        const given = texts.map((text, n): RawLine | null => (text === null ? null : { text, line: n + 1 }));
        const out = [...given.flatMap((each) => records.push(each, 0)), ...records.flush()];
        expect(out.reduce((sum, { lines }) => sum + lines, 0)).toBe(texts.length);
        expect(records.heldBytes).toBe(0);
        const stored = out.flatMap(({ line }) => (line === null ? [] : [line]));
        const isJoined = parser === 'java' || parser === 'auto';
        const text = texts.filter((each) => each !== null).join('\n');
        if (isJoined) expect(stored.map((each) => each.text).join('\n')).toBe(text);
        const numbers = stored.map((each) => each.line);
        expect(numbers).toEqual([...new Set(numbers)].sort((x, y) => x - y));
        for (const each of isJoined ? [] : stored) expect(each.text).toBe(texts[each.line - 1]);
        // What is not stored speaks of what is behind it.
        const unstored = texts.filter((each, n) => each !== null && !numbers.includes(n + 1));
        if (!isJoined) for (const each of unstored) expect(each).toMatch(/^#Fields|^[aạ],/);
      }),
    );
  });
});
