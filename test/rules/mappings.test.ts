import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { loadMappings, shippedMappings } from '../../src/compose/mappings.ts';
import { createLineReader, type ReadLine } from '../../src/ingest/read-line.ts';

/** What stands beside each mapping in rules/mappings/samples. */
interface Sample {
  readonly line: string;
  /** Default `auto`. */
  readonly parser?: string;
  readonly product: string | null;
  readonly categories: readonly string[];
  readonly services: readonly string[];
  /** Some of the fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
}

const mappings = await loadMappings();
const { readLine } = createLineReader(mappings);
const receivedTimeMs = Date.UTC(2026, 10, 22, 5);

function samplesOf(id: string): readonly Sample[] {
  const file = path.join(shippedMappings, 'samples', `${id}.yml`);
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Sample[]) : [];
}

/** What a reader makes of a sample, as far as the sample says anything. */
function made(read: ReadLine, sample: Sample): object {
  const { fields, logsource } = read(sample.line, sample.parser ?? 'auto', receivedTimeMs);
  return {
    ...logsource,
    fields: Object.fromEntries(Object.keys(sample.fields ?? {}).map((name) => [name, fields[name]])),
    absent: (sample.absent ?? []).filter((name) => !Object.hasOwn(fields, name)),
  };
}

function wanted({ product, categories, services, fields = {}, absent = [] }: Sample): object {
  return { product, categories, services, fields, absent };
}

describe.each(mappings.all.map((mapping) => [mapping.id, mapping] as const))('%s', (id, mapping) => {
  const samples = samplesOf(id);
  it.each(samples.map((sample) => [sample.line.slice(0, 100), sample] as const))('%s', (_line, sample) => {
    expect(made(readLine, sample)).toEqual(wanted(sample));
  });
  it('has samples, and one of them fails without it', () => {
    const others = { version: '', all: mappings.all.filter((each) => each !== mapping) };
    const { readLine: without } = createLineReader(others);
    expect(samples.some((sample) => JSON.stringify(made(without, sample)) !== JSON.stringify(wanted(sample)))).toBe(
      true,
    );
  });
});

test('the manual names every mapping and every parser it reads', () => {
  const manual = readFileSync(path.resolve(import.meta.dirname, '../../docs/mappings.md'), 'utf8');
  for (const { id, about, parsers } of mappings.all) {
    const row = manual.split('\n').find((line) => line.startsWith(`| \`${id}\` |`));
    expect(row, `docs/mappings.md has no row for ${id}`).toBeDefined();
    expect(row).toContain(about);
    for (const parser of parsers) expect(row).toContain(parser);
  }
});
