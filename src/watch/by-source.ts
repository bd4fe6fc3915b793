export function bySource<T extends { readonly source: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const own = found.get(row.source);
    if (own === undefined) found.set(row.source, [row]);
    else own.push(row);
  }
  return found;
}
