import { z } from 'zod';
import type { MappingsView } from '../../contract/api.ts';
import type { Mapping, MappingRule, ValueMap } from '../../model/mapping.ts';

/** Zod schemas of src/model/mapping.ts; the types hold the two together. */

const texts = z.array(z.string());
const textMap = z.record(z.string(), z.string());
const textsMap = z.record(z.string(), texts);

const valueMap: z.ZodType<ValueMap> = z.object({
  from: z.string(),
  values: z.exactOptional(textMap),
  prefixes: z.exactOptional(textMap),
});

const rule: z.ZodType<MappingRule> = z.object({
  when: z.array(textsMap),
  product: z.exactOptional(z.string()),
  categories: z.exactOptional(texts),
  services: z.exactOptional(texts),
  strip: z.exactOptional(texts),
  copy: z.exactOptional(textsMap),
  join: z.exactOptional(textsMap),
  map: z.exactOptional(z.record(z.string(), valueMap)),
});

const mapping: z.ZodType<Mapping> = z
  .object({
    id: z.string(),
    about: z.string(),
    parsers: texts,
    needs: z.exactOptional(z.array(texts)),
    dropBlanks: z.exactOptional(z.boolean()),
    ownLogsource: z.exactOptional(z.boolean()),
    identity: z.exactOptional(
      z.object({
        channel: z.exactOptional(texts),
        provider: z.exactOptional(texts),
        event_id: z.exactOptional(texts),
        program: z.exactOptional(texts),
        host: z.exactOptional(texts),
        time: z.exactOptional(texts),
      }),
    ),
    telling: z.exactOptional(texts),
    rules: z.array(rule),
  })
  .meta({ id: 'Mapping' });

export const mappingsView: z.ZodType<MappingsView> = z
  .object({ version: z.string(), unknownLogsource: z.enum(['open', 'closed']), all: z.array(mapping) })
  .meta({ id: 'MappingsView' });
