import type { FeedItem, FeedMessage } from '../contract/feed.ts';
import { may, type Principal, sees } from '../model/account.ts';
import type { NumberedItem } from './ports.ts';

/**
 * Whether an item may reach a viewer's socket. Decided here, on the server, for every message.
 * The run of a drill is for those who may read drills: its title alone would tell a trainee what is being played.
 */
export function maySee(principal: Principal, item: FeedItem): boolean {
  if (item.kind === 'drill') return may(principal, 'drill.read');
  return may(principal, 'incident.read') && sees(principal, item.system);
}

/** A numbered item as it goes over the wire. */
export function messageOf({ seq, atMs, item }: NumberedItem): FeedMessage {
  switch (item.kind) {
    case 'alert':
      return { kind: 'alert', seq, atMs, alert: item.alert };
    case 'incident':
      return { kind: 'incident', seq, atMs, incident: item.incident };
    case 'drill':
      return { kind: 'drill', seq, atMs, drill: item.drill };
  }
}
