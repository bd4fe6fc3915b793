import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRules, type Rule, type RuleProblem } from '../../src/sigma/index.ts';

export const rulesDir = 'rules/detections';

export interface Sample {
  readonly expect: string;
  readonly why: string;
  /** As a collector receives it; an object stands for its JSON text. */
  readonly text: string;
  readonly parser: string;
  readonly place: string;
}

export interface OwnRule {
  readonly file: string;
  readonly rule: Rule | null;
  readonly problems: readonly RuleProblem[];
  readonly samples: readonly Sample[];
}

const received = (line: unknown): string => (typeof line === 'string' ? line : JSON.stringify(line));

function readSamples(file: string): Sample[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line, at) => ({ line, place: `${file}:${at + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, place }) => {
      const { expect, why, line: sent, parser = 'auto' } = JSON.parse(line) as Record<string, unknown>;
      return { expect: String(expect), why: String(why ?? ''), text: received(sent), parser: String(parser), place };
    });
}

/** Every rule of ours with its samples, in the order of file names. */
export function readOwnRules(): readonly OwnRule[] {
  return readdirSync(rulesDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => {
      const file = join(rulesDir, name);
      const { rules, problems } = parseRules(readFileSync(file, 'utf8'), file);
      return { file, rule: rules[0] ?? null, problems, samples: readSamples(file.replace(/\.yml$/, '.samples.jsonl')) };
    });
}
