export type { Channel, SendOutcome } from './channel.ts';
export { createEmailChannel, type EmailSettings } from './email.ts';
export { defaultNotifyLimits, type NotifyLimits } from './limits.ts';
export {
  createNotifier,
  type DeliverOutcome,
  DeliveryFailed,
  type NoticesPort,
  type Notifier,
  type NotifierParts,
} from './notifier.ts';
export { createWebhookChannel, type WebhookSettings, webhookKey } from './webhook.ts';
