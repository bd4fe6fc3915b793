import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageStoreOf } from '../../src/detect/packed-images.ts';
import { openRuleCache, ruleCacheKey } from '../../src/detect/rule-cache.ts';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { packRules, unpackEngineRules, unpackRules } from '../../src/detect/rule-pack.ts';

let dir = '';
let rules = '';
let cacheDir = '';
const id = (n: number) => `id: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a0${n}\n`;
const rule = (n: number, title: string, detection: string) =>
  `title: ${title}\n${id(n)}logsource: { product: windows }\nlevel: high\ndetection: ${detection}\n`;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rule-cache-'));
  rules = path.join(dir, 'rules');
  cacheDir = path.join(dir, 'cache');
  mkdirSync(rules);
  const put = (name: string, text: string | Buffer) => writeFileSync(path.join(rules, name), text);
  put('a.yml', rule(1, 'Good', '{ s: { a|contains: [x, Hà Nội], n: 12345678901234567890 }, condition: s }'));
  put('b.yml', rule(2, 'Broken', '{ s: { a|re: "(?=x)" }, condition: s }'));
  put('c.yml', rule(3, 'Loud', '{ s: { a: z, b|gt: 5, c|cidr: 10.0.0.0/8 }, condition: NOT s AND s }'));
  put('d.yml', rule(1, 'Copy', '{ s: { a: y }, condition: s }'));
  put(
    'e.yml',
    `${rule(4, 'One', '{ s: [k], condition: s }')}---\r\n${rule(5, 'Two', '{ s: { a: q }, condition: s }')}`,
  );
  put('f.yml', Buffer.from([0x74, 0xff, 0xfe]));
  put(
    'g.yml',
    `title: c\n${id(6)}correlation: {type: event_count, rules: [5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a04], group-by: [u], timespan: 5m, condition: {gte: 3}}\n`,
  );
  put(
    'h.yml',
    'title: f\nlogsource: {product: windows}\nfilter: {rules: [5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a03], s: {a: x}, condition: not s}\n',
  );
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const kept = (suffix = '.rules') =>
  readdirSync(cacheDir)
    .filter((name) => name.endsWith(suffix))
    .map((name) => path.join(cacheDir, name));

/** The first image that is kept, and where it is kept. */
function keptImage() {
  const [key = '', name = ''] = path.basename(kept('.image')[0] ?? '', '.image').split('-');
  return { images: imageStoreOf(openRuleCache(cacheDir).images(key)), name };
}

/** Everything that loading says, as data: trees and texts that are read late are read. */
async function loaded(where?: string) {
  const {
    set,
    images: _,
    packed: __,
    ...rest
  } = await loadRuleDirs([rules], where === undefined ? {} : { cacheDir: where });
  const event = {
    fields: { a: 'hà nội', n: '12345678901234567890' },
    logsource: { product: 'windows', categories: [], services: [] },
  };
  return structuredClone({ ...rest, version: set.version, met: [...set.match(event)] });
}

