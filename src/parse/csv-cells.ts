/**
 * Cells of a comma-separated line (RFC 4180): a cell in double quotes may hold commas and doubled quotes; anything
 * behind its closing quote belongs to it. At most `cellsMax`; the rest is left out.
 */
export function csvCells(text: string, from: number, cellsMax: number): string[] {
  const cells: string[] = [];
  let i = from;
  while (i <= text.length && cells.length < cellsMax) {
    let value = '';
    while (text.charCodeAt(i) === 34) {
      const close = text.indexOf('"', i + 1);
      const end = close < 0 ? text.length : close;
      value += text.slice(i + 1, end);
      i = end + 1;
      // `""` inside quotes is a quote.
      if (text.charCodeAt(i) === 34) value += '"';
    }
    const comma = text.indexOf(',', i);
    const end = comma < 0 ? text.length : comma;
    value += text.slice(i, end);
    cells.push(value);
    i = end + 1;
  }
  return cells;
}
