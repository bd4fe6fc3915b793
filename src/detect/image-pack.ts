import { deserialize, serialize } from 'node:v8';
import type { EngineImage } from '../sigma/index.ts';

/** Kinds of arrays an image has, by number. */
const arrayKinds = [Int32Array, Uint16Array, Uint8Array] as const;
const views = [
  (buffer: ArrayBufferLike, from: number, length: number) => new Int32Array(buffer, from, length),
  (buffer: ArrayBufferLike, from: number, length: number) => new Uint16Array(buffer, from, length),
  (buffer: ArrayBufferLike, from: number, length: number) => new Uint8Array(buffer, from, length),
] as const;

/** An array of the image: its name, its kind, where it begins in the arrays' bytes and how many numbers it has. */
type ArrayPlace = readonly [name: string, kind: number, from: number, length: number];

/** What of an image is no typed array, and where those are; the same for its `wide` part. */
interface Head {
  readonly image: Readonly<Record<string, unknown>>;
  readonly arrays: readonly ArrayPlace[];
  readonly wide: readonly ArrayPlace[] | null;
}

/** So that an array of any kind can be looked at where it stands. */
const alignment = 8;

/**
 * An image as bytes: length of the head (4 bytes), the head, then the typed arrays, aligned so that unpackImage need not
 * copy them. With `shared` the bytes can be read by other threads.
 */
export function packImage(image: EngineImage, kind: 'shared' | 'own' = 'own'): Uint8Array {
  const arrays: Uint8Array[] = [];
  let length = 0;
  const split = (part: object): { rest: Record<string, unknown>; places: ArrayPlace[] } => {
    const rest: Record<string, unknown> = {};
    const places: ArrayPlace[] = [];
    for (const [name, value] of Object.entries(part)) {
      const found = arrayKinds.findIndex((one) => value instanceof one);
      if (found < 0) {
        rest[name] = value;
        continue;
      }
      const array = value as InstanceType<(typeof arrayKinds)[number]>;
      places.push([name, found, length, array.length]);
      arrays.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      length += aligned(array.byteLength);
    }
    return { rest, places };
  };
  const { rest, places } = split(image);
  const wide = image.wide === null ? null : split(image.wide).places;
  const head = serialize({ image: { ...rest, wide: null }, arrays: places, wide } satisfies Head);
  const start = aligned(4 + head.length);
  const size = start + length;
  const bytes = new Uint8Array(kind === 'shared' ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
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
  const head = deserialize(bytes.subarray(4, 4 + headLength)) as Head;
  const start = bytes.byteOffset + aligned(4 + headLength);
  const joined = (places: readonly ArrayPlace[]) =>
    Object.fromEntries(
      places.map(([name, kind, from, length]) => [name, views[kind]?.(bytes.buffer, start + from, length)]),
    );
  const wide = head.wide === null ? null : joined(head.wide);
  // What was packed was an image, and nobody else writes where it was kept (kept-files.ts).
  return { ...head.image, ...joined(head.arrays), wide } as unknown as EngineImage;
}

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
