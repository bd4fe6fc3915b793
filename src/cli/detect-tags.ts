import type { FlatLines } from '../ingest/read-line.ts';
import type { FieldValue, LogsourceTags } from '../model/event.ts';
import type { FlatPlan } from '../normalise/index.ts';
import { type LineTokens, token, tokenText } from '../sigma/matching.ts';

/**
 * Combinations of tag values that are remembered, a power of two; numbers that one of them may take; sets of signs that
 * are told apart.
 */
const memoLimits = { places: 256, numbers: 1_024, signSets: 4_096 } as const;

/** What a name means wherever it comes; -1: none. */
interface NameUse {
  /** It bars the line: always, or when it holds an object. */
  readonly bars: boolean;
  readonly objectBars: boolean;
  /** Place among the signs and among all tag fields. */
  readonly sign: number;
  readonly tagField: number;
}

/** Signs that came together. */
interface SignSet {
  readonly signs: readonly number[];
  /** By the sign that comes next. */
  readonly next: (SignSet | undefined)[];
  /** undefined: not asked for yet. */
  plan: NumberedPlan | null | undefined;
}

interface NumberedPlan {
  readonly plan: FlatPlan;
  readonly number: number;
  /** By place among all tag fields: place among the plan's, -1 for those it has not. */
  readonly placeOf: Int16Array;
}

/** What the names of a line say. */
interface Found {
  /** null: one of them is a sign of another kind of JSON, or would be changed by reading. */
  plan: NumberedPlan | null;
  /**
   * The first `count` of these: tokens with the values that tags depend on, and the place of each among the plan's tag
   * fields. They never get shorter: an array that was emptied is allocated anew.
   */
  readonly tokens: number[];
  readonly places: number[];
  count: number;
}

interface Remembered {
  readonly values: Int32Array;
  readonly tags: LogsourceTags | null;
}

/**
 * Whether a line cut into tokens is one of whose object parsing and mapping make its flat form (src/parse/flatten.ts) and
 * no more, and if so its tags. It is when it is a JSON object without the signs of another shape, the mappings add no
 * fields, and no name or text in it is changed by NFC, repaired or flagged. What the names of a flat line say is found
 * once for all lines of its shape.
 */
export class FlatLineTags {
  readonly #flat: FlatLines;
  readonly #noSigns: SignSet = { signs: [], next: [], plan: undefined };
  readonly #signSets = new Map<string, SignSet>();
  #plans = 0;
  #epoch = -1;
  /** By number of a name, null for most. */
  readonly #uses: (NameUse | null)[] = [];
  /** By number of a shape. */
  readonly #shapes: (Found | undefined)[] = [];
  /** The same for nested lines, which have no shape: found anew each time. */
  readonly #nested: Found = { plan: null, tokens: [], places: [], count: 0 };
  readonly #memo: (Remembered | undefined)[] = [];
  /** Of the line in hand: its plan, then of each tag value its place and kind, the length and the bytes, four at a time. */
  readonly #values = new Int32Array(memoLimits.numbers);

  constructor(flat: FlatLines) {
    this.#flat = flat;
  }

