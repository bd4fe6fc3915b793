/** Where the parts of one statement lie, found without parsing it: only quotes, comments and brackets are understood. */
export interface SqlShape {
  /** First two words in upper case, such as `INSERT INTO`; '' for a text without a statement. */
  verb: string;
  /** True when something follows the first top-level semicolon. */
  several: boolean;
  /** Set for INSERT … FORMAT x and INSERT … VALUES. */
  insert: InsertShape | null;
}

export interface InsertShape {
  /** Offset of SETTINGS, or else of FORMAT or VALUES: where a clause about the source of the data belongs. */
  sourceAt: number;
  /** Offset of FORMAT or VALUES. */
  formatAt: number;
  format: string;
  /** Offset behind the format: inline data starts here. */
  dataAt: number;
}

const token =
  /\s+|--[^\n]*|#[ !][^\n]*|\/\*.*?(?:\*\/|$)|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`|\$(\w*)\$.*?\$\1\$|\w+|./sy;

/** Finds the shape of `sql`. Inline insert data is not looked into: it may hold anything. */
export function shapeOf(sql: string): SqlShape {
  const words: string[] = [];
  let depth = 0;
  let ended = false;
  let settingsAt = -1;
  let formatAt = -1;
  token.lastIndex = 0;
  for (let at = 0; at < sql.length; at = token.lastIndex) {
    token.lastIndex = at;
    const text = token.exec(sql)?.[0];
    if (text === undefined) break;
    if (/^(?:\s|--|#[ !]|\/\*)/.test(text)) continue;
    if (ended) return { verb: words.slice(0, 2).join(' '), several: true, insert: null };
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    else if (text === ';' && depth <= 0) ended = true;
    if (!/^\w/.test(text) && text !== '(') continue;
    const word = text.toUpperCase();
    if (words.length < 2) words.push(word);
    if (words[0] !== 'INSERT' || depth !== 0 || /^[("]/.test(word)) continue;
    if (formatAt >= 0) return found(words, settingsAt, formatAt, text, token.lastIndex);
    if (word === 'VALUES') return found(words, settingsAt, at, 'Values', token.lastIndex);
    if (word === 'FORMAT') formatAt = at;
    else if (word === 'SETTINGS') settingsAt = at;
    else if (word === 'SELECT' || word === 'WITH') words[0] = 'INSERT SELECT';
  }
  return { verb: words.slice(0, 2).join(' '), several: false, insert: null };
}

function found(words: string[], settingsAt: number, formatAt: number, format: string, dataAt: number): SqlShape {
  const sourceAt = settingsAt >= 0 ? settingsAt : formatAt;
  return { verb: words.slice(0, 2).join(' '), several: false, insert: { sourceAt, formatAt, format, dataAt } };
}

/** A ClickHouse string literal that reads back as exactly `text`. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

export function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
