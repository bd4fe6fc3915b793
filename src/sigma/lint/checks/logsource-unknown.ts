import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { keyPlace } from '../document.ts';
import { logsourceOf } from '../logsource.ts';
import { knownLogsources } from '../taxonomy.ts';

export const logsourceUnknown: Check = {
  id: 'logsource-unknown',
  severity: 'info',
  finds: 'a log source that the taxonomy of Sigma does not list',
  advice: 'Check the spelling: events of an unknown log source only come from mappings of your own.',
  document(document, report) {
    if (document.kind === 'correlation' || !document.root.entries.has('logsource')) return;
    const { product, category, service } = logsourceOf(document);
    if (product === null && category === null && service === null) return;
    const name = [product, category, service].map((part) => part ?? '-').join('/');
    // `category: application` stands for any product that a site knows.
    if (knownLogsources.has(name) || (category === 'application' && service === null)) return;
    const meant = nearest(name, [...knownLogsources]);
    const advice = meant === null ? {} : { advice: `Did you mean ${meant}?` };
    report(keyPlace(document, 'logsource'), `${name.slice(0, 120)} (product/category/service) is not known`, advice);
  },
};
