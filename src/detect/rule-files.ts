import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type CompileOptions,
  compileRules,
  defaultSigmaLimits,
  linkRules,
  type ParsedRules,
  type ParseOptions,
  type Placeholders,
  type ProblemCode,
  parsePlaceholders,
  parseRules,
  problemCodes,
  type RuleProblem,
  type RuleSet,
} from '../sigma/index.ts';
import { imageStoreOf, type PackedImages } from './packed-images.ts';
import { type FileBytes, openRuleCache, ruleCacheKey } from './rule-cache.ts';
import { type FileDocument, packRules, type ReadRules, unpackRules } from './rule-pack.ts';

export interface LoadedRules extends ReadRules {
  readonly set: RuleSet;
  /** What was read, packed for threads, where it is kept. */
  readonly packed: Uint8Array | null;
  /** Images of the set's rules, where they are kept. */
  readonly images: PackedImages | null;
}

export interface LoadOptions extends CompileOptions, ParseOptions {
  /** YAML file of value lists for `expand`; its lists come before those of `placeholders`. */
  readonly placeholderFile?: string;
  /** Folder in which what was read and compiled is kept for the next time (rule-cache.ts); answers are the same without. */
  readonly cacheDir?: string;
}

/** A rule folder that is not there or may not be read: nothing sensible can run on. */
export class RulesUnreadable extends Error {
  readonly code = 'rules-unreadable';
}

/**
 * Loads every *.yml and *.yaml below the folders (or the files themselves), in the order of their names, so that the
 * same folders give the same set on every machine; rules, correlations and filters of all files are linked as one set.
 * What is refused never stops the rest; of two rules with one id the first stands. Throws RulesUnreadable when a folder
 * or the placeholders cannot be read.
 */
export async function loadRuleDirs(dirs: readonly string[], options: LoadOptions = {}): Promise<LoadedRules> {
  const files = await listRuleFiles(dirs);
  const problems: RuleProblem[] = [];
  const parse = { ...options, placeholders: await placeholdersOf(options, problems) };
  const { cacheDir } = options;
  const bytes = cacheDir === undefined ? null : bytesOf(files, parse);
  if (cacheDir === undefined || bytes === null) {
    const read = await linked(readRuleFiles(files, parse), parse);
    return loaded(read, problems, { set: compileRules(read.rules, options), packed: null, images: null });
  }
  const cache = openRuleCache(cacheDir);
  const key = ruleCacheKey(bytes, parse);
  const kept = cache.read(key);
  const known = kept === null ? null : unpackedOf(kept);
  const read =
    known ??
    (await linked(
      bytes.map(([file, content]) => [file, parseBytes(content, file, parse)] as const),
      parse,
    ));
  const packed = known === null || kept === null ? packRules(read) : kept;
  if (known === null) cache.write(key, packed);
  const images = cache.images(key);
  return loaded(read, problems, {
    set: compileRules(read.rules, { ...options, images: imageStoreOf(images) }),
    packed,
    images,
  });
}

function loaded(
  read: ReadRules,
  problems: readonly RuleProblem[],
  rest: Omit<LoadedRules, keyof ReadRules>,
): LoadedRules {
  const { rules, correlations, silent, filters, refused } = read;
  return {
    ...{ rules, correlations, silent, filters, refused },
    get problems() {
      return [...problems, ...read.problems];
    },
    get documents() {
      return read.documents;
    },
    ...rest,
  };
}

/** null: no bytes that packRules wrote. */
function unpackedOf(packed: Uint8Array): ReadRules | null {
  try {
    return unpackRules(packed);
  } catch {
    return null;
  }
}

/** What parsing gave, file by file. */
type ParsedFile = readonly [file: string, parsed: ParsedRules];

