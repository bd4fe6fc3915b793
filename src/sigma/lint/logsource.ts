import { type LintDocument, mapOf, textAt } from './document.ts';

/** The log source of a document, in lower case; null for what it does not name. */
export function logsourceOf({ root }: LintDocument): {
  readonly product: string | null;
  readonly category: string | null;
  readonly service: string | null;
} {
  const map = mapOf(root, 'logsource');
  const dimension = (name: string) => (map === null ? null : (textAt(map, name)?.value.trim().toLowerCase() ?? null));
  return { product: dimension('product'), category: dimension('category'), service: dimension('service') };
}
