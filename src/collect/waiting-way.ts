import type { DatagramWay, DatagramWayOptions } from './datagram-way.ts';

/** Datagrams wait in memory for the belt, for as long as it takes. */
export function waitingWay({ submit, meter }: DatagramWayOptions): DatagramWay {
  let dropped = 0;
  return {
    async hand(handover) {
      const isTaken = await submit.submit({ ...handover, key: '' });
      if (!isTaken) dropped += handover.lines.length;
      meter(handover.transport, isTaken ? 'taken' : 'dropped', handover.lines.length);
    },
    hurry: () => undefined,
    get dropped() {
      return dropped;
    },
    settled: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
