/**
 * Classes of UTF-16 units for the ASCII automata: one a folded character that some literal holds, the most frequent
 * first, so that the cells that are read most lie side by side in a row.
 */
export interface Classes {
  /** See EngineImage.classes. */
  readonly table: Uint8Array;
  /** Classes in use, 0 included. */
  readonly count: number;
}

export function classesOf(literals: Iterable<string>): Classes {
  const counts = new Float64Array(128);
  for (const literal of literals) {
    for (let i = 0; i < literal.length; i++) {
      const unit = literal.charCodeAt(i);
      counts[unit] = (counts[unit] ?? 0) + 1;
    }
  }
  const used = [...counts.keys()].filter((unit) => counts[unit] !== 0);
  used.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const table = new Uint8Array(65_536);
  for (const [i, unit] of used.entries()) {
    table[unit] = i + 1;
    const upper = String.fromCharCode(unit).toUpperCase().charCodeAt(0);
    if (upper < 128) table[upper] = i + 1;
  }
  return { table, count: used.length + 1 };
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
