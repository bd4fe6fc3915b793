import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  parseAllDocuments,
  Scalar,
  type ToStringOptions,
  visit,
} from 'yaml';
import { stringifyString, stringTag } from 'yaml/util';
import { defaultSigmaLimits, type SigmaLimits } from '../limits.ts';
import { readYaml, type YamlNode } from '../parse/yaml.ts';
import { createProblems, type RuleProblem } from '../problem.ts';
import { orderKeys } from './key-order.ts';
import { escapeInvisible, needsQuotes, styleOf, widthMax } from './scalar-style.ts';

export type Formatted =
  | { readonly outcome: 'formatted'; readonly text: string }
  /** Left alone: it is no YAML that can be read, or formatting it would lose something. */
  | { readonly outcome: 'refused'; readonly problems: readonly RuleProblem[]; readonly reason: string };

/**
 * A rule file in canonical form: keys in the order of the specification, two spaces, block style, quotes only where
 * YAML 1.1 or 1.2 needs them (then for the whole list), long texts folded outside `detection`, one newline at the end.
 * Comments stay. The data are the same before and after, which is checked each time; formatting twice changes nothing.
 */
export function formatRules(text: string, file: string, limits: SigmaLimits = defaultSigmaLimits): Formatted {
  const problems = createProblems(file, limits.problems);
  const before = readYaml(text, limits, problems);
  if (problems.refusals() > 0) return { outcome: 'refused', problems: problems.all, reason: 'the YAML is refused' };
  const documents = parseAllDocuments(text, {
    ...yamlOptions,
    customTags: (tags) => [
      ...tags.filter((tag) => tag !== stringTag && !(typeof tag === 'object' && tag.tag === stringTag.tag)),
      unfolded,
    ],
  });
  if (!Array.isArray(documents)) return { outcome: 'formatted', text };
  for (const document of documents) arrange(document);
  const formatted = documents.map((document) => document.toString(layout)).join('---\n');
  const after = readYaml(formatted, limits, createProblems(file, limits.problems));
  const same = before.length === after.length && before.every(({ root }, i) => sameData(root, after[i]?.root ?? null));
  if (!same) return { outcome: 'refused', problems: [], reason: 'its data would not be the same afterwards' };
  if (commentsOf(text) !== commentsOf(formatted)) {
    return { outcome: 'refused', problems: [], reason: 'a comment would be lost' };
  }
  return { outcome: 'formatted', text: formatted };
}

const yamlOptions = { intAsBigInt: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
const layout: ToStringOptions = { indent: 2, indentSeq: true, lineWidth: 120, minContentWidth: 20 };

/** The tag of texts, except that only folded blocks are broken into lines: a value stays on one line to be found. */
const unfolded: typeof stringTag = {
  ...stringTag,
  stringify(item, context, onComment, onChompKeep) {
    const folds = item instanceof Scalar && item.type === Scalar.BLOCK_FOLDED;
    const options = folds ? context.options : { ...context.options, lineWidth: 0 };
    const written = stringifyString(
      item as Scalar & { value: string },
      { ...context, options, actualString: true },
      onComment,
      onChompKeep,
    );
    return written.startsWith('"') ? escapeInvisible(written) : written;
  },
};

function arrange(document: Document.Parsed | Document): void {
  if (document.directives !== undefined) document.directives.docStart = null;
  const root = document.contents;
  let anchors = false;
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor !== undefined)) anchors = true;
      if (isCollection(node)) node.flow = false;
    },
  });
  // An alias must not come to stand before its anchor.
  if (isMap(root) && !anchors) orderKeys(root);
  restyle(root, 0, true, false);
}

/** Sets the style of every scalar below a node. `folds`: long texts may be broken; `quoted`: the list has quotes. */
function restyle(node: unknown, depth: number, folds: boolean, quoted: boolean): void {
  if (isMap(node)) {
    for (const pair of node.items) restylePair(pair, depth, folds);
  } else if (isSeq(node)) {
    const texts = node.items.filter((item) => isScalar(item)).map(({ value }) => value);
    const needed = texts.some((text) => typeof text === 'string' && !text.includes('\n') && needsQuotes(text));
    for (const item of node.items) restyle(item, depth + 1, folds, needed && !folds);
  } else if (isScalar(node) && node.tag === undefined) {
    if (typeof node.value === 'string') node.type = styleOf(node.value, widthMax - depth * 2, quoted, folds);
    else delete node.source;
  }
}

function restylePair({ key, value }: Pair, depth: number, folds: boolean): void {
  const name = isScalar(key) ? String(key.value) : '';
  restyle(key, depth, false, false);
  if (depth === 0 && ['date', 'modified'].includes(name) && isScalar(value) && isDay(value.value)) {
    value.type = Scalar.PLAIN;
    return;
  }
  const width = name.length + 2;
  const deeper = depth + 1;
  if (isScalar(value)) restyle(value, deeper + width / 2, folds && !['title', 'id'].includes(name), false);
  else restyle(value, deeper, folds && !(depth === 0 && ['detection', 'filter', 'correlation'].includes(name)), false);
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
}

/** Whether two trees hold the same data; the order of keys does not count. */
function sameData(a: YamlNode | null, b: YamlNode | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'list') {
    return (
      b.kind === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => sameData(item, b.items[i] ?? null))
    );
  }
  if (b.kind !== 'map' || a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([key, { value }]) => sameData(value, b.entries.get(key)?.value ?? null));
}

/** All comments of a text, in alphabetical order: keys that are moved take theirs along. */
function commentsOf(text: string): string {
  return [...new Lexer().lex(text)]
    .filter((token) => token.startsWith('#'))
    .map((token) => token.trim())
    .toSorted()
    .join('\n');
}
