/** The truths of one event: a truth holds when its stamp is the event's generation, so nothing need be cleared. */
export class Marks {
  /** By truth: the generation of the last event in which it held. */
  readonly stamps: Int32Array;
  generation = 1;
  /** Truths below `triggers` that hold, each once: queue[0 … queued). */
  readonly queue: Int32Array;
  queued = 0;
  readonly triggers: number;

  constructor(truths: number, triggers: number) {
    this.stamps = new Int32Array(truths);
    this.queue = new Int32Array(triggers);
    this.triggers = triggers;
  }

  /** Begins the next event. True when the generations began anew: stamps kept elsewhere are then worth nothing. */
  next(): boolean {
    this.queued = 0;
    if (this.generation < 0x7fff_ffff) {
      this.generation++;
      return false;
    }
    this.stamps.fill(0);
    this.generation = 1;
    return true;
  }

  mark(truth: number): void {
    if (this.stamps[truth] === this.generation) return;
    this.stamps[truth] = this.generation;
    if (truth < this.triggers) this.queue[this.queued++] = truth;
  }

  /** Marks `count` truths from `list[from]` on. */
  markAll(list: Int32Array, from: number, count: number): void {
    const { stamps, generation, queue, triggers } = this;
    let { queued } = this;
    for (let at = from; at < from + count; at++) {
      const truth = list[at] ?? 0;
      if (stamps[truth] === generation) continue;
      stamps[truth] = generation;
      if (truth < triggers) queue[queued++] = truth;
    }
    this.queued = queued;
  }
}
