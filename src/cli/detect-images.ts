import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { packImage, unpackImage } from '../detect/image-pack.ts';
import type { ImageStore } from '../sigma/index.ts';

/** What a worker asks with for images; to be transferred to it. */
export interface ImageDoor {
  readonly port: MessagePort;
  /** One Int32: 1 once the reply to the last question is in the port. */
  readonly answered: SharedArrayBuffer;
}

type Question = { readonly get: string } | { readonly put: string; readonly image: SharedArrayBuffer };

/** null: compile it. */
type Reply = SharedArrayBuffer | null;

interface Client {
  reply(image: Reply): void;
}

interface Entry {
  image: SharedArrayBuffer | null;
  /** Who compiles it while there is none. */
  compiler: Client | null;
  waiting: Client[];
}

/**
 * The images that all workers share. Each is read from what is kept, or compiled by the first worker that asks for it
 * while those who ask next wait; if it stops over that, the next one compiles.
 */
export function createSharedImages(kept: ImageStore | null): { open(): ImageDoor } {
  const entries = new Map<string, Entry>();

  return {
    open() {
      const { port1: ours, port2: port } = new MessageChannel();
      const answered = new SharedArrayBuffer(4);
      const flag = new Int32Array(answered);
      const client: Client = {
        reply(image) {
          ours.postMessage(image);
          Atomics.store(flag, 0, 1);
          Atomics.notify(flag, 0);
        },
      };
      ours.on('message', (question: Question) => {
        if ('get' in question) get(question.get, client);
        else put(question.put, question.image);
      });
      ours.on('close', () => leave(client));
      return { port, answered };
    },
  };

  function get(key: string, client: Client): void {
    const entry = entries.get(key) ?? { image: keptImage(key), compiler: null, waiting: [] };
    entries.set(key, entry);
    if (entry.image !== null) client.reply(entry.image);
    else if (entry.compiler !== null) entry.waiting.push(client);
    else {
      entry.compiler = client;
      client.reply(null);
    }
  }

  function keptImage(key: string): SharedArrayBuffer | null {
    const image = kept?.get(key);
    return image === undefined ? null : packedShared(image);
  }

  function put(key: string, image: SharedArrayBuffer): void {
    const waiting = entries.get(key)?.waiting ?? [];
    entries.set(key, { image, compiler: null, waiting: [] });
    for (const client of waiting) client.reply(image);
    kept?.put(key, unpackImage(new Uint8Array(image)));
  }

  /** A worker is gone. */
  function leave(client: Client): void {
    for (const entry of entries.values()) {
      entry.waiting = entry.waiting.filter((one) => one !== client);
      if (entry.compiler !== client) continue;
      entry.compiler = entry.waiting.shift() ?? null;
      entry.compiler?.reply(null);
    }
  }
}

/** The worker's side: waits, with its thread standing still, for what others have or are making. */
export function sharedImagesBehind({ port, answered }: ImageDoor): ImageStore {
  const flag = new Int32Array(answered);
  return {
    get(key) {
      Atomics.store(flag, 0, 0);
      port.postMessage({ get: key } satisfies Question);
      Atomics.wait(flag, 0, 0);
      const image = (receiveMessageOnPort(port)?.message ?? null) as Reply;
      return image === null ? undefined : unpackImage(new Uint8Array(image));
    },
    put: (key, image) => port.postMessage({ put: key, image: packedShared(image) } satisfies Question),
  };
}

function packedShared(image: Parameters<typeof packImage>[0]): SharedArrayBuffer {
  return packImage(image, 'shared').buffer as SharedArrayBuffer;
}
