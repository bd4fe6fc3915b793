/** Texts that one place of an expression may turn into before it is not worth following any more. */
const variantsMax = 16;

/**
 * Texts of which every match of an RE2 expression contains at least one; [] when none is known. Follows the top level
 * only, with the alternatives of plain groups such as (cmd|sh), and gives up on a run at anything it does not know;
 * wrong only in the safe direction, which a property test holds it to.
 */
export function regexLiterals(source: string, flags: string): readonly string[] {
  let ignoreCase = flags.includes('i');
  let rest = source;
  const inline = /^\(\?([a-zA-Z]+)\)/.exec(rest);
  if (inline !== null) {
    if (inline[1]?.includes('i')) ignoreCase = true;
    rest = rest.slice(inline[0].length);
  }
  // Other inline flags (x is not RE2's, U only turns greed round) and quoted runs are rare: no literal is safe.
  if (/\(\?[a-zA-Z-]+[):]|\\Q/.test(rest.replaceAll('(?:', '('))) return [];
  let best: readonly string[] = [];
  for (const run of topLevelRuns(rest, ignoreCase)) if (worth(run) > worth(best)) best = run;
  return best;
}

/** The shorter the shortest text and the more texts there are, the more is met by chance. */
function worth(run: readonly string[]): number {
  return run.length === 0 ? 0 : Math.min(...run.map((text) => text.length)) - Math.log2(run.length) / 4;
}

/** Runs of literal text between what is not; each is a list of the texts it may be. */
function topLevelRuns(source: string, ignoreCase: boolean): string[][] {
  const runs: string[][] = [];
  let run: string[] = [''];
  const end = () => {
    if (!run.includes('')) runs.push(run);
    run = [''];
  };
  for (let i = 0; i < source.length; ) {
    const { texts, next } = atomAt(source, i, ignoreCase);
    if (next < 0) return [];
    const quantifier = /^(?:[*+?]|\{\d*,?\d*\})\??/.exec(source.slice(next, next + 16))?.[0] ?? '';
    // One of a repeated atom is certain only where the count begins at one.
    const certain = texts !== null && (quantifier === '' || quantifier.startsWith('+'));
    if (certain && run.length * texts.length > variantsMax) end();
    if (certain) run = run.flatMap((text) => texts.map((more) => text + more));
    if (!certain || quantifier !== '') end();
    i = next + quantifier.length;
  }
  end();
  return runs;
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
