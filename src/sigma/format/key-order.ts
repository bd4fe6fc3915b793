import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';

/** Orders of keys after the specification 2.1 and the custom of SigmaHQ. `…` is the place of all other keys. */
const documentOrder = keys(
  'title id name related taxonomy status description references author date modified license tags scope',
  'logsource detection correlation filter fields falsepositives level generate …',
);
const orders: ReadonlyMap<string, readonly string[]> = new Map([
  ['logsource', keys('product category service definition …')],
  ['detection', keys('… timeframe condition')],
  ['filter', keys('rules … condition')],
  ['correlation', keys('type rules group-by timespan aliases condition generate …')],
]);

function keys(...lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(' '));
}

/** Brings the keys of a document and of its parts into order; keys of one place keep theirs. Comments go with them. */
export function orderKeys(root: YAMLMap): void {
  for (const pair of root.items) {
    const order = orders.get(nameOf(pair));
    if (order !== undefined && isMap(pair.value)) sortItems(pair.value, order);
  }
  sortItems(root, documentOrder);
}

function sortItems(map: YAMLMap, order: readonly string[]): void {
  const place = (pair: Pair) => {
    const at = order.indexOf(nameOf(pair));
    return at < 0 ? order.indexOf('…') : at;
  };
  map.items.sort((a, b) => place(a) - place(b));
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}
