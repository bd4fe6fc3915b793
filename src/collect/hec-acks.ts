/**
 * Acknowledgements of Splunk's HEC. An id is given only once its events are in the store, so every id that was ever given is
 * true; what is kept is which of them nobody has asked for yet. Bounded: the channel asked for longest ago goes first, and so
 * does a channel's oldest id; an id that is gone answers false, and its client sends once more.
 */
export interface HecAcks {
  give(source: string, channel: string): number;
  /** Which of the ids hold; asking uses them up. */
  ask(source: string, channel: string, ids: readonly number[]): Record<string, boolean>;
}

export interface HecAckLimits {
  readonly channelsMax: number;
  readonly idsMax: number;
}

const defaultHecAckLimits: HecAckLimits = { channelsMax: 1_000, idsMax: 10_000 };

export function createHecAcks(limits: HecAckLimits = defaultHecAckLimits): HecAcks {
  const channels = new Map<string, { next: number; readonly open: Set<number> }>();

  function channelOf(source: string, channel: string): { next: number; readonly open: Set<number> } {
    const name = `${source}\0${channel}`;
    const found = channels.get(name) ?? { next: 0, open: new Set<number>() };
    // Insertion order is the order of use.
    channels.delete(name);
    channels.set(name, found);
    if (channels.size > limits.channelsMax) for (const oldest of channels.keys()) return dropped(oldest, found);
    return found;
  }

  function dropped<T>(name: string, rest: T): T {
    channels.delete(name);
    return rest;
  }

  return {
    give(source, channel) {
      const its = channelOf(source, channel);
      const id = its.next++;
      its.open.add(id);
      const [oldest] = its.open;
      if (its.open.size > limits.idsMax && oldest !== undefined) its.open.delete(oldest);
      return id;
    },
    ask(source, channel, ids) {
      const { open } = channelOf(source, channel);
      return Object.fromEntries(ids.map((id) => [String(id), open.delete(id)]));
    },
  };
}
