import { imageStoreOf } from '../../src/detect/packed-images.ts';
import type { ReadRules } from '../../src/detect/rule-pack.ts';
import { compileRules } from '../../src/sigma/index.ts';

/** What the rules compile to for these lines (with their ends), routed and unrouted: to be opened by threads. */
export function imagesOf(read: ReadRules, text: Buffer): ReadonlyMap<string, Uint8Array> {
  const images = new Map<string, Uint8Array>();
  const set = compileRules(read.rules, {
    images: imageStoreOf({ get: (key) => images.get(key) ?? null, put: (key, image) => images.set(key, image) }),
  });
  for (const routing of [false, true]) {
    for (let from = 0; from < text.length; from = text.indexOf(10, from) + 1)
      set.matchLine(text, from, text.indexOf(10, from), { routing });
  }
  return images;
}
