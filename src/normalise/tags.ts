import type { FieldValue, LogsourceTags } from '../model/event.ts';
import { addMissing, type Meaning } from './compile.ts';
import { ownField } from './selector.ts';

/** Tags of one kind of record. The same object for the same tags, so that whoever sorts by them may do so by identity. */
export interface Tagged {
  /** -1 when the tags are of one record only. */
  readonly id: number;
  readonly tags: LogsourceTags;
}

/** Tag sets remembered; beyond, they are made anew each time. */
const tagSetsMax = 20_000;
/** Longest text of a record's own that is taken for a tag and remembered. */
const ownCharsMax = 128;

const none: LogsourceTags = { product: null, categories: [], services: [] };

interface Tagger {
  readonly untagged: Tagged;
  /** Tags of what the record says of itself. */
  own(fields: Readonly<Record<string, FieldValue>>): Tagged;
  /** Tags with those of a meaning behind them. */
  with(tagged: Tagged, meaning: Meaning): Tagged;
}

function text(fields: Readonly<Record<string, FieldValue>>, name: string): string {
  const value = ownField(fields, name);
  return typeof value === 'string' ? value : '';
}

export function createTagger(): Tagger {
  const untagged: Tagged = { id: 0, tags: none };
  const owns = new Map<string, Map<string, Map<string, Tagged>>>();
  const sums = new Map<number, Tagged>();
  const interned = new Map<string, Tagged>();
  let count = 1;

  /** One object for equal tags while there is room. */
  function intern(tags: LogsourceTags): Tagged {
    const key = JSON.stringify([tags.product, tags.categories, tags.services]);
    const known = interned.get(key);
    if (known !== undefined) return known;
    if (interned.size >= tagSetsMax || key.length > 1_024) return { id: -1, tags };
    const made = { id: count++, tags };
    interned.set(key, made);
    return made;
  }

  function makeOwn(product: string, category: string, service: string): Tagged {
    const tag = (word: string): string => word.trim().toLowerCase();
    const list = (word: string): string[] => (tag(word) === '' ? [] : [tag(word)]);
    return intern({ product: tag(product) || null, categories: list(category), services: list(service) });
  }

  function own(fields: Readonly<Record<string, FieldValue>>): Tagged {
    const product = text(fields, 'product');
    const category = text(fields, 'category');
    const service = text(fields, 'service');
    if (product === '' && category === '' && service === '') return untagged;
    const known = owns.get(product)?.get(category)?.get(service);
    if (known !== undefined) return known;
    const made = makeOwn(product, category, service);
    if (made.id < 0 || product.length + category.length + service.length > ownCharsMax) return made;
    if (ownCount++ >= tagSetsMax) return made;
    const byCategory = owns.get(product) ?? new Map<string, Map<string, Tagged>>();
    owns.set(product, byCategory);
    const byService = byCategory.get(category) ?? new Map<string, Tagged>();
    byCategory.set(category, byService);
    byService.set(service, made);
    return made;
  }
  let ownCount = 0;

  function withMeaning(tagged: Tagged, meaning: Meaning): Tagged {
    const key = tagged.id < 0 || meaning.id < 0 ? -1 : tagged.id * 0x100_0000 + meaning.id;
    const known = key < 0 ? undefined : sums.get(key);
    if (known !== undefined) return known;
    const { product, categories, services } = tagged.tags;
    const sum = { product: product ?? meaning.product, categories: [...categories], services: [...services] };
    addMissing(sum.categories, meaning.categories);
    addMissing(sum.services, meaning.services);
    const made = intern(sum);
    if (key >= 0 && sums.size < tagSetsMax) sums.set(key, made);
    return made;
  }

  return { untagged, own, with: withMeaning };
}
