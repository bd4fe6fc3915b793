import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { disabledIn } from '../disable-comment.ts';

/** `known` gives the ids of all checks and codes of all problems. */
export function disableUnknown(known: () => readonly string[]): Check {
  return {
    id: 'disable-unknown',
    severity: 'warning',
    finds: 'a comment that switches off a check there is not',
    advice: 'See docs/sigma-lint.md for the ids of checks.',
    document(document, report) {
      for (const { id, at } of disabledIn(document)) {
        if (known().includes(id)) continue;
        const meant = nearest(id, known());
        report(
          at,
          `there is no check "${id.slice(0, 60)}"`,
          meant === null ? {} : { advice: `Did you mean ${meant}?` },
        );
      }
    },
  };
}
