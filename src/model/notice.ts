import type { Origin } from './event.ts';

/** One message to one recipient over one channel, with everything a retry needs. */
export interface Notice {
  /** Idempotency key: hash of (incident, alert, revision class, channel, recipient). Also the queue's job id. */
  readonly id: string;
  readonly alert: string;
  readonly incident: string;
  readonly system: string;
  readonly channel: 'email' | 'webhook';
  readonly recipient: string;
  readonly origin: Origin;
  readonly subject: string;
  readonly text: string;
  /** JSON body for webhooks; '' for e-mail. */
  readonly body: string;
  readonly createdMs: number;
}

/** One try to deliver a notice, or its being queued; the log of them is the truth, the queue a wake-up. */
export interface Delivery {
  readonly notice: string;
  readonly alert: string;
  readonly incident: string;
  readonly system: string;
  readonly channel: string;
  readonly recipient: string;
  readonly outcome: 'queued' | 'sent' | 'failed' | 'gave_up';
  readonly attempt: number;
  readonly atMs: number;
  /** What the other side said, bounded and without secrets. */
  readonly detail: string;
  /** The notice itself on the `queued` row, so that a lost queue can be rebuilt; '' elsewhere. */
  readonly document: string;
}
