/** Where the parts of one statement lie, found without parsing it: only quotes, comments and brackets are understood. */
export interface SqlShape {
  /** First two words in upper case, such as `INSERT INTO`; '' for a text without a statement. */
  verb: string;
  /** True when something follows the first top-level semicolon. */
  several: boolean;
  /** Set for INSERT … FORMAT x and INSERT … VALUES. */
  insert: InsertShape | null;
}

interface InsertShape {
  /** Offset of SETTINGS, or else of FORMAT or VALUES: where a clause about the source of the data belongs. */
  sourceAt: number;
  /** Offset of FORMAT or VALUES. */
  formatAt: number;
  format: string;
  /** Offset behind the format: inline data starts here. */
  dataAt: number;
}

const token = /\s+|--[^\n]*|#[ !][^\n]*|\/\*.*?(?:\*\/|$)|\$(\w*)\$.*?\$\1\$|\w+|./sy;
const ignored = /^(?:\s|--|#[ !]|\/\*)/;

/** Finds the shape of `sql`. Inline insert data is not looked into: it may hold anything. */
export function shapeOf(sql: string): SqlShape {
  const words: string[] = [];
  let depth = 0;
  let ended = false;
  let settingsAt = -1;
  let formatAt = -1;
  let end = 0;
  for (let at = 0; at < sql.length; at = end) {
    end = endOfToken(sql, at);
    const text = sql.slice(at, end);
    if (ignored.test(text)) continue;
    if (ended) return { verb: words.join(' '), several: true, insert: null };
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    else if (text === ';') ended = true;
    if (!/^[\w(]/.test(text)) continue;
    const word = text.toUpperCase();
    if (words.length < 2) words.push(word);
    if (words[0] !== 'INSERT' || depth !== 0) continue;
    if (formatAt >= 0) return found(words, settingsAt, formatAt, text, end);
    if (word === 'VALUES') return found(words, settingsAt, at, 'Values', end);
    if (word === 'FORMAT') formatAt = at;
    else if (word === 'SETTINGS') settingsAt = at;
    else if (word === 'SELECT' || word === 'WITH') words[0] = 'INSERT SELECT';
  }
  return { verb: words.join(' '), several: false, insert: null };
}

function endOfToken(sql: string, at: number): number {
  const first = sql[at];
  if (first === "'" || first === '"' || first === '`') return endOfQuoted(sql, at, first);
  token.lastIndex = at;
  token.test(sql);
  return token.lastIndex;
}

// By hand: a pattern would need a backtracking stack as long as the literal. A doubled quote is two literals in a row
// here, which comes to the same. An open quote runs to the end: the engine will complain.
function endOfQuoted(sql: string, at: number, quote: string): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] === '\\') i++;
    else if (sql[i] === quote) return i + 1;
  }
  return sql.length;
}

function found(words: string[], settingsAt: number, formatAt: number, format: string, dataAt: number): SqlShape {
  const sourceAt = settingsAt >= 0 ? settingsAt : formatAt;
  return { verb: words.join(' '), several: false, insert: { sourceAt, formatAt, format, dataAt } };
}

/** A ClickHouse string literal that reads back as exactly `text`. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

export function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
