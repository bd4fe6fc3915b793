import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import type { YamlDocument, YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/** All of YAML 1.2, by the npm library. Reports every problem with its place; never throws, whatever the text. */
export function readAnyYaml(text: string, limits: SigmaLimits, problems: Problems): YamlDocument[] {
  const lines = new LineCounter();
  try {
    const documents = compose(text, lines, limits);
    if (documents === null) {
      const message = `the file has more than ${limits.tokens} YAML tokens`;
      problems.report('yaml-too-many-nodes', { line: 1, column: 1 }, message);
      return [];
    }
    const converter = createConverter(lines, limits, problems);
    const read: YamlDocument[] = [];
    for (const document of documents) {
      const reported = problems.all.length;
      const refusals = problems.refusals();
      for (const error of document.errors) {
        // The composer recurses, and tells of an exhausted stack as of any other error.
        const deep = error.message.includes('call stack');
        const message = deep ? 'nested too deeply' : firstLine(error.message);
        problems.report(deep ? 'yaml-too-deep' : 'yaml-syntax', placeOf(lines, error.pos[0]), message);
      }
      const parsed = document.errors.length === 0 && document.contents !== null;
      const root = parsed ? converter(document.contents) : null;
      const [from, , to] = document.range;
      read.push({
        root,
        text: text.slice(from, to),
        line: root?.at.line ?? placeOf(lines, from).line,
        sound: problems.refusals() === refusals,
        problems: problems.all.slice(reported),
      });
    }
    return read;
  } catch (error) {
    const deep = error instanceof RangeError;
    const message = deep ? 'nested too deeply' : firstLine(String(error));
    problems.report(deep ? 'yaml-too-deep' : 'yaml-syntax', { line: 1, column: 1 }, message);
    return [];
  }
}

/**
 * yaml's parseAllDocuments, stopped at a bound: it takes some ten microseconds a token, so a file of nothing but commas
 * would hold a process for ten seconds. null when the bound was met.
 */
function compose(text: string, lines: LineCounter, limits: SigmaLimits) {
  // uniqueKeys is off because its check is quadratic; the conversion below checks with a map.
  const options = { intAsBigInt: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  function* tokens() {
    for (const lexeme of new Lexer().lex(text)) {
      if (++count > limits.tokens) return;
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  }
  const documents = Array.from(new Composer(options).compose(tokens(), true, text.length));
  return count > limits.tokens ? null : documents;
}

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}

function placeOf(lines: LineCounter, offset: number): Position {
  const place = lines.linePos(offset);
  return { line: Math.max(1, place.line), column: Math.max(1, place.col) };
}

/** Signals that the file ran into a bound that was already reported. */
class Bounded extends Error {}

function createConverter(
  lines: LineCounter,
  limits: SigmaLimits,
  problems: Problems,
): (root: unknown) => YamlNode | null {
  let nodes = 0;

  return (root) => {
    const anchors = new Map<string, Node>();
    try {
      return convert(root, 0, { line: 1, column: 1 });
    } catch (error) {
      if (error instanceof Bounded) return null;
      throw error;
    }

    function convert(node: unknown, depth: number, parentAt: Position): YamlNode {
      const range = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range : null;
      const at = range === null || range === undefined ? parentAt : placeOf(lines, range[0]);
      if (++nodes > limits.nodes) {
        problems.report('yaml-too-many-nodes', at, `the file has more than ${limits.nodes} YAML nodes`);
        throw new Bounded();
      }
      if (depth > limits.depth) {
        problems.report('yaml-too-deep', at, `nested deeper than ${limits.depth} levels`);
        throw new Bounded();
      }
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) return convert(target, depth + 1, at);
        problems.report('yaml-alias', at, `the alias *${node.source} names no anchor before it`);
        return { kind: 'scalar', at, value: null, textColumn: at.column, quote: '' };
      }
      if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) return convertMap(node.items, depth, at);
      if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => convert(item, depth + 1, at)) };
      if (!isScalar(node)) return { kind: 'scalar', at, value: null, textColumn: at.column, quote: '' };
      const quote = quotes.get(node.type) ?? '';
      return { kind: 'scalar', at, value: scalarValue(node.value), textColumn: textColumnOf(node.type, at), quote };
    }

    function convertMap(items: readonly { key: unknown; value: unknown }[], depth: number, at: Position): YamlMap {
      const entries = new Map<string, YamlEntry>();
      for (const { key, value } of items) {
        const keyNode = convert(key, depth + 1, at);
        if (keyNode.kind !== 'scalar' || keyNode.value === null) {
          problems.report('yaml-key', keyNode.at, 'a key of a map is no text');
          continue;
        }
        const name = String(keyNode.value);
        if (entries.has(name)) {
          problems.report('yaml-duplicate-key', keyNode.at, `the key "${name.slice(0, 80)}" stands here a second time`);
          continue;
        }
        entries.set(name, { keyAt: keyNode.at, value: convert(value, depth + 1, keyNode.at) });
      }
      return { kind: 'map', at, entries };
    }
  };
}

function scalarValue(value: unknown): YamlScalar['value'] {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return value === null || value === undefined ? null : String(value);
  }
}

const quotes: ReadonlyMap<unknown, "'" | '"'> = new Map([
  ['QUOTE_SINGLE', "'"],
  ['QUOTE_DOUBLE', '"'],
]);

function textColumnOf(type: string | undefined, at: Position): number {
  if (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE') return at.column + 1;
  return type === 'PLAIN' ? at.column : 0;
}
