import type { SigmaLimits } from '../limits.ts';
import type { Problems } from '../problem.ts';
import { readAnyYaml } from './yaml-any.ts';
import type { YamlDocument } from './yaml-node.ts';
import { readPlainYaml } from './yaml-plain.ts';

export type { YamlDocument, YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/** Text → documents. Reports every problem with its place; never throws, whatever the text. */
export function readYaml(text: string, limits: SigmaLimits, problems: Problems): YamlDocument[] {
  if (text.length > limits.fileChars) {
    problems.report(
      'file-too-large',
      { line: 1, column: 1 },
      `the file has ${text.length} characters, the limit is ${limits.fileChars}`,
    );
    return [];
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const before = text.slice(0, nul).split('\n');
    problems.report(
      'yaml-nul',
      { line: before.length, column: (before.at(-1) ?? '').length + 1 },
      'the file holds a NUL',
    );
    return [];
  }
  return readPlainYaml(text, limits) ?? readAnyYaml(text, limits, problems);
}
