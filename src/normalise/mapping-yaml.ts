import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** What is wrong with a mapping file, and where; line and column count from 1. */
export interface MappingProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Characters and values of one mapping file. */
const mappingLimits: { readonly fileChars: number; readonly nodes: number; readonly depth: number } = {
  fileChars: 262_144,
  nodes: 20_000,
  depth: 12,
};

/** A value of a mapping file with its place. Scalars are text: `event_id: 1` and `event_id: "1"` mean the same. */
export type MappingNode =
  | { readonly kind: 'map'; readonly at: number; readonly entries: ReadonlyMap<string, MappingEntry> }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly MappingNode[] }
  | { readonly kind: 'text'; readonly at: number; readonly text: string };

export interface MappingEntry {
  /** Offset of the key. */
  readonly at: number;
  readonly value: MappingNode;
}

export interface MappingText {
  /** null when the text is no sound YAML map. */
  readonly root: MappingNode | null;
  report(at: number, message: string): void;
  readonly problems: readonly MappingProblem[];
}

/** Reads YAML into texts, lists and maps; aliases and tags are refused. Never throws, reports all it finds. */
export function readMappingYaml(text: string, file: string): MappingText {
  const lines = new LineCounter();
  const problems: MappingProblem[] = [];
  const report = (at: number, message: string): void => {
    const place = lines.linePos(at);
    problems.push({ file, line: Math.max(1, place.line), column: Math.max(1, place.col), message });
  };
  if (text.length > mappingLimits.fileChars) {
    report(0, `the file has ${text.length} characters, the limit is ${mappingLimits.fileChars}`);
    return { root: null, report, problems };
  }
  let nodes = 0;

  function convert(node: unknown, depth: number): MappingNode | null {
    const at = isMap(node) || isSeq(node) || isScalar(node) ? (node.range?.[0] ?? 0) : 0;
    if (++nodes > mappingLimits.nodes || depth > mappingLimits.depth) {
      if (nodes === mappingLimits.nodes + 1 || depth > mappingLimits.depth)
        report(at, `more than ${mappingLimits.nodes} values, or nested deeper than ${mappingLimits.depth}`);
      return null;
    }
    if (isMap(node)) {
      const entries = new Map<string, MappingEntry>();
      for (const { key, value } of node.items) {
        const keyAt = (key as Node | null)?.range?.[0] ?? at;
        const name = isScalar(key) ? String(key.source ?? key.value) : null;
        if (name === null) report(keyAt, 'a key must be a text');
        else if (entries.has(name)) report(keyAt, `"${name}" stands here a second time`);
        else if (value === null || (isScalar(value) && value.value === null && value.source === ''))
          report(keyAt, `"${name}" has no value`);
        else {
          const converted = convert(value, depth + 1);
          if (converted !== null) entries.set(name, { at: keyAt, value: converted });
        }
      }
      return { kind: 'map', at, entries };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => convert(item, depth + 1)).filter((item) => item !== null);
      return { kind: 'list', at, items };
    }
    if (isScalar(node))
      return { kind: 'text', at, text: typeof node.value === 'string' ? node.value : (node.source ?? '') };
    report(at, 'aliases are not allowed in a mapping');
    return null;
  }

  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    for (const error of document.errors) report(error.pos[0], error.message.split('\n', 1)[0] ?? 'no YAML');
    const isSound = problems.length === 0 && document.contents !== null;
    const root = isSound ? convert(document.contents, 0) : null;
    return { root, report, problems };
  } catch (error) {
    // The YAML composer recurses; only nesting nobody writes by hand ends here.
    report(0, error instanceof RangeError ? 'nested too deeply' : String(error));
    return { root: null, report, problems };
  }
}
