/** The live feed, `GET /api/v1/feed?epoch=E&since=N` upgraded to WebSocket. Server to client only. */
import type { AlertView, DrillView, Health, IncidentCard } from './api.ts';

/**
 * `epoch` changes when numbering starts anew (Redis was emptied); `seq` grows by one per message of the whole stream.
 * What a viewer may not see is left out on the server, so a client sees gaps in `seq` and must not mind them.
 */
export type FeedMessage =
  | { readonly kind: 'hello'; readonly epoch: string; readonly seq: number; readonly resumed: boolean }
  | { readonly kind: 'alert'; readonly seq: number; readonly atMs: number; readonly alert: AlertView }
  | { readonly kind: 'incident'; readonly seq: number; readonly atMs: number; readonly incident: IncidentCard }
  | { readonly kind: 'drill'; readonly seq: number; readonly atMs: number; readonly drill: DrillView }
  /** Every few seconds: where the stream is, and how the platform fares (health only for roles that may read it). */
  | { readonly kind: 'tick'; readonly seq: number; readonly atMs: number; readonly health: Health | null }
  /** The gap is too old or numbering began anew: load the lists again, then go on from `seq`. */
  | {
      readonly kind: 'resync';
      readonly epoch: string;
      readonly seq: number;
      readonly reason: 'gap' | 'epoch' | 'slow';
    };

/** What publishers hand to the bus; the bus adds the number. */
export type FeedItem =
  | { readonly kind: 'alert'; readonly system: string; readonly alert: AlertView }
  | { readonly kind: 'incident'; readonly system: string; readonly incident: IncidentCard }
  | { readonly kind: 'drill'; readonly system: ''; readonly drill: DrillView };
