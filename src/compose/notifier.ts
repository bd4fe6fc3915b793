import type { Config } from '../config.ts';
import {
  createEmailChannel,
  createNotifier,
  createWebhookChannel,
  defaultNotifyLimits,
  type Notifier,
} from '../notify/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Queues } from '../queue/index.ts';
import type { Register } from '../register/index.ts';
import type { State } from '../state/index.ts';
import type { Store } from '../store/index.ts';

/** The notifier with the channels that the configuration names. */
export function openNotifier(o: {
  readonly config: Config;
  readonly store: Pick<Store, 'notices'>;
  readonly lock: State['lock'];
  readonly register: Pick<Register, 'system' | 'refresh'>;
  readonly queues: Pick<Queues, 'offerNotify'>;
  readonly boardUrl: () => string;
  readonly clock: () => number;
  readonly log: Logger;
}): Notifier {
  const { config, register, clock } = o;
  return createNotifier({
    // A system registered a moment ago is not in the register's last reading yet; its first alert must not miss it.
    systemOf: async (id) => register.system(id) ?? (await register.refresh().then(() => register.system(id))),
    notices: o.store.notices,
    offer: o.queues.offerNotify,
    lock: o.lock,
    channels: {
      email:
        config.smtpUrl === ''
          ? null
          : createEmailChannel({
              smtpUrl: config.smtpUrl,
              from: config.mailFrom,
              timeoutMs: defaultNotifyLimits.sendTimeoutMs,
            }),
      webhook:
        config.webhookSecret === ''
          ? null
          : createWebhookChannel({
              secret: config.webhookSecret,
              allowedHosts: config.webhookAllowedHosts,
              timeoutMs: defaultNotifyLimits.sendTimeoutMs,
              answerBytesMax: defaultNotifyLimits.webhookAnswerBytesMax,
              clock,
            }),
    },
    boardUrl: o.boardUrl,
    clock,
    log: o.log,
    limits: defaultNotifyLimits,
  });
}
