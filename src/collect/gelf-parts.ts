/** Bounds of messages whose parts have not all come. */
export interface GelfPartsLimits {
  readonly gelfPartialMax: number;
  readonly gelfPartialPerPeerMax: number;
  readonly gelfPartialBytesMax: number;
  readonly gelfPartialMs: number;
}

/** A message of several datagrams (GELF, "chunking"): 1e 0f, eight bytes of id, the part's place, how many there are. */
export interface GelfParts {
  /** The whole message when this was its last part; and how many parts were given up. */
  add(part: Buffer, peer: string, nowMs: number): { readonly whole: Buffer | null; readonly dropped: number };
  readonly heldBytes: number;
}

interface PartialMessage {
  readonly peer: string;
  readonly sinceMs: number;
  readonly parts: (Buffer | undefined)[];
  present: number;
  bytes: number;
}

const headerBytes = 12;
const partsMax = 128;

export function isGelfPart(bytes: Buffer): boolean {
  return bytes[0] === 0x1e && bytes[1] === 0x0f;
}

export function createGelfParts(limits: GelfPartsLimits): GelfParts {
  // Insertion order is the order of age.
  const partial = new Map<string, PartialMessage>();
  const perPeer = new Map<string, number>();
  let heldBytes = 0;

  function remove(key: string, message: PartialMessage): void {
    partial.delete(key);
    heldBytes -= message.bytes;
    const left = (perPeer.get(message.peer) ?? 1) - 1;
    if (left > 0) perPeer.set(message.peer, left);
    else perPeer.delete(message.peer);
  }

  /** Parts whose others did not come in time. */
  function expire(nowMs: number): number {
    let dropped = 0;
    for (const [key, message] of partial) {
      if (nowMs - message.sinceMs < limits.gelfPartialMs) break;
      remove(key, message);
      dropped += message.present;
    }
    return dropped;
  }

  function begin(key: string, peer: string, count: number, nowMs: number): PartialMessage | null {
    const ofPeer = perPeer.get(peer) ?? 0;
    if (partial.size >= limits.gelfPartialMax || ofPeer >= limits.gelfPartialPerPeerMax) return null;
    const message: PartialMessage = { peer, sinceMs: nowMs, parts: new Array(count), present: 0, bytes: 0 };
    partial.set(key, message);
    perPeer.set(peer, ofPeer + 1);
    return message;
  }

  return {
    get heldBytes() {
      return heldBytes;
    },
    add(part, peer, nowMs) {
      const dropped = expire(nowMs);
      const [place = 0, count = 0] = [part[10], part[11]];
      if (part.length < headerBytes || count === 0 || count > partsMax || place >= count)
        return { whole: null, dropped: dropped + 1 };
      // The peer is part of the key: nobody can mix parts of his own into another's message.
      const key = `${peer} ${part.toString('latin1', 2, 10)}`;
      const message = partial.get(key) ?? begin(key, peer, count, nowMs);
      const isRoom = heldBytes + part.length <= limits.gelfPartialBytesMax;
      if (message === null || message.parts.length !== count || !isRoom) return { whole: null, dropped: dropped + 1 };
      if (message.parts[place] !== undefined) return { whole: null, dropped };
      const content = part.subarray(headerBytes);
      message.parts[place] = content;
      message.present += 1;
      message.bytes += content.length;
      heldBytes += content.length;
      if (message.present < count) return { whole: null, dropped };
      remove(key, message);
      return { whole: Buffer.concat(message.parts.filter((each) => each !== undefined)), dropped };
    },
  };
}
