import type { Pattern } from '../lower/ir.ts';

/**
 * A set of rules compiled for one kind of event: typed arrays and plain JSON, nothing that runs. It can be shared by
 * workers or kept in a file, and needs neither rules nor IR to be run. The state of a run stands elsewhere (run.ts).
 *
 * A **truth** is a fact about an event: a field is there, or one of some literals stands in it. Scanning an event marks
 * its truths. Some truths are **triggers**: they make rules candidates, and each candidate is decided by its program.
 */
export interface EngineImage {
  /** Index in the rule set of each rule of this image, ascending. */
  readonly rules: Int32Array;

  /**
   * UTF-16 unit → class, 65,536 of them. The fold is in it: `A` and `a` have one class. 0: in no literal of the ASCII
   * automata; so are all units above 127, and nothing above 127 folds to ASCII, so those automata need no more.
   */
  readonly classes: Uint8Array;
  /** Width of a row of `table`. Cells 0 … stride-3: next by class; stride-2: list of hits; stride-1: list at the end. */
  readonly stride: number;
  /**
   * All automata over ASCII literals. A state is the index of its row's first cell. Cell `state + class` holds the next
   * state, as `~next` when that state has hits, whose list is cell `next + stride - 2` (index into `lists`).
   *
   * - contains: Aho-Corasick with all transitions filled in; scan every unit from the root on.
   * - forward (exact, prefix) and backward (suffix, read from the last unit): tries; a next of 0 ends the scan. Class 0
   *   ends it too. When the forward scan has used up the text, cell `state + stride - 1` is the list of those
   *   literals that the whole text equals; 0 for none.
   */
  readonly table: Int32Array;
  /** A list: count of truths, the truths, count of checks, the checks (numbers of `checks`). Index 0 is no list. */
  readonly lists: Int32Array;
  /**
   * Literals that the automata know by a part only, to be compared in full when that part was met: checkWidth numbers
   * each (see the offsets below).
   */
  readonly checks: Int32Array;
  /** Classes of the literals to check, one after the other. */
  readonly literals: Uint8Array;

  /**
   * Literals of contains automata once more, for fields whose literals all have three characters or more: in lines that
   * are read as bytes they are found by windows of four bytes instead (bytes/gram-index.ts). A set: bytes from one
   * window that is looked at to the next, count of literals, and of each literal gramWidth numbers (see below).
   */
  readonly grams: Int32Array;
  /** Bytes of those literals, as JSON writes the folded text. */
  readonly gramBytes: Uint8Array;

  /** Automata over literals with characters above 127; null when there are none. They read folded text (fold.ts). */
  readonly wide: WideImage | null;

  readonly fields: readonly FieldImage[];
  /** Automata for what keywords look for, run over every leaf whose field has not `holdsKeywords`. 0: none. */
  readonly keywords: {
    readonly contains: number;
    /** Index into `grams` of the same literals, 0 for none. */
    readonly grams: number;
    readonly wide: number;
    /** Whether a keyword can be found in the text of a number or boolean; else only texts need be scanned. */
    readonly inNumbers: boolean;
    /** The same for integers up to 2^53 alone, which most numbers are. */
    readonly inIntegers: boolean;
  };
  /** Whether anything, a slow test included, asks for all leaves. */
  readonly leavesWanted: boolean;

  /** Truths have numbers 0 … truths-1; those below `triggers` make rules candidates. */
  readonly truths: number;
  readonly triggers: number;
  /** Rules (positions in `rules`) that trigger `t` proposes: triggerRules[triggerAt[t] … triggerAt[t + 1]). */
  readonly triggerAt: Int32Array;
  readonly triggerRules: Int32Array;
  /** Rules that must be decided for every event. */
  readonly open: Int32Array;

  /** Entry of each rule's program. */
  readonly entry: Int32Array;
  /**
   * Programs: triples [test, next when true, next when false]. A test ≥ 0 is a truth, below 0 it is `~number` of a slow
   * test. A next of -1 says the rule is met, -2 that it is not.
   */
  readonly code: Int32Array;
  readonly slow: readonly SlowTest[];
}

/** Numbers a check has, and where they stand. */
export const checkWidth = 4;
/** Start of its classes in `literals`. */
export const checkStart = 0;
export const checkLength = 1;
/**
 * In a contains automaton: how many units of the literal lie before the end of the part that was met. In a forward
 * trie: 1 when the text must end with the literal. In a backward trie: unused, the literal ends with the text.
 */
export const checkPlace = 2;
/** List of truths (no checks in it) that the literal makes true. */
export const checkList = 3;

/** Bytes of a window. */
export const gramSize = 4;
/** Shortest literal that windows can tell; automata with shorter ones are run as they are. */
export const gramLiteralMin = 3;
/** Numbers a literal of `grams` has, and where they stand. */
export const gramWidth = 4;
/** Start of its bytes in `gramBytes`. */
export const gramStart = 0;
export const gramLength = 1;
/** List of truths (no checks in it) that the literal makes true. */
export const gramList = 2;
/** Where in the literal the windows begin under which it is filed: those rare in texts of events. */
export const gramFrom = 3;

export const ruleMet = -1;
export const ruleNotMet = -2;

/** A field that rules name. Truths are -1 and automata 0 when there is none. */
export interface FieldImage {
  /** As rules write it; dotted names follow field-content.ts (flat key first, then nested, lists fan out). */
  readonly name: string;
  /** Holds something other than null or empty lists. */
  readonly presence: number;
  /** The key is there. */
  readonly exists: number;
  readonly contains: number;
  /** Index into `grams` of the same literals, 0 for none. */
  readonly grams: number;
  readonly forward: number;
  readonly backward: number;
  readonly wide: number;
  /** Its `contains` and `wide` hold the keywords too: leaves that went through them need no second scan. */
  readonly holdsKeywords: boolean;
  /** Slow tests may ask for its values. */
  readonly valuesWanted: boolean;
}

/**
 * Aho-Corasick with failure links and hashed transitions, over the UTF-16 units of folded text; only for values that
 * have a unit above 127, so it is small before it is quick. States of all fields are numbered through; 0 is no state.
 */
export interface WideImage {
  /** Transitions by open addressing from `wideSlot`; `from` 0 is an empty place. */
  readonly from: Int32Array;
  readonly unit: Uint16Array;
  readonly to: Int32Array;
  /** State to try next when there is no transition; a root's is 0. */
  readonly fail: Int32Array;
  /** Index into `hits` of each state's hits, 0 for none. */
  readonly hitsAt: Int32Array;
  /** Count, then that many times: length of the literal, anchors, list of truths. */
  readonly hits: Int32Array;
}

/** Bits of a wide hit's anchors: where in the text the literal must stand. */
export const anchoredAtStart = 1;
export const anchoredAtEnd = 2;

/** First place to look in a wide table with `mask + 1` places. */
export function wideSlot(state: number, unit: number, mask: number): number {
  return (Math.imul(state, 0x9e3779b1) + Math.imul(unit, 0x85ebca6b)) & mask;
}

/** A test that no automaton can do: any value of the field (or any leaf) meets any of the patterns. Asked last. */
export interface SlowTest {
  /** Number of the field, -1 for all leaves. */
  readonly field: number;
  readonly patterns: readonly Pattern[];
}