  /** null: this line must go through `readLine`. */
  of = (line: LineTokens): LogsourceTags | null => {
    if (this.#epoch !== line.tree.epoch) this.#forget(line.tree.epoch);
    const found = line.nested ? this.#look(line, this.#nested) : (this.#shapes[line.shape] ?? this.#learn(line));
    const { plan, tokens, places, count } = found;
    if (plan === null || (line.wide && !this.#isPlainText(line))) return null;
    const { kinds, starts, ends, bytes, view } = line;
    const values = this.#values;
    values[0] = plan.number;
    let length = 1;
    let hash = plan.number;
    for (let at = 0; at < count; at++) {
      const i = tokens[at] as number;
      let p = starts[i] as number;
      const end = ends[i] as number;
      if (length + end - p + 2 > memoLimits.numbers) return null;
      values[length++] = ((places[at] as number) << 8) | (kinds[i] as number);
      values[length++] = end - p;
      for (; p + 4 <= end; p += 4) {
        const word = view.getInt32(p, true);
        values[length++] = word;
        hash = mixed(hash, word);
      }
      for (; p < end; p++) {
        const byte = bytes[p] as number;
        values[length++] = byte;
        hash = mixed(hash, byte);
      }
    }
    const place = hash & (memoLimits.places - 1);
    const remembered = this.#memo[place];
    if (remembered !== undefined && this.#isSame(remembered.values, length)) return remembered.tags;
    const tags = plan.plan.tagsOf(tagValues(line, plan.plan, found));
    this.#memo[place] = { values: values.slice(0, length), tags };
    return tags;
  };

  #isSame(values: Int32Array, length: number): boolean {
    const own = this.#values;
    if (values.length !== length) return false;
    for (let i = 0; i < length; i++) if (values[i] !== own[i]) return false;
    return true;
  }

  #isPlainText(line: LineTokens): boolean {
    const { count, kinds } = line;
    for (let i = 0; i < count; i++) {
      if (kinds[i] === token.wide && !this.#flat.isPlain(tokenText(line, i) ?? '')) return false;
    }
    return true;
  }

  /** Goes through the names of a line; what they say goes into `found`. */
  #look(line: LineTokens, found: Found): Found {
    const { names, kinds, count } = line;
    const { tokens, places } = found;
    const uses = this.#uses;
    if (uses.length < line.tree.names.length) this.#learnNames(line.tree.names);
    found.plan = null;
    found.count = 0;
    if (count > this.#flat.valuesMax) return found;
    let signs = this.#noSigns;
    let met = 0;
    for (let i = 0; i < count; i++) {
      const use = uses[names[i] as number] as NameUse | null;
      if (use === null) continue;
      const kind = kinds[i] as number;
      const isObject = kind === token.object || kind === token.emptyObject;
      if (use.bars || (use.objectBars && isObject)) return found;
      // An object's name is no field, nor is a list's but for what is in it.
      if (use.sign >= 0 && kind !== token.object && kind !== token.list) signs = this.#with(signs, use.sign);
      if (use.tagField >= 0 && kind !== token.object) {
        tokens[met] = i;
        places[met++] = use.tagField;
      }
    }
    const plan = this.#planOf(signs);
    if (plan === null) return found;
    let kept = 0;
    for (let at = 0; at < met; at++) {
      const i = tokens[at] as number;
      const place = plan.placeOf[places[at] as number] as number;
      if (place < 0) continue;
      // Tags by a list's members are not looked for here, nor by what may be in a list of objects.
      if ((kinds[i] as number) > token.null || this.#isInList(line, i)) return found;
      tokens[kept] = i;
      places[kept++] = place;
    }
    found.count = kept;
    found.plan = plan;
    return found;
  }

  /** Whether token `i`, of a dotted name, may stand in a list. */
  #isInList(line: LineTokens, i: number): boolean {
    if (!line.nested || !line.nameOf(i).includes('.')) return false;
    return line.kinds.subarray(0, line.count).includes(token.list);
  }

  #learn(line: LineTokens): Found {
    const found = this.#look(line, { plan: null, tokens: [], places: [], count: 0 });
    this.#shapes[line.shape] = found;
    return found;
  }

  #learnNames(names: readonly string[]): void {
    const { otherShapes, otherShapeObjects, signs, tagFields, nameCharsMax, isPlain } = this.#flat;
    for (let i = this.#uses.length; i < names.length; i++) {
      const name = names[i] ?? '';
      const use: NameUse = {
        bars: otherShapes.includes(name) || name.length > nameCharsMax || !isPlain(name),
        objectBars: otherShapeObjects.includes(name),
        sign: signs.indexOf(name),
        tagField: tagFields.indexOf(name),
      };
      this.#uses.push(use.bars || use.objectBars || use.sign >= 0 || use.tagField >= 0 ? use : null);
    }
  }

  #with(set: SignSet, sign: number): SignSet {
    const known = set === tooMany ? tooMany : set.next[sign];
    if (known !== undefined) return known;
    const signs = set.signs.includes(sign) ? set.signs : [...set.signs, sign].toSorted((a, b) => a - b);
    const key = signs.join();
    const made = this.#signSets.get(key) ?? this.#newSet(key, signs);
    set.next[sign] = made;
    return made;
  }

  #newSet(key: string, signs: readonly number[]): SignSet {
    if (this.#signSets.size >= memoLimits.signSets) return tooMany;
    const made: SignSet = { signs, next: [], plan: undefined };
    this.#signSets.set(key, made);
    return made;
  }

  #planOf(set: SignSet): NumberedPlan | null {
    if (set.plan !== undefined) return set.plan;
    const { signs, tagFields } = this.#flat;
    const plan = this.#flat.planOf(set.signs.map((sign) => signs[sign] ?? ''));
    set.plan =
      plan === null
        ? null
        : {
            plan,
            number: this.#plans++,
            placeOf: Int16Array.from(tagFields, (name) => plan.tagFields.indexOf(name)),
          };
    return set.plan;
  }

  /** The tree began anew: names and shapes have other numbers. */
  #forget(epoch: number): void {
    this.#epoch = epoch;
    this.#uses.length = 0;
    this.#shapes.length = 0;
  }
}

/** Stands for all sets beyond the bound: lines with them are read in full. */
const tooMany: SignSet = { signs: [], next: [], plan: null };
function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** A token as a field's value; numbers as ingest reads them (parse/json.ts). */
function fieldValue(line: LineTokens, i: number): FieldValue {
  const text = tokenText(line, i);
  switch (line.kinds[i]) {
    case token.integer:
    case token.number:
      return text === null || String(Number(text)) !== text ? text : Number(text);
    case token.true:
    case token.false:
      return text === 'true';
    default:
      return text;
  }
}

function tagValues(line: LineTokens, plan: FlatPlan, { tokens, places, count }: Found): (FieldValue | undefined)[] {
  const values: (FieldValue | undefined)[] = plan.tagFields.map(() => undefined);
  for (let at = 0; at < count; at++) values[places[at] ?? 0] = fieldValue(line, tokens[at] ?? 0);
  return values;
}
