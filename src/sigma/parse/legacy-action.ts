import { textIn } from './placed-text.ts';
import type { YamlDocument, YamlEntry, YamlMap, YamlNode } from './yaml.ts';

/**
 * The collections of Sigma 1: `action: global` is a template for the rules after it, `reset` drops it, `repeat` is the
 * rule before with changes. Maps are merged key by key, everything else is replaced; the template wins over the rule, a
 * repetition over what it repeats (pySigma, SigmaCollection.from_dicts). Only ids are another matter, since two rules
 * cannot share one: a rule's own id stands, and an inherited one goes to the first rule that inherits it.
 */
export interface LegacyActions {
  /** The document as it is meant; null when it is only a template or a reset, or its action is unknown. */
  apply(document: YamlDocument, root: YamlMap): Merged | null;
}

interface Merged {
  readonly root: YamlMap;
  /** Texts of all documents that the rule consists of. */
  readonly text: string;
}

export function createLegacyActions(): LegacyActions {
  let template: Merged | null = null;
  let previous: Merged | null = null;
  const inherited = new Set<string>();
  return {
    apply(document, root) {
      const own: Merged = { root: without(root, 'action'), text: document.text };
      switch (actionOf(root)) {
        case null: {
          const plain = root.entries.has('correlation') || root.entries.has('filter');
          if (plain) return own;
          previous = template === null ? own : withOneId(own, merged(own, template));
          return previous;
        }
        case 'global':
          template = own;
          previous = own;
          return null;
        case 'reset':
          template = null;
          return null;
        case 'repeat':
          previous = previous === null ? own : withOneId(own, merged(previous, own));
          return previous;
        default:
          return null;
      }
    },
  };

  function withOneId(own: Merged, made: Merged): Merged {
    const ownId = own.root.entries.get('id');
    if (ownId !== undefined) return { ...made, root: withEntry(made.root, 'id', ownId) };
    const id = made.root.entries.get('id');
    const text = id === undefined ? '' : textIn(id.value);
    if (inherited.has(text)) return { ...made, root: without(made.root, 'id') };
    inherited.add(text);
    return made;
  }
}

/** What `action` says, as written; null when there is none. */
export function actionOf(root: YamlMap): string | null {
  const value = root.entries.get('action')?.value;
  if (value === undefined) return null;
  return value.kind === 'scalar' ? String(value.value) : '';
}

function without(map: YamlMap, key: string): YamlMap {
  return { ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) };
}

function withEntry(map: YamlMap, key: string, entry: YamlEntry): YamlMap {
  return { ...map, entries: new Map([...map.entries, [key, entry]]) };
}

function merged(base: Merged, over: Merged): Merged {
  return { root: mergeMaps(base.root, over.root), text: `${base.text}\n---\n${over.text}` };
}

function mergeMaps(base: YamlMap, over: YamlMap): YamlMap {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const value: YamlNode =
      before?.value.kind === 'map' && entry.value.kind === 'map' ? mergeMaps(before.value, entry.value) : entry.value;
    entries.set(key, { keyAt: entry.keyAt, value });
  }
  return { ...base, entries };
}
