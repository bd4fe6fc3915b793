import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { PackedImages } from '../detect/packed-images.ts';

/** What a worker asks with for images; to be transferred to it. */
export interface ImageDoor {
  readonly port: MessagePort;
  /** One Int32: 1 once the reply to the last question is in the port. */
  readonly answered: SharedArrayBuffer;
}

type Question = { readonly get: string } | { readonly put: string; readonly image: Uint8Array };

/** null: compile it. */
type Reply = Uint8Array | null;

interface Client {
  reply(image: Reply): void;
}

interface Entry {
  image: Uint8Array | null;
  /** Who compiles it while there is none. */
  compiler: Client | null;
  waiting: Client[];
}

/**
 * The images that all workers share. Each is read from what is kept, or compiled by the first worker that asks for it
 * while those who ask next wait; if it stops over that, the next one compiles.
 */
export function createSharedImages(kept: PackedImages | null): { open(): ImageDoor } {
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
    const entry = entries.get(key) ?? { image: kept?.get(key) ?? null, compiler: null, waiting: [] };
    entries.set(key, entry);
    if (entry.image !== null) client.reply(entry.image);
    else if (entry.compiler !== null) entry.waiting.push(client);
    else {
      entry.compiler = client;
      client.reply(null);
    }
  }

  function put(key: string, image: Uint8Array): void {
    const waiting = entries.get(key)?.waiting ?? [];
    entries.set(key, { image, compiler: null, waiting: [] });
    for (const client of waiting) client.reply(image);
    kept?.put(key, image);
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
export function sharedImagesBehind({ port, answered }: ImageDoor): PackedImages {
  const flag = new Int32Array(answered);
  return {
    get(key) {
      Atomics.store(flag, 0, 0);
      port.postMessage({ get: key } satisfies Question);
      Atomics.wait(flag, 0, 0);
      return (receiveMessageOnPort(port)?.message ?? null) as Reply;
    },
    put: (key, image) => port.postMessage({ put: key, image } satisfies Question),
  };
}
