import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultSigmaLimits } from '../sigma/index.ts';

export interface RuleTexts {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** What could not be read, one line each. */
  readonly unread: readonly string[];
}

/** The *.yml and *.yaml below folders, or the files themselves, each once, in the order of names, as UTF-8 text. */
export async function readRuleTexts(paths: readonly string[]): Promise<RuleTexts> {
  const unread: string[] = [];
  const files: { file: string; text: string }[] = [];
  for (const file of new Set((await Promise.all(paths.map(filesOf))).flat())) {
    try {
      const { size } = await stat(file);
      if (size > defaultSigmaLimits.fileChars * 3) throw new Error(`the file has ${size} bytes`);
      files.push({ file, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) });
    } catch (error) {
      unread.push(`${file}: ${error instanceof TypeError ? 'the file is no UTF-8 text' : reasonOf(error)}`);
    }
  }
  return { files, unread };

  async function filesOf(path: string): Promise<string[]> {
    try {
      if (!(await stat(path)).isDirectory()) return [path];
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => /\.ya?ml$/i.test(entry.name) && !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted();
    } catch (error) {
      unread.push(`${path}: ${reasonOf(error)}`);
      return [];
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
