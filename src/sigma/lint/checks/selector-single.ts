import { fits } from '../../lower/rule.ts';
import type { Check } from '../check.ts';
import { nodesOf } from '../condition-facts.ts';
import { replaceSelector } from '../selector.ts';

/** A check for `1 of`, `all of` with a pattern that fits exactly one selection. */
function selectorSingle(id: string, finds: string, applies: (pattern: string) => boolean): Check {
  return {
    id,
    severity: 'info',
    finds,
    advice: 'Write the name of the selection, or name the selections that were meant.',
    fixes: true,
    document(document, report) {
      for (const { tree } of document.conditions) {
        for (const node of nodesOf(tree)) {
          if (node.kind !== 'of' || !applies(node.pattern)) continue;
          const [name, second] = [...document.selections.keys()].filter((other) => fits(other, node.pattern));
          if (name === undefined || second !== undefined) continue;
          report(node.at, `"${node.pattern.slice(0, 80)}" is ${name.slice(0, 80)} alone`, {
            fix: replaceSelector(document, node, name),
          });
        }
      }
    },
  };
}

export const themSingle: Check = selectorSingle(
  'them-single',
  '`them` in a rule with one selection',
  (pattern) => pattern === 'them',
);
/** `not 1 of filter_main_*` is SigmaHQ's way of leaving room for filters to come. */
export const selectorOfOne: Check = selectorSingle(
  'selector-of-one',
  '`1 of x*` or `all of x*` where one selection fits; patterns that begin with `filter` are let be',
  (pattern) => pattern !== 'them' && !pattern.startsWith('filter'),
);
