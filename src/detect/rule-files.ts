import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type CompileOptions,
  type Correlation,
  compileRules,
  defaultSigmaLimits,
  type ImageStore,
  linkRules,
  type ParsedRules,
  type ParseOptions,
  type Placeholders,
  type ProblemCode,
  parsePlaceholders,
  parseRules,
  problemCodes,
  type Rule,
  type RuleDocument,
  type RuleProblem,
  type RuleSet,
} from '../sigma/index.ts';
import { type FileBytes, openRuleCache, ruleCacheKey } from './rule-cache.ts';
import type { ParsedFiles } from './rule-cache-pack.ts';

/** A document of a rule file and what became of it. */
export interface FileDocument extends RuleDocument {
  readonly file: string;
}

export interface LoadedRules {
  readonly set: RuleSet;
  /** Images of the set's rules, where something is kept. */
  readonly images: ImageStore | null;
  /** Filters are applied to them. */
  readonly rules: readonly Rule[];
  /** Referenced before referencing. */
  readonly correlations: readonly Correlation[];
  /** Ids of rules and correlations that raise no alert of their own. */
  readonly silent: ReadonlySet<string>;
  /** Filters that were not refused. */
  readonly filters: number;
  readonly problems: readonly RuleProblem[];
  /** Every document that was found, refused ones too, in the order of files. */
  readonly documents: readonly FileDocument[];
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
  const read: FileDocument[] = [];
  const firstOf = new Map<string, Rule>();
  const reading = readAll(files, parse, options.cacheDir);
  for await (const [file, parsed] of reading.files) {
    problems.push(...parsed.problems);
    for (const document of parsed.documents) {
      const { rule } = document;
      const first = rule === null ? undefined : firstOf.get(rule.id);
      if (rule !== null && first === undefined) firstOf.set(rule.id, rule);
      if (rule === null || first === undefined) {
        read.push({ ...document, file });
        continue;
      }
      const message = `the id ${rule.id} is already that of ${first.file}:${first.line}`;
      const duplicate = problemOf('id-duplicate', file, rule.line, message);
      problems.push(duplicate);
      read.push({ ...document, file, rule: null, outcome: 'refused', problems: [...document.problems, duplicate] });
    }
  }
  const { rules, correlations, silent, documents, problems: linking } = linkRules(read, parse);
  problems.push(...linking);
  const filters = documents.filter(({ filter, outcome }) => filter !== undefined && outcome !== 'refused').length;
  const { images } = reading;
  const set = compileRules(rules, images === null ? options : { ...options, images });
  return { set, images, rules, correlations, silent, filters, problems, documents };
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
  return [...new Set((await Promise.all(places.map(ruleFiles))).flat())];
}

async function ruleFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => /\.ya?ml$/i.test(entry.name) && !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    throw new RulesUnreadable(`the rules in ${path} cannot be read: ${reasonOf(error)}`);
  }
}

/** Files read before others have their turn: some milliseconds. */
const filesAtOnce = 8;

interface Reading {
  readonly files: ParsedFiles | AsyncGenerator<ParsedFiles[number]>;
  /** Images of the rules in these files, where something is kept. */
  readonly images: ImageStore | null;
}

function readAll(files: readonly string[], options: ParseOptions, cacheDir: string | undefined): Reading {
  const bytes = cacheDir === undefined ? null : bytesOf(files, options);
  if (cacheDir === undefined || bytes === null) return { files: readRuleFiles(files, options), images: null };
  const cache = openRuleCache(cacheDir);
  const key = ruleCacheKey(bytes, options);
  const images = cache.images(key);
  const kept = cache.read(key);
  if (kept !== null) return { files: kept, images };
  const read = bytes.map(([file, content]) => [file, parseBytes(content, file, options)] as const);
  cache.write(key, read);
  return { files: read, images };
}

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
