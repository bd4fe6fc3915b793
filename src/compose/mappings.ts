import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mapping, Mappings } from '../normalise/index.ts';
import { type MappingProblem, parseMapping } from '../normalise/parse-mapping.ts';
import { gatedMax } from '../normalise/program.ts';
import { recordParserIds } from '../parse/index.ts';

/** The folder the package brings: beside src/ and dist/ alike. */
export const shippedMappings: string = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../rules/mappings',
);

/** Mappings that cannot be used. The message has one line a problem: `file:line:column: what`. */
export class MappingsRefused extends Error {
  readonly code = 'mappings-refused';
}

/**
 * All mappings of a folder, in the order of their file names. All or nothing: an event read with half the mappings
 * would be another event. Throws MappingsRefused with every problem of every file.
 */
export async function loadMappings(dir: string = shippedMappings): Promise<Mappings> {
  let names: string[];
  try {
    names = (await readdir(dir)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  } catch (error) {
    throw new MappingsRefused(`the mappings in ${dir} cannot be read: ${reasonOf(error)}`);
  }
  if (names.length === 0) throw new MappingsRefused(`there are no mappings (*.yml) in ${dir}`);
  const problems: MappingProblem[] = [];
  const all: Mapping[] = [];
  for (const name of names) {
    const file = path.join(dir, name);
    const parsed = parseMapping(await textOf(file), file, recordParserIds);
    problems.push(...parsed.problems);
    if (parsed.mapping === null) continue;
    if (all.some(({ id }) => id === parsed.mapping?.id))
      problems.push({ file, line: 1, column: 1, message: `there is another mapping "${parsed.mapping.id}"` });
    all.push(parsed.mapping);
  }
  for (const parser of recordParserIds) {
    const gated = all.filter((mapping) => mapping.parsers.includes(parser) && (mapping.needs ?? []).length > 0);
    const message = `more than ${gatedMax} mappings with "needs" speak of ${parser}`;
    if (gated.length > gatedMax) problems.push({ file: dir, line: 1, column: 1, message });
  }
  if (problems.length > 0) {
    const lines = problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
    throw new MappingsRefused(lines.join('\n'));
  }
  return { version: createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16), all };
}

async function textOf(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw new MappingsRefused(`${file}: ${error instanceof TypeError ? 'no UTF-8 text' : reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
