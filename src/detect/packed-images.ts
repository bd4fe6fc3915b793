import type { ImageStore } from '../sigma/index.ts';
import { packImage, unpackImage } from './image-pack.ts';

/** Images as bytes in shared memory, by the keys of an ImageStore. */
export interface PackedImages {
  get(key: string): Uint8Array | null;
  put(key: string, image: Uint8Array): void;
}

export function packedImagesIn(images: Map<string, Uint8Array>): PackedImages {
  return {
    get: (key) => images.get(key) ?? null,
    put: (key, image) => void images.set(key, image),
  };
}

/** Packed images as an engine asks for them: what is unpacked looks at the same memory. What cannot be is not there. */
export function imageStoreOf(packed: PackedImages): ImageStore {
  return {
    get(key) {
      const image = packed.get(key);
      try {
        return image === null ? undefined : unpackImage(image);
      } catch {
        return undefined;
      }
    },
    put(key, image) {
      const bytes = packImage(image);
      packed.put(key, bytes);
      return unpackImage(bytes);
    },
  };
}
