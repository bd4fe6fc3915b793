import { isIP } from 'node:net';
import type { FieldValue, SecurityEvent } from '../model/event.ts';
import type { Entity } from '../model/finding.ts';
import type { AlertLimits } from './limits.ts';

/** Fields of the Sigma taxonomy that name something an analyst pivots on; matched without case. */
const kindByField: ReadonlyMap<string, Entity['kind']> = new Map(
  (
    [
      ['user', 'User SubjectUserName TargetUserName AccountName UserName cs-username user.name userName username'],
      ['ip', 'SourceIp DestinationIp IpAddress ClientAddress c-ip src_ip dst_ip ClientIP client_ip source.ip'],
      ['file', 'TargetFilename ImageLoaded FileName cs-uri-stem file.path'],
      ['process', 'Image ParentImage SourceImage TargetImage NewProcessName process.executable'],
    ] as const
  ).flatMap(([kind, names]) => names.split(' ').map((name) => [name.toLowerCase(), kind] as const)),
);

/** Fields that say who is at the other end, in order of preference. */
const sourceAddressFields: readonly string[] = [
  'c-ip',
  'SourceIp',
  'src_ip',
  'IpAddress',
  'client_ip',
  'ClientIP',
  'source.ip',
];

/** What logs write when there is nothing to say. */
const blank = new Set(['', '-', 'n/a', 'null', '(null)', 'unknown', '::', '0.0.0.0']);

/**
 * What the events name, each once, in the order of the events; at most `entitiesMax` texts of at most
 * `entityCharsMax` characters (longer ones end in '…'). Goes on from `before`, so that a longer list of events needs
 * only its new ones: entitiesOf(a ++ b) = entitiesOf(b, entitiesOf(a)).
 */
export function entitiesOf(
  events: readonly SecurityEvent[],
  limits: AlertLimits,
  before: readonly Entity[] = [],
): Entity[] {
  const found = new Map(before.map((entity) => [keyOf(entity.kind, entity.value), entity]));
  const add = (kind: Entity['kind'], value: string): void => {
    if (found.size >= limits.entitiesMax || blank.has(value.trim().toLowerCase())) return;
    const text = bounded(value.trim(), limits.entityCharsMax);
    const key = keyOf(kind, text);
    if (!found.has(key)) found.set(key, { kind, value: text });
  };
  for (const event of events) {
    add('host', event.host);
    for (const [name, value] of Object.entries(event.fields)) {
      const kind = kindByField.get(name.toLowerCase());
      if (kind === undefined) continue;
      for (const text of textsOf(value)) if (kind !== 'ip' || isIP(text) !== 0) add(kind, text);
    }
  }
  return [...found.values()];
}

function keyOf(kind: Entity['kind'], text: string): string {
  return `${kind} ${text.toLowerCase()}`;
}

/** The address the event says it comes from; '' when it names none. */
export function sourceAddressOf(event: Pick<SecurityEvent, 'fields'>): string {
  for (const name of sourceAddressFields) {
    const value = event.fields[name];
    if (typeof value === 'string' && isIP(value) !== 0 && !blank.has(value)) return value;
  }
  return '';
}

function textsOf(value: FieldValue): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.slice(0, 8).filter((each) => typeof each === 'string') : [];
}

function bounded(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const cut = text.slice(0, charsMax - 1);
  // Half a surrogate pair is no character.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
