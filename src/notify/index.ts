export type { Channel, SendOutcome } from './channel.ts';
export { createEmailChannel } from './email.ts';
export { defaultNotifyLimits, type NotifyLimits } from './limits.ts';
export { createNotifier, type Notifier } from './notifier.ts';
export { createWebhookChannel, webhookKey } from './webhook.ts';
