import type { Check } from '../check.ts';
import { mapOf, textAt } from '../document.ts';

const families: readonly string[] = ['intrusion', 'policy', 'availability', 'health'];
/** Characters of a title that a card of the board shows whole. */
const titleMax = 80;

export const vonggacAttributes: Check = {
  id: 'vonggac-attributes',
  severity: 'warning',
  finds:
    '`vonggac:`, or a rule below rules/detections, without `title_vi`; with one over 80 characters, or with an unknown `family`',
  advice:
    'See rules/README.md: title_vi is shown first on the board; family is intrusion, policy, availability or health.',
  document({ root, file, kind }, report) {
    const entry = root.entries.get('vonggac');
    const ours = kind === 'rule' && /(^|[\\/])rules[\\/]detections[\\/]/.test(file);
    if (entry === undefined && !ours) return;
    const own = mapOf(root, 'vonggac');
    const title = own === null ? null : textAt(own, 'title_vi');
    if (title === null) report(entry?.keyAt ?? root.at, 'there is no title_vi');
    else if (title.value.length > titleMax) report(title.at, `title_vi has ${title.value.length} characters`);
    const family = own === null ? null : textAt(own, 'family');
    if (family !== null && !families.includes(family.value)) {
      report(family.at, `"${family.value.slice(0, 40)}" is no family`);
    }
  },
};
