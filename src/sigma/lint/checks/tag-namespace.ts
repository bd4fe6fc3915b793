import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

const namespaces: readonly string[] = ['attack', 'car', 'cve', 'd3fend', 'detection', 'stp', 'tlp'];

export const tagNamespace: Check = {
  id: 'tag-namespace',
  severity: 'warning',
  finds: 'a namespace of tags outside the specification',
  advice: `The specification has ${namespaces.join(', ')}; own namespaces belong into a comment that switches this off.`,
  document({ root }, report) {
    for (const tag of textsAt(root, 'tags')) {
      const [namespace = '', name] = tag.value.split('.');
      if (name === undefined || namespaces.includes(namespace)) continue;
      const meant = nearest(namespace, namespaces);
      report(
        tag.at,
        `no namespace "${namespace.slice(0, 40)}"`,
        meant === null ? {} : { advice: `Did you mean ${meant}?` },
      );
    }
  },
};
