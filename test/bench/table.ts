export type Cell = string | number;

/** Prints rows under their headings: text to the left, numbers to the right with separators between thousands. */
export function printTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map((row) => row.map(textOf));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const numeric = headings.map((_, i) => rows.every((row) => typeof row[i] === 'number' || row[i] === ''));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)));
    return `| ${padded.join(' | ')} |`;
  };
  console.log(line(headings));
  console.log(
    `|${widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`,
  );
  for (const row of texts) console.log(line(row));
}

/** A sentence between tables: a caveat, a skip and its reason. */
export function say(text: string): void {
  console.log(text);
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  const digits = Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2;
  return cell.toLocaleString('en-GB', { maximumFractionDigits: digits });
}
