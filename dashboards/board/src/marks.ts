/** Cuts a value into plain and matched pieces; spans come from the server and are not trusted to fit or to be sorted. */
export interface Piece {
  readonly text: string;
  readonly matched: boolean;
}

export function pieces(value: string, spans: readonly (readonly [number, number])[]): readonly Piece[] {
  const sorted = spans
    .map(([start, length]) => [Math.max(0, start), Math.min(value.length, start + length)] as const)
    .filter(([from, to]) => to > from)
    .sort((a, b) => a[0] - b[0]);
  const out: Piece[] = [];
  let at = 0;
  for (const [from, to] of sorted) {
    if (to <= at) continue;
    const begin = Math.max(from, at);
    if (begin > at) out.push({ text: value.slice(at, begin), matched: false });
    out.push({ text: value.slice(begin, to), matched: true });
    at = to;
  }
  if (at < value.length || out.length === 0) out.push({ text: value.slice(at), matched: false });
  return out;
}
