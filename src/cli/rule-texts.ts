import { readFile, stat } from 'node:fs/promises';
import { listRuleFiles, RulesUnreadable } from '../detect/rule-files.ts';
import { defaultSigmaLimits } from '../sigma/index.ts';

interface RuleTexts {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** What could not be read, one line each. */
  readonly unread: readonly string[];
}

/** The rule files below the places, each once, in the order they are loaded in, as UTF-8 text. */
export async function readRuleTexts(places: readonly string[]): Promise<RuleTexts> {
  const unread: string[] = [];
  const files = new Map<string, string>();
  for (const place of places) {
    for (const file of await filesOf(place)) {
      try {
        if (!files.has(file)) files.set(file, await textOf(file));
      } catch (error) {
        unread.push(`${file}: ${error instanceof TypeError ? 'the file is no UTF-8 text' : String(error)}`);
      }
    }
  }
  return { files: [...files].map(([file, text]) => ({ file, text })), unread };

  async function filesOf(place: string): Promise<string[]> {
    try {
      return await listRuleFiles([place]);
    } catch (error) {
      if (!(error instanceof RulesUnreadable)) throw error;
      unread.push(error.message);
      return [];
    }
  }
}

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  // A character is at most three bytes of a UTF-16 unit, so a longer file cannot be within the bound.
  if (size > defaultSigmaLimits.fileChars * 3) throw new Error(`the file has ${size} bytes`);
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
}
