import { z } from 'zod';
import { type IncidentState, incidentStates, isClosed } from '../../model/incident.ts';
import type { ApiLimits } from '../limits.ts';

/** Pieces of query strings. Unknown parameters are refused: a misspelt filter must not silently show everything. */

export function limit(limits: ApiLimits): z.ZodType<number> {
  return z.coerce.number().int().min(1).max(limits.pageMax).default(limits.pageDefault);
}

/** Opaque to clients; what a list gave out as `cursor`. */
export const cursor: z.ZodType<string> = z.string().min(1).max(1_024);

/** Milliseconds since the epoch, or RFC 3339 with a zone. */
export const moment: z.ZodType<number> = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** Ids as they come in paths and filters; what cannot be one of ours is answered before any store is asked. */
export const anyId: z.ZodType<string> = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.:@-]+$/);

export const idParams: z.ZodType<{ id: string }> = z.object({ id: anyId });

/** `open` stands for every state that is not closed; several are parted by commas. */
export const states: z.ZodType<readonly IncidentState[]> = z
  .string()
  .max(100)
  .transform((text, context) => {
    const wanted = text.split(',').flatMap((part): readonly (IncidentState | null)[] => {
      if (part === 'open') return incidentStates.filter((state) => !isClosed(state));
      return [incidentStates.find((state) => state === part) ?? null];
    });
    const known = wanted.filter((state) => state !== null);
    if (known.length < wanted.length) context.addIssue({ code: 'custom', message: 'unknown state' });
    return [...new Set(known)];
  });

/** Leaves out members that are undefined, so that an optional filter is absent rather than undefined. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
