/**
 * Where fields stand in an event: a key of the event → the field it is and the keys that go on below it. A dotted name
 * stands in the tree once for each way to cut it at its dots, since `a.b` may be one key or two.
 */
export interface PathNode<Field> {
  /** The field that ends here. */
  field: Field | null;
  /** Names with many dots begin here; they are not in the tree (their cuts grow as powers of two). */
  long: boolean;
  readonly below: Map<string, PathNode<Field>>;
}

/** Dots up to which a name's cuts are all in the tree: at most eight paths a name. */
const dotsMax = 3;

export function pathTreeOf<Field extends { readonly name: string }>(fields: readonly Field[]): PathNode<Field> {
  const root = nodeOf<Field>();
  for (const field of fields) {
    const long = field.name.split('.').length - 1 > dotsMax;
    if (!long) for (const path of cutsOf(field.name)) reach(root, path).field = field;
    else {
      reach(root, [field.name]).field = field;
      for (const head of headsOf(field.name)) reach(root, [head]).long = true;
    }
  }
  return root;
}

function nodeOf<Field>(): PathNode<Field> {
  return { field: null, long: false, below: new Map() };
}

function reach<Field>(root: PathNode<Field>, path: readonly string[]): PathNode<Field> {
  let node = root;
  for (const key of path) {
    const next = node.below.get(key) ?? nodeOf<Field>();
    node.below.set(key, next);
    node = next;
  }
  return node;
}

/** Every way to cut a name at dots, as field-content.ts does: a dot at the very start of a piece cuts nothing. */
function cutsOf(name: string): string[][] {
  return [
    [name],
    ...headsOf(name).flatMap((head) => cutsOf(name.slice(head.length + 1)).map((tail) => [head, ...tail])),
  ];
}

function headsOf(name: string): string[] {
  const heads: string[] = [];
  for (let dot = name.indexOf('.', 1); dot > 0; dot = name.indexOf('.', dot + 1)) heads.push(name.slice(0, dot));
  return heads;
}
