import type { Position, RuleProblem } from '../problem.ts';

/** A YAML node with its place; all that the rest of the parser knows of YAML. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  readonly at: Position;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}
export interface YamlEntry {
  readonly keyAt: Position;
  readonly value: YamlNode;
}
export interface YamlList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly YamlNode[];
}
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly at: Position;
  /** Integers are bigint, so that no digit is lost. */
  readonly value: string | number | bigint | boolean | null;
  /** Column of the text's first character: one further when it is quoted. 0 for block texts, whose lines lie elsewhere. */
  readonly textColumn: number;
  /** How it is quoted; '' for plain and block texts. */
  readonly quote: '' | "'" | '"';
}

export interface YamlDocument {
  readonly root: YamlNode | null;
  /** The document's own text, for its hash. */
  readonly text: string;
  /** Line of its first node. */
  readonly line: number;
  /** False when its YAML was refused; such a document is not looked at any further. */
  readonly sound: boolean;
  /** What was reported while it was read. */
  readonly problems: readonly RuleProblem[];
}
