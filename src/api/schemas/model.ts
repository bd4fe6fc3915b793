import { z } from 'zod';
import { type Account, roles, type Token } from '../../model/account.ts';
import type { Contact, System } from '../../model/register.ts';
import { severities } from '../../model/severity.ts';
import type { Source, TextEncoding } from '../../model/source.ts';
import type { Band, OfficialDays, SourceContract, TimeCorrection } from '../../model/source-contract.ts';

/** Shapes of what the ledger keeps of accounts, tokens, sources and systems, and of what admins send to change them. */

/** Ids people choose: of systems, sources, drills. They end up in keys, file names and URLs, so they are plain. */
export const plainId: z.ZodType<string> = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/);

/** Text for people: no control characters, so it can stand in a log line, a subject or a header. */
export function line(max: number): z.ZodType<string> {
  return z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
}

export const role: z.ZodType<Account['role']> = z.enum(roles);
export const severity: z.ZodType<System['notifyFrom']> = z.enum(severities);
export const systemIds: z.ZodType<readonly string[]> = z.array(plainId).max(500);

export const accountName: z.ZodType<string> = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@-]{1,63}$/u)
  .meta({ description: 'Letters, digits and . _ @ -, 2 to 64 characters.' });

export const account: z.ZodType<Account> = z.object({
  id: z.string(),
  name: z.string(),
  role,
  systems: z.array(z.string()),
  passwordHash: z.string(),
  disabled: z.boolean(),
});

export const token: z.ZodType<Token> = z.object({
  id: z.string(),
  kind: z.enum(['collector', 'api']),
  name: z.string(),
  hash: z.string(),
  source: z.string(),
  role: role.nullable(),
  systems: z.array(z.string()).nullable(),
  revoked: z.boolean(),
});

const cidr = z.string().regex(/^[0-9a-fA-F:.]{2,45}(\/\d{1,3})?$/);
const idOrNothing = z.union([plainId, z.literal('')]);

const span = z
  .int()
  .min(0)
  .max(14 * 86_400_000);
const band: z.ZodType<Band> = z
  .strictObject({ least: z.int().min(0).max(1e9), most: z.int().min(0).max(1e9) })
  .refine(({ least, most }) => most === 0 || least <= most, { message: 'least is over most' });

/** `product`, `product/service` or `product/category`. */
const logKind = z.string().regex(/^[a-z0-9_.-]{1,64}(\/[a-z0-9_.-]{1,64})?$/);

export const sourceContract: z.ZodType<SourceContract> = z.strictObject({
  agreedMs: z.int().min(0),
  kinds: z.array(logKind).max(50),
  volume: z.strictObject({ working: band, night: band, weekend: band, holiday: band }).nullable(),
  workingHours: z
    .strictObject({
      fromMinute: z.int().min(0).max(1_440),
      untilMinute: z.int().min(0).max(1_440),
      days: z.array(z.int().min(1).max(7)).max(7),
    })
    .refine(({ fromMinute, untilMinute }) => fromMinute < untilMinute, {
      message: 'working hours end before they begin',
    }),
  silenceMs: span,
  kindSilenceMs: span,
  lagMs: span,
  skewMs: span,
});

export const timeCorrection: z.ZodType<TimeCorrection> = z.strictObject({
  addMs: z
    .int()
    .min(-400 * 86_400_000)
    .max(400 * 86_400_000),
  reason: line(500),
});

const calendarDay = z.iso.date();
export const officialDays: z.ZodType<OfficialDays> = z.strictObject({
  off: z.array(calendarDay).max(500),
  worked: z.array(calendarDay).max(500),
});

export const encoding: z.ZodType<TextEncoding> = z.enum(['utf-8', 'windows-1258', 'tcvn3', 'viscii', 'vni']);

export const source: z.ZodType<Source> = z.object({
  id: plainId,
  name: line(200),
  org: idOrNothing,
  system: idOrNothing,
  parser: plainId,
  encoding: encoding.exactOptional(),
  origin: z.enum(['production', 'drill', 'test']),
  drill: idOrNothing,
  lane: idOrNothing,
  contract: sourceContract.exactOptional(),
  timeCorrection: timeCorrection.exactOptional(),
  addresses: z.array(cidr).max(1_000),
  certificates: z.array(line(500)).max(1_000).exactOptional(),
});

/** One mailbox, no display name and no list: what comes in must not become a second recipient. */
const email = z.union([
  z
    .string()
    .max(254)
    .regex(/^[^\s<>(),;:"[\]\\@]+@[^\s<>(),;:"[\]\\@]+$/),
  z.literal(''),
]);

const contact: z.ZodType<Contact> = z.object({ name: line(200), email, phone: line(50) });

/** http or https, no login in it. Whether its host may be called is decided when it is called. */
const webhookUrl = z.union([
  z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/)
    .refine((text) => URL.canParse(text)),
  z.literal(''),
]);

const dayOrOpen = z.union([z.iso.date(), z.literal('')]);
const period = { fromDay: dayOrOpen, untilDay: dayOrOpen };

export const system: z.ZodType<System> = z.object({
  id: plainId,
  name: line(200),
  org: idOrNothing,
  orgName: line(200),
  agencies: z
    .array(z.object({ org: idOrNothing, orgName: line(200), ...period }))
    .max(50)
    .exactOptional(),
  level: z.int().min(1).max(5),
  hosts: z.array(line(253)).max(5_000),
  addresses: z.array(cidr).max(5_000),
  datedHosts: z
    .array(z.object({ host: line(253), ...period }))
    .max(5_000)
    .exactOptional(),
  owner: contact,
  operator: contact.exactOptional(),
  duty: contact,
  notifyFrom: severity,
  webhookUrl,
});
