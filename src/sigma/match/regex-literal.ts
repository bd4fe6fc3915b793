/** Texts that one place of an expression may turn into before it is not worth following any more. */
const variantsMax = 16;

/**
 * What every match of an RE2 expression contains: of each list at least one text; [] when nothing is known. Follows what
 * is matched for certain, with the alternatives of plain groups such as (cmd|sh), and gives up on a run at anything it
 * does not know; wrong only in the safe direction, which a property test holds it to.
 */
export function regexLiterals(source: string, flags: string): readonly (readonly string[])[] {
  let ignoreCase = flags.includes('i');
  let rest = source;
  const inline = /^\(\?([a-zA-Z]+)\)/.exec(rest);
  if (inline !== null) {
    if (inline[1]?.includes('i')) ignoreCase = true;
    rest = rest.slice(inline[0].length);
  }
  // Other inline flags (x is not RE2's, U only turns greed round) and quoted runs are rare: no literal is safe.
  if (/\(\?[a-zA-Z-]+[):]|\\Q/.test(rest.replaceAll('(?:', '('))) return [];
  const found = new Runs(ignoreCase);
  return found.follow(rest) ? found.taken() : [];
}

/** Runs of literal text between what is not; each is a list of the texts it may be. */
class Runs {
  readonly #ignoreCase: boolean;
  readonly #runs: string[][] = [];
  #run: string[] = [''];

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  taken(): string[][] {
    this.#end();
    return this.#runs;
  }

  /** Takes in an expression that is matched once behind what came before; false: nothing is certain. */
  follow(source: string): boolean {
    for (let i = 0; i < source.length; ) {
      const { texts, next } = atomAt(source, i, this.#ignoreCase);
      if (next < 0) return false;
      const quantifier = /^(?:[*+?]|\{\d*,?\d*\})\??/.exec(source.slice(next, next + 16))?.[0] ?? '';
      // One of a repeated atom is certain only where the count begins at one.
      const certain = quantifier === '' || quantifier.startsWith('+');
      if (certain && texts !== null) this.#append(texts);
      else if (!certain || !this.#enter(source.slice(i, next))) this.#end();
      if (quantifier !== '') this.#end();
      i = next + quantifier.length;
    }
    return true;
  }

  #append(texts: readonly string[]): void {
    if (this.#run.length * texts.length > variantsMax) this.#end();
    this.#run = this.#run.flatMap((text) => texts.map((more) => text + more));
  }

  /** What a group holds, followed as if it stood there without brackets; false, and nothing taken in, where that is not so. */
  #enter(atom: string): boolean {
    const inner = /^\((?:\?:|(?!\?))(.*)\)$/s.exec(atom)?.[1];
    if (inner === undefined) return false;
    const runs = this.#runs.length;
    const run = this.#run;
    if (this.follow(inner)) return true;
    this.#runs.length = runs;
    this.#run = run;
    return false;
  }

  #end(): void {
    if (!this.#run.includes('')) this.#runs.push(this.#run);
    this.#run = [''];
  }
}

/** What one atom may match as plain texts (null: not known), and where the next begins; below 0: give up. */
function atomAt(
  source: string,
  i: number,
  ignoreCase: boolean,
): { readonly texts: readonly string[] | null; readonly next: number } {
  const c = source.charAt(i);
  const literal = (text: string, next: number) => ({
    texts: ignoreCase && foldsOutward(text) ? null : [text],
    next,
  });
  const unknown = (next: number) => ({ texts: null, next });
  if (c === '|' || c === '{' || c === '}') return unknown(-1);
  if (c === '(') {
    const next = endOfGroup(source, i);
    const inner = /^\((?:\?:)?([\w\s\-"'&;,=<>/:@#%!~`]+(?:\|[\w\s\-"'&;,=<>/:@#%!~`]+)*)\)$/.exec(
      source.slice(i, next),
    );
    if (next < 0 || inner === null) return unknown(next);
    const texts = (inner[1] ?? '').split('|');
    return { texts: ignoreCase && texts.some((text) => [...text].some(foldsOutward)) ? null : texts, next };
  }
  if (c === '[') return unknown(endOfClass(source, i));
  if (c === '\\') {
    const escaped = source.charAt(i + 1);
    if (/[^\p{L}\p{N}\p{Surrogate}]/u.test(escaped)) return literal(escaped, i + 2);
    const control = { n: '\n', r: '\r', t: '\t' }[escaped];
    if (control !== undefined) return literal(control, i + 2);
    // \x41, \x{41}, \pL, \p{Greek}, \123: skip what belongs to them.
    const whole = /^\\(x\{[^}]*\}|x..|[pP]\{[^}]*\}|[pP].|[0-7]{1,3}|.)/s.exec(source.slice(i, i + 64))?.[0];
    return unknown(i + (whole?.length ?? 2));
  }
  // Half of a surrogate pair is no character of its own: a quantifier after it belongs to the pair.
  return /[.^$*+?\p{Surrogate}]/u.test(c) ? unknown(i + 1) : literal(c, i + 1);
}

/** Under (?i) RE2 also matches K (Kelvin) for k and ſ for s, and Unicode case pairs our fold does not join. */
function foldsOutward(c: string): boolean {
  return /[kKsS]/.test(c) || c.charCodeAt(0) > 127;
}

function endOfGroup(source: string, open: number): number {
  let depth = 0;
  for (let i = open; i < source.length; i++) {
    const c = source.charAt(i);
    if (c === '\\') i++;
    else if (c === '[') {
      i = endOfClass(source, i) - 1;
      if (i < 0) return -1;
    } else if (c === '(') depth++;
    else if (c === ')' && --depth === 0) return i + 1;
  }
  return -1;
}

function endOfClass(source: string, open: number): number {
  let i = open + 1;
  if (source.charAt(i) === '^') i++;
  if (source.charAt(i) === ']') i++;
  for (; i < source.length; i++) {
    const c = source.charAt(i);
    if (c === '\\') i++;
    else if (c === '[' && source.charAt(i + 1) === ':') i = source.indexOf(':]', i) + 1 || source.length;
    else if (c === ']') return i + 1;
  }
  return -1;
}
