import { deserialize, serialize } from 'node:v8';
import type { Correlation, EngineRule, Rule, RuleDocument, RuleProblem } from '../sigma/index.ts';

/** A document of a rule file and what became of it. */
export interface FileDocument extends RuleDocument {
  readonly file: string;
}

/** What rule files say: rules, correlations and filters linked as one set. Nothing of it runs. */
export interface ReadRules {
  /** Filters are applied to them. */
  readonly rules: readonly Rule[];
  /** Referenced before referencing. */
  readonly correlations: readonly Correlation[];
  /** Ids of rules and correlations that raise no alert of their own. */
  readonly silent: ReadonlySet<string>;
  /** Filters that were not refused. */
  readonly filters: number;
  /** Documents that were refused. */
  readonly refused: number;
  readonly problems: readonly RuleProblem[];
  /** Every document that was found, refused ones too, in the order of files. */
  readonly documents: readonly FileDocument[];
}

/** Where a part stands in the bytes behind the heads. */
type Place = readonly [from: number, to: number];

/** One list for each attribute of all rules: read several times as quickly as an object a rule. */
type Columns<T> = { readonly [Name in keyof T]: readonly T[Name][] };

/** What threads need that only match. */
interface EngineHead {
  readonly rules: Columns<Omit<EngineRule, 'ir'> & { ir: Place }>;
  /** The first of the rules that are in the set; documents may hold others, as they were before filters. */
  readonly inSet: number;
}

/** What everybody else needs. */
interface RestHead {
  readonly rules: Columns<Omit<Rule, 'id' | 'hash' | 'logsource' | 'ir' | 'source'> & { source: Place }>;
  readonly correlations: readonly Correlation[];
  readonly silent: ReadonlySet<string>;
  readonly filters: number;
  readonly refused: number;
  readonly problems: Place;
  readonly documents: Place;
}

/** A document with its rule by number. */
type PackedDocument = Omit<FileDocument, 'rule'> & { readonly rule: number | null };

/**
 * Rules as bytes in memory that threads can share: the length of each head (4 bytes each), the heads, then trees and
 * texts of rules and what is told of files, which are only read when they are asked for.
 */
export function packRules(read: ReadRules): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): Place => {
    parts.push(part);
    length += part.length;
    return [length - part.length, length];
  };
  const all = [...new Set([...read.rules, ...read.documents.flatMap(({ rule }) => rule ?? [])])];
  const numbers = new Map(all.map((rule, number) => [rule, number]));
  const of = <Name extends keyof Rule>(name: Name) => all.map((rule) => rule[name]);
  const engine: EngineHead = {
    rules: {
      id: of('id'),
      hash: of('hash'),
      logsource: of('logsource'),
      ir: all.map(({ ir }) => keep(serialize(ir))),
    },
    inSet: read.rules.length,
  };
  const documents = read.documents.map(({ rule, ...document }): PackedDocument => {
    return { ...document, rule: rule === null ? null : (numbers.get(rule) ?? null) };
  });
  const rest: RestHead = {
    rules: {
      name: of('name'),
      title: of('title'),
      level: of('level'),
      status: of('status'),
      description: of('description'),
      author: of('author'),
      license: of('license'),
      tags: of('tags'),
      references: of('references'),
      falsePositives: of('falsePositives'),
      custom: of('custom'),
      file: of('file'),
      line: of('line'),
      source: all.map(({ source }) => keep(Buffer.from(source))),
    },
    correlations: read.correlations,
    silent: read.silent,
    filters: read.filters,
    refused: read.refused,
    problems: keep(serialize(read.problems)),
    documents: keep(serialize(documents)),
  };
  const heads = [serialize(engine), serialize(rest)];
  const size = 8 + heads.reduce((sum, { length }) => sum + length, 0) + length;
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  for (const [i, head] of heads.entries()) new DataView(bytes.buffer).setUint32(i * 4, head.length, true);
  let at = 8;
  for (const part of [...heads, ...parts]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What is needed to match, of rules that packRules packed; trees are read when they are first asked for. */
export function unpackEngineRules(bytes: Uint8Array): EngineRule[] {
  const { engine, body } = cut(bytes);
  const { rules, inSet } = deserialize(engine) as EngineHead;
  return engineRules(rules, body).slice(0, inSet);
}

function engineRules({ id, hash, logsource, ir }: EngineHead['rules'], body: Buffer): EngineRule[] {
  return id.map((id, i) => {
    let tree: Rule['ir'] | undefined;
    return {
      id,
      hash: hash[i] ?? '',
      logsource: logsource[i] ?? noLogsource,
      get ir() {
        tree ??= deserialize(partOf(body, ir[i])) as Rule['ir'];
        return tree;
      },
    };
  });
}

/** What packRules packed; trees, texts and what is told of files are read when they are first asked for. */
export function unpackRules(bytes: Uint8Array): ReadRules {
  const { engine, rest, body } = cut(bytes);
  const { rules, inSet } = deserialize(engine) as EngineHead;
  const head = deserialize(rest) as RestHead;
  const { rules: columns, correlations, silent, filters, refused } = head;
  const all = engineRules(rules, body).map((engine, i): Rule => {
    let text: string | undefined;
    return {
      id: engine.id,
      hash: engine.hash,
      logsource: engine.logsource,
      get ir() {
        return engine.ir;
      },
      name: columns.name[i] ?? '',
      title: columns.title[i] ?? '',
      level: columns.level[i] ?? null,
      status: columns.status[i] ?? '',
      description: columns.description[i] ?? '',
      author: columns.author[i] ?? '',
      license: columns.license[i] ?? '',
      tags: columns.tags[i] ?? [],
      references: columns.references[i] ?? [],
      falsePositives: columns.falsePositives[i] ?? [],
      custom: columns.custom[i] ?? {},
      file: columns.file[i] ?? '',
      line: columns.line[i] ?? 0,
      get source() {
        text ??= partOf(body, columns.source[i]).toString();
        return text;
      },
    };
  });
  let problems: readonly RuleProblem[] | undefined;
  let documents: readonly FileDocument[] | undefined;
  return {
    rules: all.slice(0, inSet),
    correlations,
    silent,
    filters,
    refused,
    get problems() {
      problems ??= deserialize(partOf(body, head.problems)) as readonly RuleProblem[];
      return problems;
    },
    get documents() {
      documents ??= (deserialize(partOf(body, head.documents)) as readonly PackedDocument[]).map(
        ({ rule, ...document }) => ({ ...document, rule: rule === null ? null : (all[rule] ?? null) }),
      );
      return documents;
    },
  };
}

const noLogsource = { product: null, category: null, service: null };

function cut(bytes: Uint8Array): { readonly engine: Buffer; readonly rest: Buffer; readonly body: Buffer } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const restAt = 8 + all.readUInt32LE(0);
  const bodyAt = restAt + all.readUInt32LE(4);
  return { engine: all.subarray(8, restAt), rest: all.subarray(restAt, bodyAt), body: all.subarray(bodyAt) };
}

function partOf(body: Buffer, place: Place | undefined): Buffer {
  return body.subarray(...(place ?? [0, 0]));
}
