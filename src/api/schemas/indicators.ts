import { z } from 'zod';
import type {
  IndicatorListView,
  IndicatorListWanted,
  IndicatorPageView,
  IndicatorTaking,
} from '../../contract/indicators.ts';
import { indicatorTypes } from '../../model/indicator.ts';
import { severities } from '../../model/severity.ts';

const count = z.number().min(0);
const line = (max: number): z.ZodString => z.string().trim().max(max);

const settings = {
  name: line(200).min(1),
  description: line(2_000),
  source: line(200),
  severity: z.enum(severities),
  tags: z.array(line(100).min(1)).max(20),
  historyDays: z.int().min(0).max(400),
};
const feed = {
  root: z.url({ protocol: /^https?$/ }).max(1_000),
  collection: z.string().regex(/^[\w.:-]{1,200}$/),
  user: line(200),
  everyMinutes: z.int().min(5).max(10_080),
};

export const listWanted: z.ZodType<IndicatorListWanted> = z
  .strictObject({
    ...settings,
    feed: z.strictObject({ ...feed, secret: z.string().max(4_000).exactOptional() }).nullable(),
  })
  .meta({ id: 'IndicatorListWanted' });

const poll = z.object({
  atMs: count,
  ok: z.boolean(),
  failure: z.string(),
  pages: count,
  objects: count,
  added: count,
  removed: count,
  notTaken: count,
});
const hunt = z.object({
  state: z.enum(['waiting', 'running', 'done']),
  startedMs: count,
  endedMs: count,
  indicators: count,
  days: count,
  daysDone: count,
  events: count,
  candidates: count,
  hits: count,
  cut: z.string(),
});

export const listView: z.ZodType<IndicatorListView> = z
  .object({
    id: z.string(),
    ...settings,
    retired: z.boolean(),
    version: count,
    count,
    changedMs: count,
    changedBy: z.string(),
    feed: z.object({ ...feed, hasSecret: z.boolean() }).nullable(),
    poll: poll.nullable(),
    hunt: hunt.nullable(),
    hits24h: count,
  })
  .meta({ id: 'IndicatorList' });

export const taking: z.ZodType<IndicatorTaking> = z
  .object({
    list: listView,
    taken: z.object({
      format: z.string(),
      added: count,
      changed: count,
      removed: count,
      count,
      notTaken: z.array(z.object({ where: z.string(), value: z.string(), reason: z.string() })),
      notTakenTotal: count,
      passedOver: count,
    }),
  })
  .meta({ id: 'IndicatorTaking' });

export const indicatorPage: z.ZodType<IndicatorPageView> = z
  .object({
    items: z.array(
      z.object({
        type: z.enum(indicatorTypes),
        value: z.string(),
        validFromMs: count,
        validUntilMs: count,
        description: z.string(),
        tags: z.array(z.string()),
        sourceId: z.string(),
      }),
    ),
    cursor: z.string().nullable(),
  })
  .meta({ id: 'IndicatorPage' });
