/**
 * The longest text that every match of an RE2 expression contains, or ''. Looks at the top level only and gives up
 * on a run at anything it does not know; wrong only in the safe direction, which a property test holds it to.
 */
export function regexLiteral(source: string, flags: string): string {
  let ignoreCase = flags.includes('i');
  let rest = source;
  const inline = /^\(\?([a-zA-Z]+)\)/.exec(rest);
  if (inline !== null) {
    if (inline[1]?.includes('i')) ignoreCase = true;
    rest = rest.slice(inline[0].length);
  }
  // Other inline flags (x is not RE2's, U only turns greed round) and quoted runs are rare: no literal is safe.
  if (/\(\?[a-zA-Z-]+[):]|\\Q/.test(rest.replaceAll('(?:', '('))) return '';
  const runs = topLevelRuns(rest, ignoreCase);
  return runs.reduce((best, run) => (run.length > best.length ? run : best), '');
}

function topLevelRuns(source: string, ignoreCase: boolean): string[] {
  const runs: string[] = [];
  let run = '';
  const end = () => {
    runs.push(run);
    run = '';
  };
  for (let i = 0; i < source.length; ) {
    const c = source.charAt(i);
    let literal: string | null = null;
    let next = i + 1;
    if (c === '|') return [];
    if (c === '(') next = endOfGroup(source, i);
    else if (c === '[') next = endOfClass(source, i);
    else if (c === '\\') {
      const escaped = source.charAt(i + 1);
      next = i + 2;
      if (/[^\p{L}\p{N}\p{Surrogate}]/u.test(escaped)) literal = escaped;
      // \x41, \x{41}, \pL, \p{Greek}, \123: skip what belongs to them.
      else
        next =
          i + (/^\\(x\{[^}]*\}|x..|[pP]\{[^}]*\}|[pP].|[0-7]{1,3}|.)/s.exec(source.slice(i, i + 64))?.[0].length ?? 2);
    } else if (c === '{' || c === '}') return [];
    // Half of a surrogate pair is no character of its own: a quantifier after it belongs to the pair.
    else if (!/[.^$*+?\p{Surrogate}]/u.test(c)) literal = c;
    if (next < 0) return [];
    const quantifier = /^(?:[*+?]|\{\d*,?\d*\})\??/.exec(source.slice(next, next + 16))?.[0] ?? '';
    if (literal === null || (ignoreCase && foldsOutward(literal))) end();
    else if (quantifier === '') run += literal;
    else {
      // One of a repeated character is certain only where the count begins at one.
      if (quantifier.startsWith('+')) run += literal;
      end();
    }
    i = next + quantifier.length;
  }
  end();
  return runs;
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
