import { linkRules, type ParseOptions, parseRules } from '../../src/sigma/index.ts';

/** Rules `a` … `d` by name; their ids end in the letter, and rule `a` is met by `{ rule: a }`. */
export const baseRules = ['a', 'b', 'c', 'd'].map((name) => baseRule(name)).join('---\n');

export function idOf(letter: string): string {
  return `5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a0${letter}`;
}

export function baseRule(name: string): string {
  return `title: rule ${name}
id: ${idOf(name)}
name: ${name}
logsource: { product: windows }
detection:
  sel: { rule: ${name} }
  condition: sel
`;
}

/** A correlation document around lines of YAML; its id ends in `digit`. */
export function correlation(lines: string, digit = '1', name = `corr${digit}`): string {
  const indented = lines
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `title: correlation ${digit}
id: ${idOf(digit)}
name: ${name}
correlation:
${indented}
`;
}

/** Documents of one file, parsed and linked. */
export function link(documents: readonly string[], options: ParseOptions = {}) {
  const parsed = parseRules(documents.join('---\n'), 'f.yml', options);
  const linked = linkRules(parsed.documents, options);
  return { ...linked, all: [...parsed.problems, ...linked.problems] };
}
