import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

const form = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;

export const tagFormat: Check = {
  id: 'tag-format',
  severity: 'warning',
  finds: 'a tag that is not `namespace.name` in lower case letters, digits, `-` and `_`',
  advice: 'Write tags as namespace.name, for example attack.t1059.001.',
  fixes: true,
  document({ root, source }, report) {
    for (const tag of textsAt(root, 'tags')) {
      // D3FEND artifacts have capitals by the specification (d3fend.d3f-WindowsNtOpenFile).
      const text = tag.value.startsWith('d3fend.') ? tag.value.toLowerCase() : tag.value;
      if (form.test(text)) continue;
      const lower = tag.value.trim().toLowerCase();
      const fix = form.test(lower) ? source.setScalar(tag, lower) : null;
      report(tag.at, `"${tag.value.slice(0, 60)}" is not of the form of tags`, { fix });
    }
  },
};
