import type { LogsourceTags } from '../model/event.ts';

/** Whether an event's tags are of an owed kind: `product`, `product/service` or `product/category`. */
export function isOfKind(kind: string, { product, categories, services }: LogsourceTags): boolean {
  const [wanted = '', part] = kind.toLowerCase().split('/');
  if ((product ?? '').toLowerCase() !== wanted) return false;
  return part === undefined || [...categories, ...services].some((tag) => tag.toLowerCase() === part);
}

/** The tags a kind stands for when no event of it was ever seen: the part may be a service or a category. */
export function tagsOfKind(kind: string): LogsourceTags {
  const [product = '', part] = kind.toLowerCase().split('/');
  const parts = part === undefined ? [] : [part];
  return { product, categories: parts, services: parts };
}
