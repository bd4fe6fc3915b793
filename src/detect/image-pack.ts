import { deserialize, serialize } from 'node:v8';
import type { EngineImage } from '../sigma/index.ts';

/** Kinds of arrays an image has, by number. */
const arrayKinds = [Int32Array, Uint16Array, Uint8Array, Int16Array, Int8Array] as const;
type NumberArray = InstanceType<(typeof arrayKinds)[number]>;

/** An array of the image: the keys that lead to it, its kind, where it begins in the arrays' bytes, its numbers. */
type ArrayPlace = readonly [path: readonly string[], kind: number, from: number, length: number];

/** An image without its arrays, and where those are. */
interface Head {
  readonly rest: unknown;
  readonly arrays: readonly ArrayPlace[];
}

/** So that an array of any kind can be looked at where it stands. */
const alignment = 8;

/**
 * An image as bytes: length of the head (4 bytes), the head, then the typed arrays, aligned so that unpackImage need not
 * copy them. They are in memory that threads can share.
 */
export function packImage(image: EngineImage): Uint8Array {
  const arrays: Uint8Array[] = [];
  const places: ArrayPlace[] = [];
  let length = 0;
  const withoutArrays = (value: unknown, path: readonly string[]): unknown => {
    const found = arrayKinds.findIndex((one) => value instanceof one);
    if (found >= 0) {
      const array = value as NumberArray;
      places.push([path, found, length, array.length]);
      arrays.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      length += aligned(array.byteLength);
      return null;
    }
    if (Array.isArray(value)) return value.map((one, i) => withoutArrays(one, [...path, String(i)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutArrays(one, [...path, name])]));
  };
  const head = serialize({ rest: withoutArrays(image, []), arrays: places } satisfies Head);
  const start = aligned(4 + head.length);
  const bytes = new Uint8Array(new SharedArrayBuffer(start + length));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const array of arrays) {
    bytes.set(array, at);
    at += aligned(array.length);
  }
  return bytes;
}

/** The image in bytes that packImage made, on the same kind of machine. Its arrays are views of the bytes. */
export function unpackImage(bytes: Uint8Array): EngineImage {
  if (bytes.byteOffset % alignment !== 0) return unpackImage(bytes.slice());
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { rest, arrays } = deserialize(bytes.subarray(4, 4 + headLength)) as Head;
  const start = bytes.byteOffset + aligned(4 + headLength);
  for (const [path, kind, from, length] of arrays) {
    const View = arrayKinds[kind] ?? Uint8Array;
    const last = path.length - 1;
    const holder = path.slice(0, last).reduce((part, name) => part[name] as Part, rest as Part);
    holder[path[last] ?? ''] = new View(bytes.buffer as ArrayBuffer, start + from, length);
  }
  // What was packed was an image, and nobody else writes where it was kept (kept-files.ts).
  return rest as EngineImage;
}

/** An object or a list, by its keys. */
type Part = Record<string, unknown>;

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
