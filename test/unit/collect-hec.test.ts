import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHecAcks } from '../../src/collect/hec-acks.ts';
import { BrokenObject, cutObjects } from '../../src/collect/hec-objects.ts';
import { createUntold } from '../../src/collect/http-untold.ts';

describe('objects one behind the other', () => {
  const object = fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.jsonValue(),
  );
  it('come apart as they were put together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(object, fc.constantFrom('', ' ', '\n', '\r\n\t')), { maxLength: 8 }), (parts) => {
        const body = parts.map(([each, blank], i) => JSON.stringify(each, null, i % 3) + blank).join('');
        const read = cutObjects(Buffer.from(body), 100).map((members) =>
          Object.fromEntries([...members].map(([name, value]) => [name, JSON.parse(value.toString())])),
        );
        expect(read).toEqual(JSON.parse(JSON.stringify(parts.map(([each]) => each))));
      }),
      { numRuns: 500 },
    );
  });
  it('any bytes are cut or refused', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom(...'{}[]":,\\ a1') }).map((s) => Buffer.from(s)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          cutObjects(Buffer.from(body), 100);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenObject);
        }
      }),
      { numRuns: 5_000 },
    );
  });
  it('a nesting of a million costs no stack', () => {
    const deep = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
    expect(cutObjects(Buffer.from(deep), 1)[0]?.get('a')?.length).toBe(2_000_000);
  });
});

describe('acknowledgements are bounded', () => {
  it('a channel forgets its oldest id, the whole the channel asked for longest ago', () => {
    const acks = createHecAcks({ channelsMax: 2, idsMax: 3 });
    for (let i = 0; i < 5; i++) acks.give('s', 'a');
    expect(acks.ask('s', 'a', [0, 1, 2, 3, 4])).toEqual({ 0: false, 1: false, 2: true, 3: true, 4: true });
    acks.give('s', 'b');
    acks.give('s', 'a');
    acks.give('s', 'c');
    expect(acks.ask('s', 'a', [5])).toEqual({ 5: true });
    expect(acks.ask('s', 'b', [0])).toEqual({ 0: false });
  });
  it('one source sees nothing of another', () => {
    const acks = createHecAcks({ channelsMax: 9, idsMax: 9 });
    acks.give('s', 'a');
    expect(acks.ask('t', 'a', [0])).toEqual({ 0: false });
  });
});

describe('outcomes that were not told', () => {
  const receipt = { batch: 'b', accepted: 1, rejected: [] };
  it('are told once, within their time, and the oldest goes first', async () => {
    let nowMs = 0;
    const untold = createUntold({ max: 2, ms: 100, clock: () => nowMs });
    for (const print of ['a', 'b', 'c']) untold.keep(print, Promise.resolve(receipt));
    expect(untold.claim('a')).toBeNull();
    expect(await untold.claim('b')).toEqual(receipt);
    expect(untold.claim('b')).toBeNull();
    nowMs = 101;
    expect(untold.claim('c')).toBeNull();
  });
  it('of lines that were not taken there is nothing to tell', async () => {
    const untold = createUntold({ max: 2, ms: 100, clock: () => 0 });
    const refused = Promise.reject(new Error('busy'));
    untold.keep('a', refused);
    await refused.catch(() => undefined);
    expect(untold.claim('a')).toBeNull();
  });
});
