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

/** Length of the head (4 bytes), the head, then trees and texts of rules, which are only read when they are asked for. */
export function packRules(files: ParsedFiles): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): readonly [number, number] => {
    parts.push(part);
    length += part.length;
    return [length - part.length, length];
  };
  const packed = files.map(([file, { problems, documents }]): PackedFile => {
    const pack = ({ rule, ...document }: RuleDocument) => {
      if (rule === null) return { ...document, rule };
      const { ir, source, ...rest } = rule;
      return { ...document, rule: { ...rest, ir: keep(serialize(ir)), source: keep(Buffer.from(source)) } };
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
  let ir: Rule['ir'] | undefined;
  let source: string | undefined;
  return {
    ...packed,
    get ir() {
      ir ??= deserialize(body.subarray(...packed.ir)) as Rule['ir'];
      return ir;
    },
    get source() {
      source ??= body.toString('utf8', ...packed.source);
      return source;
    },
  };
}
