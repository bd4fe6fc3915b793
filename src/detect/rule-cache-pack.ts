import { deserialize, serialize } from 'node:v8';
import type { ParsedRules, Rule, RuleDocument } from '../sigma/index.ts';

/** What was read of each file, in the order of files. */
export type ParsedFiles = readonly (readonly [file: string, parsed: ParsedRules])[];

/** A rule whose two big parts stand elsewhere: [from, to) in the bytes behind the head. */
interface PackedRule extends Omit<Rule, 'ir' | 'source'> {
  readonly ir: readonly [number, number];
  readonly source: readonly [number, number];
}

interface PackedFile {
  readonly file: string;
  readonly problems: ParsedRules['problems'];
  readonly documents: readonly (Omit<RuleDocument, 'rule'> & { readonly rule: PackedRule | null })[];
}

/** A rule with its two big parts as bytes. */
interface RuleParts {
  readonly rest: Omit<Rule, 'ir' | 'source'>;
  readonly ir: Uint8Array;
  readonly source: Uint8Array;
}

/** Of rules that were unpacked: to pack one again, for threads, its tree need not be read and written. */
const partsOfUnpacked = new WeakMap<Rule, RuleParts>();

function partsOf(rule: Rule): RuleParts {
  const known = partsOfUnpacked.get(rule);
  if (known !== undefined) return known;
  const { ir, source, ...rest } = rule;
  return { rest, ir: serialize(ir), source: Buffer.from(source) };
}

/** Length of the head (4 bytes), the head, then trees and texts of rules, which are only read when they are asked for. */
export function packRules(files: ParsedFiles): Buffer {
  const parts: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): readonly [number, number] => {
    parts.push(part);
    length += part.length;
    return [length - part.length, length];
  };
  const packed = files.map(([file, { problems, documents }]): PackedFile => {
    const pack = ({ rule, ...document }: RuleDocument) => {
      if (rule === null) return { ...document, rule };
      const { rest, ir, source } = partsOf(rule);
      return { ...document, rule: { ...rest, ir: keep(ir), source: keep(source) } };
    };
    return { file, problems, documents: documents.map(pack) };
  });
  const head = serialize(packed);
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(head.length);
  return Buffer.concat([headLength, head, ...parts]);
}

/** The files that were packed; trees and texts of rules are read when they are first asked for. */
export function unpackRules(bytes: Buffer): ParsedFiles {
  const headEnd = 4 + bytes.readUInt32LE(0);
  const files = deserialize(bytes.subarray(4, headEnd)) as readonly PackedFile[];
  const body = bytes.subarray(headEnd);
  return files.map(({ file, problems, documents: packed }) => {
    const documents = packed.map(({ rule, ...document }): RuleDocument => {
      return { ...document, rule: rule === null ? null : unpackRule(rule, body) };
    });
    const rules = documents.flatMap(({ rule }) => rule ?? []);
    return [file, { rules, problems: [...problems], documents }] as const;
  });
}

function unpackRule(packed: PackedRule, body: Buffer): Rule {
  let tree: Rule['ir'] | undefined;
  let text: string | undefined;
  const rule: Rule = {
    ...packed,
    get ir() {
      tree ??= deserialize(body.subarray(...packed.ir)) as Rule['ir'];
      return tree;
    },
    get source() {
      text ??= body.toString('utf8', ...packed.source);
      return text;
    },
  };
  const { ir, source, ...rest } = packed;
  partsOfUnpacked.set(rule, { rest, ir: body.subarray(...ir), source: body.subarray(...source) });
  return rule;
}
