import type { Check } from '../check.ts';
import { nodesOf } from '../condition-facts.ts';

export const allOfThem: Check = {
  id: 'all-of-them',
  severity: 'info',
  finds: '`all of them`',
  advice: 'Write `all of selection_*`: a filter added later would become part of "them".',
  document({ conditions }, report) {
    for (const { tree } of conditions) {
      for (const node of nodesOf(tree)) {
        if (node.kind === 'of' && node.quantifier === 'all' && node.pattern === 'them')
          report(node.at, '`all of them`');
      }
    }
  },
};
