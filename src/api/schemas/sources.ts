import { z } from 'zod';
import type { BreachView, CalendarView, ClockView, SourceWatch, SourceWatchView } from '../../contract/sources.ts';
import { breachKinds } from '../../model/source-contract.ts';
import { encoding, sourceContract, timeCorrection } from './model.ts';

/** Zod schemas of the shapes in src/contract/sources.ts. */

const ms = z.number();
const count = z.number();

const clock: z.ZodType<ClockView> = z.object({ samples: count, zoneErrorMs: ms, skewMs: ms, lagMs: ms });

const breachView: z.ZodType<BreachView> = z.object({
  alert: z.string(),
  kind: z.enum(breachKinds),
  log: z.string(),
  sinceMs: ms,
  why: z.string(),
  whyVi: z.string(),
  blindRules: z.array(z.object({ id: z.string(), title: z.string(), titleVi: z.string() })),
  blindRulesTotal: count,
  blindTechniques: z.array(z.string()),
  blindTechniquesTotal: count,
});

export const sourceWatchView: z.ZodType<SourceWatchView> = z
  .object({
    id: z.string(),
    name: z.string(),
    org: z.string(),
    system: z.string(),
    systemName: z.string(),
    version: count,
    parser: z.string(),
    encoding: z.union([encoding, z.literal('')]),
    certificates: z.array(z.string()),
    contract: sourceContract.nullable(),
    timeCorrection: timeCorrection.nullable(),
    lastReceivedMs: ms,
    hours: z.array(count),
    rawShare: z.number(),
    futureRows: count,
    clock: clock.nullable(),
    corrected: clock.nullable(),
    detected: z.array(z.object({ parser: z.string(), rows: count })),
    detectedRows: count,
    candidate: z.string(),
    candidateShare: z.number(),
    breaches: z.array(breachView),
  })
  .meta({ id: 'SourceWatchView' });

export const sourceWatch: z.ZodType<SourceWatch> = z
  .object({ atMs: ms, items: z.array(sourceWatchView), parsers: z.array(z.string()) })
  .meta({ id: 'SourceWatch' });

export const calendarView: z.ZodType<CalendarView> = z
  .object({
    version: count,
    off: z.array(z.string()),
    worked: z.array(z.string()),
    holidays: z.array(z.string()),
    workedDays: z.array(z.string()),
  })
  .meta({ id: 'CalendarView' });
