import { isObject, type JsonObject, objectsIn, textIn, textsIn } from './json-object.ts';
import type { IndicatorLimits } from './limits.ts';
import { createCollector, type Reading, timeOf } from './reading.ts';
import { readStixPattern } from './stix-pattern.ts';
import { atOnce } from './turns.ts';

/** Whether parsed JSON is a STIX bundle or a TAXII envelope. */
export function isStix(json: unknown): boolean {
  return isObject(json) && (json.type === 'bundle' || objectsIn(json.objects).some(({ type }) => type === 'indicator'));
}

/**
 * Indicators of STIX 2.0 and 2.1 objects. Of an object that came in several versions the newest `modified` counts. What
 * a pattern says beyond "one of these values" is not taken, and told with the object's id; other objects are passed over.
 */
export function readStix(json: JsonObject, limits: IndicatorLimits): Reading {
  return atOnce(readStixObjects(objectsIn(json.objects), limits));
}

/** Step by step, an object each: a feed's first poll brings a hundred thousand. */
export function* readStixObjects(objects: readonly JsonObject[], limits: IndicatorLimits): Generator<void, Reading> {
  const collector = createCollector(limits);
  const newest = new Map<string, JsonObject>();
  for (const object of objects) {
    yield;
    if (object.type !== 'indicator') {
      collector.passOver();
      continue;
    }
    const id = textIn(object, 'id');
    const before = newest.get(id);
    if (before === undefined || textIn(before, 'modified') <= textIn(object, 'modified')) newest.set(id, object);
  }
  for (const [id, object] of newest) {
    yield;
    const pattern = textIn(object, 'pattern');
    const type = textIn(object, 'pattern_type');
    const values = type === '' || type === 'stix' ? readStixPattern(pattern, limits) : null;
    if (values === null) {
      collector.refuse({ where: id, value: pattern, reason: 'pattern' });
      continue;
    }
    if (object.revoked === true) {
      for (const each of values) collector.revoke(each.value, hint(each.type));
      continue;
    }
    const validFromMs = timeOf(object.valid_from);
    const validUntilMs = timeOf(object.valid_until);
    if (validFromMs === null || validUntilMs === null) {
      collector.refuse({ where: id, value: pattern, reason: 'bad-time' });
      continue;
    }
    const about = {
      where: id,
      sourceId: id,
      validFromMs,
      validUntilMs,
      description: [textIn(object, 'name'), textIn(object, 'description')].filter((part) => part !== '').join(': '),
      tags: [...textsIn(object.indicator_types), ...textsIn(object.labels)],
    };
    for (const each of values) collector.take(each.value, hint(each.type), about);
  }
  return collector.finish('stix');
}

/** `ipv4-addr:value` may be a network; the value tells. */
function hint<T extends string>(type: T): Exclude<T, 'ip'> | null {
  return type === 'ip' ? null : (type as Exclude<T, 'ip'>);
}
