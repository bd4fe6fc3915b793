import type { ConditionTree } from '../../parse/condition.ts';
import type { Check } from '../check.ts';
import { nodesOf } from '../condition-facts.ts';

export const conditionRepeated: Check = {
  id: 'condition-repeated',
  severity: 'warning',
  finds: 'the same operand twice in one `and` or `or`, or `not not`',
  advice: 'Take one of them out, or name the selection that was meant.',
  document({ conditions }, report) {
    for (const { tree, scalar } of conditions) {
      for (const node of nodesOf(tree)) {
        if (node.kind === 'not' && node.of.kind === 'not') report(placeOf(node) ?? scalar.at, '`not` of `not`');
        if (node.kind !== 'and' && node.kind !== 'or') continue;
        const seen = new Set<string>();
        for (const part of node.of) {
          const text = JSON.stringify(part, (key, value: unknown) => (key === 'at' ? undefined : value));
          if (seen.has(text)) report(placeOf(part) ?? scalar.at, `it stands in this \`${node.kind}\` already`);
          seen.add(text);
        }
      }
    }
  },
};

function placeOf(tree: ConditionTree) {
  return nodesOf(tree).flatMap((node) => (node.kind === 'selection' || node.kind === 'of' ? [node.at] : []))[0];
}
