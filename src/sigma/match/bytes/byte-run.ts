import type { EngineImage } from '../image.ts';
import type { Run } from '../run.ts';
import type { EventValues } from '../slow-tests.ts';
import { isWide, TextScan } from '../text-scan.ts';
import { ByteScan, byteScanLimits } from './byte-scan.ts';
import { GramIndex } from './gram-index.ts';
import { type LineTokens, token } from './line-tokens.ts';
import { tokenText } from './token-text.ts';
import { ValueCache } from './value-cache.ts';

const unknownName = -2;
const noField = -1;
/** Values so short are looked through by windows sooner than they are found among those that are kept. */
const quickBytes = 32;

/** One image over lines that were cut into tokens. Answers are those of the object path over the same line. */
export class ByteRun implements EventValues {
  readonly #run: Run;
  readonly #line: LineTokens;
  readonly #image: EngineImage;
  readonly #scan: ByteScan;
  readonly #texts: TextScan;
  readonly #cache = new ValueCache();
  readonly #fieldNumbers = new Map<string, number>();
  /** By name number of the line's tree: number of the field, `noField`, or `unknownName`. */
  #fieldOf = new Int32Array(256).fill(unknownName);
  #epoch = 0;
  // Of each field, from the image: in arrays of their own, since they are read for every value.
  readonly #presence: Int32Array;
  readonly #exists: Int32Array;
  readonly #contains: Int32Array;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  /** Keywords' automaton to run beside the field's own; 0 when there is none or the field's holds them. */
  readonly #keywords: Int32Array;
  /** Whether values whose names are no fields are looked at; the same for numbers and booleans. */
  readonly #everyText: boolean;
  readonly #everyNumber: boolean;
  /** Indexes that stand in for contains automata, by field + 1, the keywords' first; null: the automaton itself is run. */
  readonly #grams: (GramIndex | null | undefined)[];
  readonly #textsAt: Float64Array;
  readonly #textsOfField: (readonly string[])[];

  constructor(run: Run, line: LineTokens) {
    const { image } = run;
    const { fields, keywords } = image;
    this.#run = run;
    this.#line = line;
    this.#image = image;
    this.#scan = new ByteScan(image);
    this.#texts = new TextScan(image);
    this.#presence = Int32Array.from(fields, (field) => field.presence);
    this.#exists = Int32Array.from(fields, (field) => field.exists);
    this.#contains = Int32Array.from(fields, (field) => field.contains);
    this.#forward = Int32Array.from(fields, (field) => field.forward);
    this.#backward = Int32Array.from(fields, (field) => field.backward);
    this.#keywords = Int32Array.from(fields, (field) => (field.holdsKeywords ? 0 : keywords.contains));
    this.#everyText = keywords.contains !== 0 || keywords.wide !== 0;
    this.#everyNumber = this.#everyText && keywords.inNumbers;
    this.#grams = new Array<GramIndex | null | undefined>(fields.length + 1).fill(undefined);
    this.#textsAt = new Float64Array(fields.length);
    this.#textsOfField = fields.map(() => []);
    for (const [number, field] of fields.entries()) this.#fieldNumbers.set(field.name, number);
  }

  /** Indexes (in the rule set) of the rules that the line's present tokens meet, ascending. */
  match(): number[] {
    const line = this.#line;
    const run = this.#run;
    if (this.#epoch !== line.tree.epoch) this.#forgetNames();
    if (run.begin()) this.#textsAt.fill(0);
    const { names, kinds, count } = line;
    for (let i = 0; i < count; i++) {
      const name = names[i] as number;
      let field = name < this.#fieldOf.length ? (this.#fieldOf[name] as number) : unknownName;
      if (field === unknownName) field = this.#learn(name);
      const kind = kinds[i] as number;
      if (kind <= token.false) {
        if (field >= 0) this.#isThere(field);
        else if (kind <= token.wide ? !this.#everyText : !this.#everyNumber) continue;
        if (kind === token.wide || kind > token.integer) this.#scanText(i, field);
        else this.#scanBytes(i, field, kind);
      } else if (field >= 0) {
        // Null and an empty list: the name is there, and nothing else. An object is something, though no text.
        if (kind <= token.emptyObject && kind !== token.null) this.#isThere(field);
        else this.#markOne(this.#exists[field] as number);
      }
    }
    return run.decide(this);
  }

  #isThere(field: number): void {
    this.#markOne(this.#presence[field] as number);
    this.#markOne(this.#exists[field] as number);
  }

  #markOne(truth: number): void {
    if (truth >= 0) this.#run.marks.mark(truth);
  }

