/** Different tuples of one length have different texts; a tuple of one is its member. */
export function tupleText(values: readonly string[]): string {
  if (values.length === 1) return values[0] ?? '';
  let text = '';
  for (const value of values) text += `${value.length}:${value}`;
  return text;
}

/** What a tuple of `length` members was made of. */
export function tupleMembers(text: string, length: number): string[] {
  if (length === 1) return [text];
  const members: string[] = [];
  let at = 0;
  while (members.length < length) {
    const colon = text.indexOf(':', at);
    const end = colon + 1 + Number(text.slice(at, colon));
    members.push(text.slice(colon + 1, end));
    at = end;
  }
  return members;
}