async function linked(
  files: Iterable<ParsedFile> | AsyncIterable<ParsedFile>,
  options: ParseOptions,
): Promise<ReadRules> {
  const problems: RuleProblem[] = [];
  const found: FileDocument[] = [];
  for await (const [file, parsed] of files) {
    problems.push(...parsed.problems);
    for (const document of parsed.documents) found.push({ ...document, file });
  }
  const { rules, correlations, silent, documents, problems: linking } = linkRules(found, options);
  const filters = documents.filter(({ filter, outcome }) => filter !== undefined && outcome !== 'refused').length;
  const refused = documents.filter(({ outcome }) => outcome === 'refused').length;
  return { rules, correlations, silent, filters, refused, problems: [...problems, ...linking], documents };
}

async function placeholdersOf(options: LoadOptions, problems: RuleProblem[]): Promise<Placeholders> {
  const { placeholderFile: file = '', placeholders = {} } = options;
  if (file === '') return placeholders;
  try {
    const parsed = parsePlaceholders(await readFile(file, 'utf8'), file, options.limits);
    problems.push(...parsed.problems);
    return { ...placeholders, ...parsed.placeholders };
  } catch (error) {
    throw new RulesUnreadable(`the placeholders in ${file} cannot be read: ${reasonOf(error)}`);
  }
}

/** The rule files below the places, each once, in the order they are read. Throws RulesUnreadable. */
export async function listRuleFiles(places: readonly string[]): Promise<string[]> {
  return [...new Set(places.flatMap(ruleFiles))];
}

function ruleFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    // A tenth of the time that the same takes with promises.
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => /\.ya?ml$/i.test(entry.name) && !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    throw new RulesUnreadable(`the rules in ${path} cannot be read: ${reasonOf(error)}`);
  }
}

/** Files read before others have their turn: some milliseconds. */
const filesAtOnce = 8;

/**
 * All files at once, waited for: with a cache this is most of the time that loading takes, and one by one without
 * promises it is a third of it. null when one cannot be read or is too large, which is then told on the usual way.
 */
function bytesOf(files: readonly string[], options: ParseOptions): FileBytes[] | null {
  const bytesMax = (options.limits ?? defaultSigmaLimits).fileChars * 3;
  try {
    const all = files.map((file): FileBytes => [file, readFileSync(file)]);
    return all.every(([, bytes]) => bytes.length <= bytesMax) ? all : null;
  } catch {
    return null;
  }
}

async function* readRuleFiles(
  files: readonly string[],
  options: ParseOptions,
): AsyncGenerator<readonly [string, ParsedRules]> {
  for (const [i, file] of files.entries()) {
    if (i % filesAtOnce === 0) await setImmediate();
    yield [file, await readRuleFile(file, options)];
  }
}

async function readRuleFile(file: string, options: ParseOptions): Promise<ParsedRules> {
  const limits = options.limits ?? defaultSigmaLimits;
  try {
    // A character is at most three bytes of a UTF-16 unit, so a longer file cannot be within the bound.
    const found = statSync(file);
    if (found.size > limits.fileChars * 3)
      return refusedFile(file, 'file-too-large', `the file has ${found.size} bytes`);
    // Thousands of small files cost less without promises; a pipe would hold everything up.
    return parseBytes(found.isFile() ? readFileSync(file) : await readFile(file), file, options);
  } catch (error) {
    return refusedFile(file, 'file-unreadable', `the file cannot be read: ${reasonOf(error)}`);
  }
}

function parseBytes(bytes: Buffer, file: string, options: ParseOptions): ParsedRules {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refusedFile(file, 'file-not-utf8', 'the file is no UTF-8 text');
  }
  return parseRules(text, file, options);
}

function refusedFile(file: string, code: ProblemCode, message: string): ParsedRules {
  const problems = [problemOf(code, file, 1, message)];
  return { rules: [], problems, documents: [{ line: 1, id: '', title: '', rule: null, outcome: 'refused', problems }] };
}

function problemOf(code: ProblemCode, file: string, line: number, message: string): RuleProblem {
  const { severity, advice } = problemCodes[code];
  return { severity, code, file, line, column: 1, message, advice };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
