import type { FieldComparison } from '../../lower/ir.ts';
import type { EngineImage } from '../image.ts';
import type { Run } from '../run.ts';
import type { EventValues } from '../slow-tests.ts';
import { isWide, TextScan } from '../text-scan.ts';
import { ByteScan, byteScanLimits } from './byte-scan.ts';
import { type FieldWork, fieldWork } from './field-work.ts';
import { GramIndex } from './gram-index.ts';
import { type LineTokens, token } from './line-tokens.ts';
import { tokenText } from './token-text.ts';
import { ValueCache } from './value-cache.ts';

/** One image over lines that were cut into tokens. Answers are those of the object path over the same line. */
export class ByteRun implements EventValues {
  readonly #run: Run;
  readonly #line: LineTokens;
  readonly #image: EngineImage;
  readonly #scan: ByteScan;
  readonly #texts: TextScan;
  readonly #cache = new ValueCache();
  readonly #fieldNumbers = new Map<string, number>();
  /** By number of a name in the line's tree: what to do with its values, null for nothing at all. */
  readonly #workOf: (FieldWork | null | undefined)[] = [];
  #epoch = 0;
  /** By their place in the image. */
  readonly #grams = new Map<number, GramIndex>();
  /** Whether values whose names are no fields are looked at; the same for integers, other numbers and booleans. */
  readonly #everyText: boolean;
  readonly #everyNumber: boolean;
  readonly #everyInteger: boolean;
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
    this.#everyText = keywords.contains !== 0 || keywords.wide !== 0;
    this.#everyNumber = this.#everyText && keywords.inNumbers;
    this.#everyInteger = this.#everyText && keywords.inIntegers;
    this.#textsAt = new Float64Array(fields.length);
    this.#textsOfField = fields.map(() => []);
    for (const [number, field] of fields.entries()) this.#fieldNumbers.set(field.name, number);
  }

  /**
   * Indexes (in the rule set) of the rules that the line's present tokens meet, ascending; `flattened` as in
   * MatchLineOptions.
   */
  match(flattened: boolean): number[] {
    const line = this.#line;
    const run = this.#run;
    if (this.#epoch !== line.tree.epoch) this.#forgetNames();
    if (run.begin()) this.#textsAt.fill(0);
    const { names, kinds, count } = line;
    const works = this.#workOf;
    for (let i = 0; i < count; i++) {
      const name = names[i] as number;
      let work = name < works.length ? works[name] : undefined;
      if (work === undefined) work = this.#learn(name);
      if (work === null) continue;
      const kind = kinds[i] as number;
      if (kind <= token.false) {
        if (work.field >= 0) this.#isThere(work);
        else if (kind > token.wide && !(kind === token.integer ? this.#everyInteger : this.#everyNumber)) continue;
        if (kind === token.wide || kind > token.integer) this.#scanText(i, work.field);
        else if (work.isScanned) this.#scanBytes(i, work);
      } else if (work.field >= 0) this.#isThereWithoutText(work, kind, flattened);
    }
    return run.decide(this);
  }

  /** Null and a list: the name is there, and nothing else. An object is something. Flattened, both are what they hold. */
  #isThereWithoutText(work: FieldWork, kind: number, flattened: boolean): void {
    if (flattened) {
      if (kind !== token.object && kind !== token.list) this.#markOne(work.exists);
    } else if (kind === token.object || kind === token.emptyObject) this.#isThere(work);
    else this.#markOne(work.exists);
  }

  #isThere(work: FieldWork): void {
    this.#markOne(work.presence);
    this.#markOne(work.exists);
  }

  #markOne(truth: number): void {
    if (truth >= 0) this.#run.marks.mark(truth);
  }

  #scanBytes(i: number, work: FieldWork): void {
    const line = this.#line;
    const start = line.starts[i] as number;
    const end = line.ends[i] as number;
    const cache = this.#cache;
    const isKept = end - start > work.quickBytes;
    const entry = isKept ? cache.find(line, i) : -1;
    if (entry >= 0) {
      const from = cache.from[entry] as number;
      this.#markLists(cache.pool, from, from + (cache.counts[entry] as number));
      return;
    }
    if (end - start > byteScanLimits.valueBytes) {
      this.#scanText(i, work.field);
      return;
    }
    const scan = this.#scan;
    scan.count = 0;
    if (work.grams !== null) work.grams.scan(line.bytes, line.view, start, end, scan);
    if (work.gramsOfKeywords !== null) work.gramsOfKeywords.scan(line.bytes, line.view, start, end, scan);
    if (work.hasAutomata) {
      scan.open(line.bytes, start, end);
      if (work.contains !== 0) scan.contains(work.contains);
      if (work.keywords !== 0) scan.contains(work.keywords);
      if (work.forward !== 0) scan.forward(work.forward);
      if (work.backward !== 0) scan.backward(work.backward);
    }
    const { found, count } = scan;
    if (count === 0 && !isKept) return;
    if (count > found.length) {
      this.#scanText(i, work.field);
      return;
    }
    this.#markLists(found, 0, count);
    if (isKept && cache.place >= 0) cache.put(line, i, found, count);
  }

  #markLists(found: Int32Array, from: number, to: number): void {
    const { marks } = this.#run;
    const { lists } = this.#image;
    for (let at = from; at < to; at++) {
      const list = found[at] as number;
      marks.markAll(lists, list + 1, lists[list] as number);
    }
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
      this.#textsOfField[field] = this.#textsWhere((name) => this.#workOf[name]?.field === field);
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

  /** By lengths: texts that are equal, or one of which holds the other, have bytes in the same order of size. */
  mayCompare(field: number, name: string, how: FieldComparison): boolean {
    const { tree, names, kinds, count } = this.#line;
    const own = tree.numberOf(this.#image.fields[field]?.name ?? '');
    const other = tree.numberOf(name);
    for (let i = 0; i < count; i++) {
      if (names[i] !== own) continue;
      for (let j = 0; j < count; j++) {
        if (names[j] !== other) continue;
        // Only these two kinds have one spelling for each text.
        if ((kinds[i] as number) > token.escaped || (kinds[j] as number) > token.escaped) return true;
        const more = this.#lengthOf(i) - this.#lengthOf(j);
        if (how === 'equals' ? more === 0 && kinds[i] === kinds[j] : more >= 0) return true;
      }
    }
    return false;
  }

  #lengthOf(i: number): number {
    return (this.#line.ends[i] as number) - (this.#line.starts[i] as number);
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

  #learn(name: number): FieldWork | null {
    const { names } = this.#line.tree;
    while (this.#workOf.length < names.length) this.#workOf.push(undefined);
    const text = names[name] ?? '';
    const field = this.#fieldNumbers.get(text) ?? -1;
    const work = field < 0 && !this.#everyText ? null : fieldWork(this.#image, field, text, this.#gramsAt);
    this.#workOf[name] = work;
    return work;
  }

  readonly #gramsAt = (at: number): GramIndex => {
    const grams = this.#grams.get(at) ?? GramIndex.of(this.#image, at);
    this.#grams.set(at, grams);
    return grams;
  };

  /** The tree began anew: its numbers mean other names. */
  #forgetNames(): void {
    this.#epoch = this.#line.tree.epoch;
    this.#workOf.length = 0;
    this.#cache.clear();
  }
}
