/** Payloads of BullMQ jobs. A job is a wake-up: it names what to do, the stores hold what it is about. */

/** Queue `detect`; job id = batch id, so offering a batch twice is one job. */
export interface DetectJob {
  readonly batch: string;
  readonly day: string;
}

/** Queue `notify`; job id = notice id. */
export interface NotifyJob {
  readonly notice: string;
}

export const queueNames: { readonly detect: string; readonly notify: string } = { detect: 'detect', notify: 'notify' };
