import { canonicalText } from '../canonical.ts';
import { contentOf, type EventFields, eventDepthMax, leafTexts } from './field-content.ts';
import { isFreeText } from './free-text.ts';
import type { EngineImage, FieldImage } from './image.ts';
import { Marks } from './marks.ts';
import { type PathNode, pathTreeOf } from './path-tree.ts';
import { Run } from './run.ts';
import type { EventValues } from './slow-tests.ts';
import { isWide, TextScan } from './text-scan.ts';
import { ValueCache } from './value-cache.ts';

/** Keys beyond this place in an event are looked up instead of guessed. */
const guessedKeysMax = 256;

/** A field at work. */
interface FieldState {
  readonly name: string;
  readonly index: number;
  readonly presence: number;
  readonly exists: number;
  readonly contains: number;
  readonly forward: number;
  readonly backward: number;
  readonly wide: number;
  /** Whether its texts must go through the keywords' automata as well. */
  readonly keywordsToo: boolean;
  readonly valuesWanted: boolean;
  readonly cache: ValueCache | null;
  /** The path it was met by in which generation: a second path in one event leaves the quick way. */
  metAt: number;
  metBy: PathNode<FieldState> | null;
  /** What it held there, when slow tests may ask; `several` when it was met more than once. */
  value: unknown;
}

const several: unique symbol = Symbol('several');

export interface ObjectPathOptions {
  /** Default true. false is for measurements and tests: answers are the same. */
  readonly valueCache?: boolean;
}

/** Holds the rules of an image against events given as objects: one walk over the event's own keys. */
export class ObjectPath {
  readonly #run: Run;
  readonly #scan: TextScan;
  readonly #fields: readonly FieldState[];
  readonly #paths: PathNode<FieldState>;
  readonly #values: ObjectValues;
  readonly #keywords: EngineImage['keywords'];
  readonly #leavesScanned: boolean;
  /** Collects the truths of one value for a cache: all of them, so all count as triggers. */
  readonly #single: Marks;
  /** Keys of the last events by their place, with what they lead to: events of one source look alike. */
  readonly #guessedKeys: (string | undefined)[] = [];
  readonly #guessedNodes: (PathNode<FieldState> | undefined)[] = [];
  #twoWays = false;
  #deep = false;
  /** Events so far that held something nested too deep to be seen. */
  cut = 0;

  constructor(image: EngineImage, options: ObjectPathOptions = {}) {
    this.#run = new Run(image);
    this.#scan = new TextScan(image);
    this.#keywords = image.keywords;
    this.#leavesScanned = image.keywords.contains !== 0 || image.keywords.wide !== 0;
    this.#fields = image.fields.map((field, index) =>
      stateOf(field, index, this.#leavesScanned && !field.holdsKeywords, options.valueCache !== false),
    );
    this.#paths = pathTreeOf(this.#fields);
    this.#values = new ObjectValues(this.#fields);
    this.#single = new Marks(image.truths, image.truths);
  }

  /** Indexes (in the rule set) of the rules that the event meets, ascending. */
  match(fields: EventFields): number[] {
    this.#deep = false;
    this.#twoWays = false;
    if (this.#run.begin()) for (const field of this.#fields) field.metAt = 0;
    this.#walk(fields);
    if (this.#twoWays) {
      this.#run.begin();
      this.#walkByName(fields);
    }
    if (this.#deep) this.cut++;
    this.#values.open(fields, this.#twoWays ? -1 : this.#run.marks.generation);
    return this.#run.decide(this.#values);
  }

  get measures(): { readonly candidates: number; readonly slowRuns: number } {
    return { candidates: this.#run.candidates, slowRuns: this.#run.slow.runs };
  }

  #walk(fields: EventFields): void {
    const guessed = this.#guessedKeys;
    let place = 0;
    for (const key in fields) {
      const node = guessed[place] === key ? this.#guessedNodes[place] : this.#nodeOf(key, place);
      place++;
      const value = fields[key];
      const nested = typeof value === 'object' && value !== null;
      if (node === undefined) {
        if (nested) this.#leaves(value, 1);
        else if (this.#leavesScanned) this.#leaf(value);
        continue;
      }
      const field = node.field;
      if (field !== null) this.#meet(field, node, value, 1);
      if (nested) {
        if (node.long) this.#twoWays = true;
        if (node.below.size > 0) this.#descend(value, node.below, 1);
        this.#leaves(value, 1);
      } else if (field === null && this.#leavesScanned) this.#leaf(value);
    }
  }

  #nodeOf(key: string, place: number): PathNode<FieldState> | undefined {
    const node = this.#paths.below.get(key);
    if (place < guessedKeysMax) {
      this.#guessedKeys[place] = key;
      this.#guessedNodes[place] = node;
    }
    return node;
  }

  /** Fields below a nested value. */
  #descend(value: unknown, below: Map<string, PathNode<FieldState>>, depth: number): void {
    if (typeof value !== 'object' || value === null || depth >= eventDepthMax) return;
    if (Array.isArray(value)) {
      for (const member of value) this.#descend(member, below, depth + 1);
      return;
    }
    const object = value as EventFields;
    for (const key in object) {
      const node = below.get(key);
      if (node === undefined) continue;
      const inner = object[key];
      if (node.field !== null) this.#meet(node.field, node, inner, depth + 1);
      if (node.below.size > 0) this.#descend(inner, node.below, depth + 1);
    }
  }

  /** A field found by a path. Found by two paths, it has the content that field-content.ts gives precedence. */
  #meet(field: FieldState, node: PathNode<FieldState>, value: unknown, depth: number): void {
    const { marks } = this.#run;
    if (field.metAt !== marks.generation) {
      field.metAt = marks.generation;
      field.metBy = node;
      if (field.valuesWanted) field.value = value;
    } else {
      field.value = several;
      if (field.metBy !== node) this.#twoWays = true;
    }
    if (field.exists >= 0) marks.mark(field.exists);
    this.#feed(field, value, depth);
  }

  #feed(field: FieldState, value: unknown, depth: number): void {
    if (typeof value === 'string') this.#text(field, value);
    else if (typeof value === 'object') {
      if (Array.isArray(value)) {
        if (depth < eventDepthMax) for (const member of value) this.#feed(field, member, depth + 1);
      } else if (value !== null && field.presence >= 0) this.#run.marks.mark(field.presence);
    } else {
      const text = canonicalText(value);
      if (text !== null) this.#text(field, text);
    }
  }

