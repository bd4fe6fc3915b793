import { defaultSigmaLimits, type SigmaLimits } from '../limits.ts';
import type { Placeholders } from '../lower/item.ts';
import { createProblems, type RuleProblem } from '../problem.ts';
import { textIn } from './placed-text.ts';
import { readYaml } from './yaml.ts';

/**
 * The value lists for `expand` from a YAML file: one map of names (without percent signs) to lists of texts, or to one
 * text. What is wrong is reported and left out.
 */
export function parsePlaceholders(
  text: string,
  file: string,
  limits: SigmaLimits = defaultSigmaLimits,
): { readonly placeholders: Placeholders; readonly problems: readonly RuleProblem[] } {
  const problems = createProblems(file, limits.problems);
  const placeholders: Record<string, readonly string[]> = Object.create(null);
  for (const { root, sound } of readYaml(text, limits, problems)) {
    if (!sound || root === null) continue;
    if (root.kind !== 'map') {
      problems.report('placeholder-file', root.at, `the document is a ${root.kind}, not a map`);
      continue;
    }
    for (const [name, { keyAt, value }] of root.entries) {
      const nodes = value.kind === 'list' ? value.items : [value];
      const values = nodes.map(textIn).filter((one) => one !== '');
      const shown = name.slice(0, 80);
      if (!/^\w+$/.test(name)) problems.report('placeholder-file', keyAt, `"${shown}" is no name of a placeholder`);
      else if (values.length < nodes.length) {
        problems.report('placeholder-file', value.at, `"${shown}" holds something that is no text`);
      } else placeholders[name] = values;
    }
  }
  return { placeholders, problems: problems.all };
}
