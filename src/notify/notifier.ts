import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import type { Delivery, Notice } from '../model/notice.ts';
import type { System } from '../model/register.ts';
import type { Logger } from '../observe/log.ts';
import { bounded, type Channel, type SendOutcome } from './channel.ts';
import type { NotifyLimits } from './limits.ts';
import { noticesFor } from './policy.ts';

interface NoticesPort {
  log(deliveries: readonly Delivery[]): Promise<void>;
  of(incident: string): Promise<readonly Delivery[]>;
  /** Queued longer ago than this and neither sent nor given up, oldest first. */
  unfinished(olderThanMs: number): Promise<readonly Notice[]>;
  get(id: string): Promise<Notice | null>;
}

export interface NotifierParts {
  readonly systemOf: (id: string) => Promise<System | null> | System | null;
  /** The delivery log: the truth about notices. */
  readonly notices: NoticesPort;
  /** Wakes a worker for a notice; may fail, the sweep mends it. */
  readonly offer: (notice: string) => Promise<void>;
  /** One holder a key, so that two workers woken for one notice do not both send it. */
  readonly lock: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /** null: not configured; its notices are given up at once, visibly. */
  readonly channels: { readonly email: Channel | null; readonly webhook: Channel | null };
  /** Where people reach the board, for links; '' when this process does not know. */
  readonly boardUrl: () => string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly limits: NotifyLimits;
}

export interface Notifier {
  /**
   * Makes the notices an alert calls for: written as queued before they are offered, so a crash between the two loses
   * none. Returns the ids that are new. Throws what the store throws; the caller runs the batch again.
   */
  onAlert(o: { readonly alert: Alert; readonly incident: IncidentFacts }): Promise<readonly string[]>;
  /** One try. Throws DeliveryFailed when it should be tried again; a notice already done is left alone. */
  deliver(notice: string): Promise<DeliverOutcome>;
  /** Offers what the log shows as unfinished, e.g. after Redis was emptied; how many. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

type DeliverOutcome = 'sent' | 'gave-up' | 'already-done' | 'unknown';

/** The other side did not take it this time; the queue tries again after a wait. */
class DeliveryFailed extends Error {
  readonly code = 'delivery-failed';
  readonly attempt: number;
  constructor(attempt: number, detail: string) {
    super(`not delivered (try ${attempt}): ${detail}`);
    this.name = 'DeliveryFailed';
    this.attempt = attempt;
  }
}

const notConfigured: Readonly<Record<Notice['channel'], string>> = {
  email: 'chưa cấu hình SMTP / no SMTP configured',
  webhook: 'chưa cấu hình khóa webhook / no webhook key configured',
};

export function createNotifier(parts: NotifierParts): Notifier {
  const { notices, clock, limits, channels } = parts;
  const log = parts.log.child({ part: 'notify' });
  const known = new Set<string>();

  function remember(id: string): void {
    known.add(id);
    const oldest = known.values().next();
    if (known.size > limits.knownMax && oldest.done !== true) known.delete(oldest.value);
  }

  async function offer(id: string): Promise<void> {
    try {
      await parts.offer(id);
    } catch (error) {
      log.warn({ err: error, notice: id }, 'notice waits for the sweep: the queue did not take it');
    }
  }

  /** What is sure to fail is not tried: nobody to send to, or no way to. */
  async function send(notice: Notice): Promise<SendOutcome> {
    if (notice.recipient === '') {
      const detail = 'danh bạ chưa có địa chỉ người trực / the register names no duty address';
      return { kind: 'failed', permanent: true, detail };
    }
    const channel = channels[notice.channel];
    return channel === null
      ? { kind: 'failed', permanent: true, detail: notConfigured[notice.channel] }
      : channel.send(notice);
  }

  async function tryOnce(notice: Notice): Promise<DeliverOutcome> {
    const tries = (await notices.of(notice.incident)).filter((row) => row.notice === notice.id);
    if (tries.some(({ outcome }) => outcome === 'sent' || outcome === 'gave_up')) return 'already-done';
    const attempt = 1 + tries.filter(({ outcome }) => outcome === 'failed').length;
    const result = await send(notice);
    const detail = bounded(result.detail, limits.detailLengthMax);
    const row = deliveryOf(notice, attempt, clock(), detail);
    if (result.kind === 'sent') {
      await notices.log([{ ...row, outcome: 'sent' }]);
      return 'sent';
    }
    if (result.permanent || attempt >= limits.attemptsMax) {
      await notices.log([{ ...row, outcome: 'gave_up' }]);
      log.warn(
        { notice: notice.id, incident: notice.incident, attempt, detail },
        'notice given up; the incident shows why',
      );
      return 'gave-up';
    }
    await notices.log([{ ...row, outcome: 'failed' }]);
    throw new DeliveryFailed(attempt, detail);
  }

  return {
    onAlert: async ({ alert, incident }) => {
      const system = alert.system === '' ? null : await parts.systemOf(alert.system);
      if (system === null) return [];
      const settings = { boardUrl: parts.boardUrl(), textLengthMax: limits.textLengthMax };
      const wanted = noticesFor(alert, incident, system, settings, clock()).filter(({ id }) => !known.has(id));
      if (wanted.length === 0) return [];
      const written = new Set((await notices.of(incident.id)).map(({ notice }) => notice));
      const fresh = wanted.filter(({ id }) => !written.has(id));
      if (fresh.length > 0) await notices.log(fresh.map(queuedRow));
      for (const { id } of wanted) remember(id);
      for (const { id } of fresh) await offer(id);
      return fresh.map(({ id }) => id);
    },
    deliver: async (id) => {
      const notice = await notices.get(id);
      if (notice === null) {
        log.warn({ notice: id }, 'a job names a notice nobody wrote');
        return 'unknown';
      }
      return parts.lock(`notice:${id}`, () => tryOnce(notice));
    },
    sweep: async () => {
      const waiting = await notices.unfinished(limits.sweepAgeMs);
      if (waiting.length > limits.sweepMax)
        log.warn({ waiting: waiting.length }, 'more notices wait than one sweep offers');
      const offered = waiting.slice(0, limits.sweepMax);
      for (const { id } of offered) await offer(id);
      return offered.length;
    },
    close: async () => {
      await Promise.all([channels.email?.close(), channels.webhook?.close()]);
    },
  };
}

function queuedRow(notice: Notice): Delivery {
  const document = JSON.stringify(notice);
  return { ...deliveryOf(notice, 0, notice.createdMs, ''), outcome: 'queued', document };
}

function deliveryOf(notice: Notice, attempt: number, atMs: number, detail: string): Omit<Delivery, 'outcome'> {
  const { id, alert, incident, system, channel } = notice;
  return {
    notice: id,
    alert,
    incident,
    system,
    channel,
    recipient: shown(notice),
    attempt,
    atMs,
    detail,
    document: '',
  };
}

/** A webhook's path and query may be its secret; people are shown its host. */
function shown(notice: Notice): string {
  if (notice.channel === 'email') return notice.recipient;
  try {
    return new URL(notice.recipient).origin;
  } catch {
    return 'webhook';
  }
}