  /** One text of a field; keywords may stand in it too. */
  #text(field: FieldState, text: string): void {
    const { marks } = this.#run;
    if (field.presence >= 0) marks.mark(field.presence);
    const { cache } = field;
    if (cache === null || !cache.takes(text)) {
      this.#scanText(field, text, marks);
      return;
    }
    if (cache.mark(text, marks)) return;
    const single = this.#single;
    single.next();
    this.#scanText(field, text, single);
    cache.keep(text, single.queue, single.queued);
    marks.markAll(single.queue, 0, single.queued);
  }

  #scanText(field: FieldState, text: string, marks: Marks): void {
    const scan = this.#scan;
    let units = -1;
    if (field.contains !== 0) units = scan.contains(field.contains, text, marks);
    if (field.forward !== 0) scan.forward(field.forward, text, marks);
    if (field.backward !== 0) scan.backward(field.backward, text, marks);
    if (field.wide !== 0 && (units < 0 ? isWide(text) : units > 127)) scan.wide(field.wide, text, marks);
    if (field.keywordsToo) this.#keywordScan(text, marks);
  }

  /** A scalar of no field that keywords may stand in. */
  #leaf(value: unknown): void {
    if (typeof value === 'string') this.#keywordScan(value, this.#run.marks);
    else if (this.#keywords.inNumbers && (this.#keywords.inIntegers || !Number.isSafeInteger(value))) {
      const text = canonicalText(value);
      if (text !== null) this.#keywordScan(text, this.#run.marks);
    }
  }

  #keywordScan(text: string, marks: Marks): void {
    const { contains, wide } = this.#keywords;
    const units = contains === 0 ? -1 : this.#scan.contains(contains, text, marks);
    if (wide !== 0 && (units < 0 ? isWide(text) : units > 127)) this.#scan.wide(wide, text, marks);
  }

  /** All leaves of a nested value. Also where it goes too deep, whoever asks for leaves or not. */
  #leaves(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null) {
      if (this.#leavesScanned) this.#leaf(value);
    } else if (depth >= eventDepthMax) this.#deep = true;
    else if (Array.isArray(value)) for (const member of value) this.#leaves(member, depth + 1);
    else for (const key in value) this.#leaves((value as EventFields)[key], depth + 1);
  }

  /** The walk for an event in which some name can be read in two ways: each field asked for by its name. */
  #walkByName(fields: EventFields): void {
    const { marks } = this.#run;
    for (const field of this.#fields) {
      const content = contentOf(fields, field.name);
      if (content.exists && field.exists >= 0) marks.mark(field.exists);
      if (content.present && field.presence >= 0) marks.mark(field.presence);
      for (const text of content.texts) this.#text(field, text);
    }
    if (this.#leavesScanned) this.#leaves(fields, 0);
  }
}

function stateOf(field: FieldImage, index: number, keywordsToo: boolean, valueCache: boolean): FieldState {
  const { name, presence, exists, contains, forward, backward, wide, valuesWanted } = field;
  const scanned = keywordsToo || contains !== 0 || forward !== 0 || backward !== 0 || wide !== 0;
  const cache = valueCache && scanned && !isFreeText(name) ? new ValueCache() : null;
  return {
    name,
    index,
    presence,
    exists,
    contains,
    forward,
    backward,
    wide,
    keywordsToo,
    valuesWanted,
    cache,
    metAt: 0,
    metBy: null,
    value: undefined,
  };
}

/** The values of an object, each name read at most once an event. */
class ObjectValues implements EventValues {
  readonly #states: readonly FieldState[];
  #fields: EventFields = {};
  #generation = 0;
  readonly #known = new Map<string, readonly string[]>();
  #leaves: readonly string[] | null = null;

  constructor(states: readonly FieldState[]) {
    this.#states = states;
  }

  /** `generation`: that of the walk that met each field by one path; below 0 when fields must be asked by name. */
  open(fields: EventFields, generation: number): void {
    this.#fields = fields;
    this.#generation = generation;
    if (this.#known.size > 0) this.#known.clear();
    this.#leaves = null;
  }

  textsOf(field: number): readonly string[] {
    const state = this.#states[field];
    if (state === undefined) return [];
    if (this.#generation < 0) return this.textsNamed(state.name);
    if (state.metAt !== this.#generation) return [];
    return typeof state.value === 'string' ? [state.value] : this.textsNamed(state.name);
  }

  textsNamed(name: string): readonly string[] {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { texts } = contentOf(this.#fields, name);
    this.#known.set(name, texts);
    return texts;
  }

  /** The texts are at hand, and are held by their lengths when they are compared. */
  mayCompare(): boolean {
    return true;
  }

  leaves(): readonly string[] {
    if (this.#leaves !== null) return this.#leaves;
    const texts: string[] = [];
    leafTexts(this.#fields, texts);
    this.#leaves = texts;
    return texts;
  }
}