describe('rules that are kept between runs', () => {
  test('are what reading them says, refusals and warnings too', async () => {
    const read = await loaded();
    expect(read.documents.map(({ outcome }) => outcome)).toContain('refused');
    expect(read.correlations).toHaveLength(1);
    expect(read.filters).toBe(1);
    expect(read.met).toEqual([0]);
    expect(await loaded(cacheDir)).toEqual(read);
    expect(kept()).toHaveLength(1);
    expect(await loaded(cacheDir)).toEqual(read);
    expect(kept()).toHaveLength(1);
  });

  test('are not compiled again: what an image says is believed', async () => {
    const read = await loaded(cacheDir);
    const { images, name } = keptImage();
    const image = images.get(name);
    if (image === undefined) throw new Error('nothing is kept');
    expect(read.met).toEqual([0]);
    images.put(name, { ...image, rules: image.rules.map((rule) => rule + 1) });
    expect((await loaded(cacheDir)).met).toEqual([1]);
  });

  test('are taken from what is kept', () => {
    const cache = openRuleCache(cacheDir);
    cache.write('k', Buffer.from('rules'));
    expect(cache.read('k')).toEqual(Buffer.from('rules'));
    expect(cache.read('other')).toBeNull();
  });

  test('are packed whole, and threads are given what they match with', async () => {
    const read = await loadRuleDirs([rules]);
    const packed = packRules(read);
    const { set: _, packed: __, images: ___, ...all } = read;
    expect(structuredClone({ ...unpackRules(packed) })).toEqual(structuredClone(all));
    // Packed behind others in the same memory, and again from what was unpacked.
    const again = packRules(unpackRules(packed));
    const behind = new Uint8Array(new SharedArrayBuffer(again.length + 3), 3);
    behind.set(again);
    expect(structuredClone({ ...unpackRules(behind) })).toEqual(structuredClone(all));
    const engine = all.rules.map(({ id, hash, logsource, ir }) => ({ id, hash, logsource, ir }));
    expect(structuredClone(unpackEngineRules(behind))).toEqual(engine);
    // A filter changed one of them: its document keeps it as it was written.
    expect(all.documents.flatMap(({ rule }) => rule ?? []).filter((rule) => !all.rules.includes(rule))).toHaveLength(1);
  });

  test('are read again when a file, its name or an option is another', () => {
    const bytes = Buffer.from('title: x');
    const key = ruleCacheKey([['a.yml', bytes]], {});
    expect(ruleCacheKey([['a.yml', Buffer.from('title: x')]], {})).toBe(key);
    expect(ruleCacheKey([['b.yml', bytes]], {})).not.toBe(key);
    expect(ruleCacheKey([['a.yml', Buffer.from('title: y')]], {})).not.toBe(key);
    expect(ruleCacheKey([['a.yml', bytes]], { placeholders: { x: ['1'] } })).not.toBe(key);
    expect(
      ruleCacheKey(
        [
          ['a.yml', Buffer.from('title')],
          ['b.yml', Buffer.from(': x')],
        ],
        {},
      ),
    ).not.toBe(key);
  });

  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['cut in its head', (bytes) => bytes.subarray(0, 20)],
    ['one bit turned', (bytes) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)))],
    ['something else', () => Buffer.from('{"rules":[]}')],
  ];
  test.each(damages)('a kept file that is %s is not used', async (_, damage) => {
    const read = await loaded(cacheDir);
    const [file = ''] = kept();
    writeFileSync(file, damage(readFileSync(file)));
    expect(openRuleCache(cacheDir).read(path.basename(file, '.rules'))).toBeNull();
    expect(await loaded(cacheDir)).toEqual(read);
  });

  test.each(damages)('a kept image that is %s is not used', async (_, damage) => {
    const read = await loaded(cacheDir);
    const [file = ''] = kept('.image');
    const { images, name } = keptImage();
    writeFileSync(file, damage(readFileSync(file)));
    expect(images.get(name)).toBeUndefined();
    expect(await loaded(cacheDir)).toEqual(read);
    expect(images.get(name)).toBeDefined();
  });

  test('a folder that others may write to is not believed', async () => {
    const read = await loaded(cacheDir);
    const [file = ''] = kept();
    const key = path.basename(file, '.rules');
    expect(openRuleCache(cacheDir).read(key)).not.toBeNull();
    chmodSync(cacheDir, 0o777);
    expect(openRuleCache(cacheDir).read(key)).toBeNull();
    expect(await loaded(cacheDir)).toEqual(read);
  });

  test('a folder that cannot be made costs nothing but time', async () => {
    writeFileSync(path.join(dir, 'file'), '');
    expect(await loaded(path.join(dir, 'file', 'cache'))).toEqual(await loaded());
  });

  test('the oldest go when there are more than eight', () => {
    const cache = openRuleCache(cacheDir);
    for (let i = 0; i < 11; i++) cache.write(`set${i}`, Buffer.from([i]));
    expect(kept()).toHaveLength(8);
    expect(cache.read('set10')).toEqual(Buffer.from([10]));
  });
});