  #scanBytes(i: number, field: number, kind: number): void {
    const line = this.#line;
    const { marks } = this.#run;
    const { lists } = this.#image;
    const contains = field < 0 ? this.#image.keywords.contains : (this.#contains[field] as number);
    const keywords = field < 0 ? 0 : (this.#keywords[field] as number);
    const forward = field < 0 ? 0 : (this.#forward[field] as number);
    const backward = field < 0 ? 0 : (this.#backward[field] as number);
    if ((contains | keywords | forward | backward) === 0) return;
    const start = line.starts[i] as number;
    const end = line.ends[i] as number;
    const gramsOwn = contains === 0 ? null : this.#gramsOf(field);
    const gramsOfKeywords = keywords === 0 ? null : this.#gramsOf(-1);
    const containsLeft = gramsOwn === null ? contains : 0;
    const keywordsLeft = gramsOfKeywords === null ? keywords : 0;
    const automataLeft = (containsLeft | keywordsLeft | forward | backward) !== 0;
    const cache = this.#cache;
    const isKept = automataLeft || end - start > quickBytes;
    const entry = isKept ? cache.find(line, i) : -1;
    if (entry >= 0) {
      const { pool } = cache;
      const end = (cache.from[entry] as number) + (cache.counts[entry] as number);
      for (let at = cache.from[entry] as number; at < end; at++) {
        const list = pool[at] as number;
        marks.markAll(lists, list + 1, lists[list] as number);
      }
      return;
    }
    const scan = this.#scan;
    if (end - start > byteScanLimits.valueBytes) {
      this.#scanText(i, field);
      return;
    }
    scan.count = 0;
    if (gramsOwn !== null) gramsOwn.scan(line.bytes, line.view, start, end, scan);
    if (gramsOfKeywords !== null) gramsOfKeywords.scan(line.bytes, line.view, start, end, scan);
    if (automataLeft) {
      if (kind === token.escaped) scan.takeEscaped(line.bytes, start, end);
      else scan.takePlain(line.bytes, start, end);
    }
    if (containsLeft !== 0) scan.contains(containsLeft);
    if (keywordsLeft !== 0) scan.contains(keywordsLeft);
    if (forward !== 0) scan.forward(forward);
    if (backward !== 0) scan.backward(backward);
    if (scan.count > scan.found.length) {
      this.#scanText(i, field);
      return;
    }
    const { found, count } = scan;
    for (let at = 0; at < count; at++) {
      const list = found[at] as number;
      marks.markAll(lists, list + 1, lists[list] as number);
    }
    if (isKept && cache.place >= 0) cache.put(line, i, found, count);
  }

  /** The index in place of a field's automaton, or with -1 of that of the keywords; made when it is first asked for. */
  #gramsOf(field: number): GramIndex | null {
    const known = this.#grams[field + 1];
    if (known !== undefined) return known;
    const { fields, keywords } = this.#image;
    const at = (field < 0 ? keywords : fields[field])?.grams ?? 0;
    const grams = at === 0 ? null : GramIndex.of(this.#image, at);
    this.#grams[field + 1] = grams;
    return grams;
  }

  /** Values that are no plain bytes: decoded, and scanned as the object path does. */
  #scanText(i: number, field: number): void {
    const text = tokenText(this.#line, i);
    if (text === null) return;
    const { marks } = this.#run;
    const texts = this.#texts;
    const { keywords, fields } = this.#image;
    const wide = isWide(text);
    const own = field < 0 ? undefined : fields[field];
    if (own !== undefined) {
      if (own.contains !== 0) texts.contains(own.contains, text, marks);
      if (own.forward !== 0) texts.forward(own.forward, text, marks);
      if (own.backward !== 0) texts.backward(own.backward, text, marks);
      if (wide && own.wide !== 0) texts.wide(own.wide, text, marks);
      if (own.holdsKeywords) return;
    }
    if (keywords.contains !== 0) texts.contains(keywords.contains, text, marks);
    if (wide && keywords.wide !== 0) texts.wide(keywords.wide, text, marks);
  }

  textsOf(field: number): readonly string[] {
    const { generation } = this.#run.marks;
    if (this.#textsAt[field] !== generation) {
      this.#textsAt[field] = generation;
      this.#textsOfField[field] = this.#textsWhere((name) => this.#fieldOf[name] === field);
    }
    return this.#textsOfField[field] ?? [];
  }

  textsNamed(name: string): readonly string[] {
    const { names } = this.#line.tree;
    return this.#textsWhere((number) => names[number] === name);
  }

  leaves(): readonly string[] {
    return this.#textsWhere(() => true);
  }

  #textsWhere(isWanted: (name: number) => boolean): string[] {
    const line = this.#line;
    const texts: string[] = [];
    for (let i = 0; i < line.count; i++) {
      if (!isWanted(line.names[i] as number)) continue;
      const text = tokenText(line, i);
      if (text !== null) texts.push(text);
    }
    return texts;
  }

  #learn(name: number): number {
    if (name >= this.#fieldOf.length) {
      const wider = new Int32Array(name * 2).fill(unknownName);
      wider.set(this.#fieldOf);
      this.#fieldOf = wider;
    }
    const field = this.#fieldNumbers.get(this.#line.tree.names[name] ?? '') ?? noField;
    this.#fieldOf[name] = field;
    return field;
  }

  /** The tree began anew: its numbers mean other names. */
  #forgetNames(): void {
    this.#epoch = this.#line.tree.epoch;
    this.#fieldOf.fill(unknownName);
    this.#cache.clear();
  }
}
