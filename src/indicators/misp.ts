import type { IndicatorType } from '../model/indicator.ts';
import { isObject, type JsonObject, objectsIn, textIn } from './json-object.ts';
import type { IndicatorLimits } from './limits.ts';
import { createCollector, type Reading, timeOf } from './reading.ts';

/** Attribute types, and what the parts of their value (by `|`) are; null: a part that says nothing by itself. */
const types: Readonly<Record<string, readonly (IndicatorType | null)[]>> = {
  'ip-src': ['ip'],
  'ip-dst': ['ip'],
  'ip-src|port': ['ip', null],
  'ip-dst|port': ['ip', null],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain', null],
  'domain|ip': ['domain', 'ip'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  md5: ['hash'],
  sha1: ['hash'],
  sha256: ['hash'],
  sha512: ['hash'],
  'filename|md5': [null, 'hash'],
  'filename|sha1': [null, 'hash'],
  'filename|sha256': [null, 'hash'],
  'filename|sha512': [null, 'hash'],
};

/** Events of a MISP export: one, several, or attributes as a search answers them. */
function attributesOf(json: unknown): readonly { readonly attribute: JsonObject; readonly event: JsonObject }[] {
  const tops = Array.isArray(json) ? objectsIn(json) : isObject(json) ? [json] : [];
  return tops.flatMap((top) => {
    if (isObject(top.Event)) {
      const event = top.Event;
      const inObjects = objectsIn(event.Object).flatMap((object) => objectsIn(object.Attribute));
      return [...objectsIn(event.Attribute), ...inObjects].map((attribute) => ({ attribute, event }));
    }
    if (Array.isArray(top.response)) return attributesOf(top.response);
    const search = isObject(top.response) ? top.response : top;
    return objectsIn(search.Attribute).map((attribute) => ({
      attribute,
      event: isObject(attribute.Event) ? attribute.Event : {},
    }));
  });
}

/** Whether parsed JSON is a MISP export. */
export function isMisp(json: unknown): boolean {
  return attributesOf(json).length > 0 || (isObject(json) && isObject(json.Event));
}

/** Attributes meant for detection (`to_ids`) and not deleted; the others are passed over. */
export function readMisp(json: unknown, limits: IndicatorLimits): Reading {
  const collector = createCollector(limits);
  for (const { attribute, event } of attributesOf(json)) {
    const type = textIn(attribute, 'type');
    const value = textIn(attribute, 'value');
    const id = textIn(attribute, 'uuid');
    if (attribute.to_ids !== true || attribute.deleted === true) {
      collector.passOver();
      continue;
    }
    const parts = Object.hasOwn(types, type) ? types[type] : undefined;
    if (parts === undefined) {
      collector.refuse({ where: id, value: `${type} ${value}`, reason: 'type' });
      continue;
    }
    const about = {
      where: id,
      sourceId: id,
      validFromMs: timeOf(attribute.first_seen) ?? 0,
      description: [textIn(event, 'info'), textIn(attribute, 'comment')].filter((part) => part !== '').join(': '),
      tags: objectsIn(attribute.Tag).map((tag) => textIn(tag, 'name')),
    };
    // A URL may hold a `|` of its own.
    const values = parts.length === 1 ? [value] : value.split('|');
    for (const [index, part] of parts.entries()) {
      if (part !== null) collector.take(values[index] ?? '', part === 'ip' ? null : part, about);
    }
  }
  return collector.finish('misp');
}
