import type { Value } from '../../lower/ir.ts';
import type { YamlScalar } from '../../parse/yaml.ts';
import type { Check } from '../check.ts';
import type { LintItem } from '../document.ts';
import { valueCovers } from '../text-cover.ts';

/** Pairs of values compared in one list; longer lists (hashes) hold no such values. */
const pairsMax = 250_000;

export const valueCovered: Check = {
  id: 'value-covered',
  severity: 'info',
  finds: 'a value that another of its list makes needless: `foobar` beside `foo` under contains',
  advice: 'Take the narrower one out (under `all` the wider one), or narrow the other.',
  fixes: true,
  item(item, report) {
    if (item.ir === null || item.ir.values.length !== item.tree.values.length) return;
    const values = item.ir.values.map((value, i) => ({ value, scalar: item.tree.values[i] }));
    if (values.length ** 2 > pairsMax) return;
    const needlessBy = (a: Value, b: Value) => (item.ir?.link === 'all' ? valueCovers(b, a) : valueCovers(a, b));
    for (const b of values) {
      // Equal values are value-duplicate's; here one side must be strictly wider.
      const a = values.find(
        (other) => other !== b && needlessBy(other.value, b.value) && !needlessBy(b.value, other.value),
      );
      if (a?.scalar === undefined || b.scalar === undefined) continue;
      report(b.scalar.at, `line ${a.scalar.at.line} makes the value needless`, { fix: fixOf(item, b.scalar) });
    }
  },
};

function fixOf({ document }: LintItem, scalar: YamlScalar) {
  return document.source.removeEntry(scalar);
}
