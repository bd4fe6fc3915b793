import type { FieldValue } from '../model/event.ts';
import { parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, textOf, understood } from './record.ts';

type Fields = Record<string, FieldValue>;
type Scalar = string | number | boolean | null;

/** Attributes of an XML element in the dialects of the converters: `#attributes`, `@Name`, or a sibling `X_attributes`. */
function attribute(parent: JsonObject, element: string, name: string): unknown {
  const node = parent[element];
  if (isObject(node)) {
    const attributes = node['#attributes'];
    if (isObject(attributes)) return attributes[name];
    return node[`@${name}`] ?? node[name];
  }
  const beside = parent[`${element}_attributes`];
  return isObject(beside) ? beside[name] : undefined;
}

/** Text content of an element, with or without attributes beside it. */
function content(node: unknown): FieldValue | undefined {
  if (isObject(node)) return content(node['#text']);
  if (Array.isArray(node)) return node.filter((member) => !isObject(member) && !Array.isArray(member));
  return node as Scalar | undefined;
}

function isName(text: unknown): text is string {
  return typeof text === 'string' && text !== '';
}

/** One unnamed or named `<Data>`: what has no name gathers under `Data`, which is where rules look for it. */
function addData(fields: Fields, node: unknown): void {
  const members = Array.isArray(node) ? node : [node];
  const unnamed: FieldValue[] = [];
  let isList = Array.isArray(node);
  for (const member of members) {
    if (isObject(member)) {
      const attributes = member['#attributes'];
      const name = (isObject(attributes) ? attributes.Name : undefined) ?? member['@Name'] ?? member.Name;
      const value = content(member);
      if (isName(name)) setField(fields, name, value ?? null);
      else if (Array.isArray(value)) {
        isList = true;
        for (const inner of value) unnamed.push(inner);
      } else unnamed.push(value ?? null);
    } else if (!Array.isArray(member)) unnamed.push(member as Scalar);
  }
  const only = unnamed[0];
  if (unnamed.length > 1 || (isList && unnamed.length === 1)) fields.Data = unnamed;
  else if (only !== undefined) fields.Data = only;
}

function addAttributes(fields: Fields, owner: string, attributes: unknown): void {
  if (!isObject(attributes)) return;
  for (const key in attributes) {
    if (!key.startsWith('xmlns')) setField(fields, `${owner}_${key}`, content(attributes[key]) ?? null);
  }
}

/** Children of a data section by their names; attributes as `Element_attribute`, inner elements dotted. */
function addSection(
  fields: Fields,
  node: JsonObject,
  prefix: string,
  owner: string,
  depth: number,
  limits: ParseLimits,
): string {
  if (depth > limits.depthMax) return 'nested-too-deep';
  for (const name in node) {
    const value = node[name];
    if (name === '#attributes') addAttributes(fields, owner, value);
    else if (name === 'Data') addData(fields, value);
    else if (name === '#text') setField(fields, owner, content(value) ?? null);
    else if (isObject(value)) {
      const path = prefix + name;
      const reason = addSection(fields, value, `${path}.`, path, depth + 1, limits);
      if (reason !== '') return reason;
    } else setField(fields, prefix + name, content(value) ?? null);
  }
  return '';
}

/** UserData holds one element of the provider's own, and that one holds the values. */
function addUserSection(fields: Fields, section: JsonObject, limits: ParseLimits): string {
  for (const element in section) {
    const inner = section[element];
    if (element === '#attributes') continue;
    if (!isObject(inner)) setField(fields, element, content(inner) ?? null);
    else {
      const reason = addSection(fields, inner, '', element, 2, limits);
      if (reason !== '') return reason;
    }
  }
  return '';
}

const systemNames: readonly string[] = ['Version', 'Level', 'Task', 'Opcode', 'Keywords', 'EventRecordID'];

/** Whether a JSON object is a rendered Windows event: `{Event:{System:…}}`, or the inner object alone. */
export function isEvtxJson(object: JsonObject): boolean {
  const event = isObject(object.Event) ? object.Event : object;
  return isObject(event.System) && (event.System.EventID !== undefined || event.System.Provider !== undefined);
}

/**
 * A Windows event as JSON, as evtx_dump and its relatives write it. System values get Sigma's names (`Provider_Name`,
 * `EventID`, `Channel`, `Computer`, `Security_UserID`). A value of the event's own data wins over a System value of
 * the same name (event 104 names the cleared log `Channel`), but never over EventID, Provider_Name and Computer, by
 * which rules say what the event is.
 */
export function parseEvtxJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const event = isObject(object.Event) ? object.Event : object;
  const system = event.System;
  if (!isObject(system)) return notUnderstood('evtx-without-system');
  const provider = textOf(attribute(system, 'Provider', 'Name'));
  const eventId = content(system.EventID) ?? null;
  const channel = textOf(content(system.Channel));
  const computer = textOf(content(system.Computer));
  const fields: Fields = {};
  if (provider !== '') fields.Provider_Name = provider;
  if (eventId !== null) fields.EventID = eventId;
  if (channel !== '') fields.Channel = channel;
  if (computer !== '') fields.Computer = computer;
  for (const name of systemNames) {
    const value = content(system[name]);
    if (value !== undefined && value !== null) fields[name] = value;
  }
  const user = textOf(attribute(system, 'Security', 'UserID'));
  if (user !== '') fields.Security_UserID = user;
  const process = attribute(system, 'Execution', 'ProcessID');
  if (process !== undefined) fields.Execution_ProcessID = content(process) ?? null;
  const thread = attribute(system, 'Execution', 'ThreadID');
  if (thread !== undefined) fields.Execution_ThreadID = content(thread) ?? null;

  for (const section in event) {
    const node = event[section];
    if (section === 'System' || section === '#attributes' || section === 'RenderingInfo' || !isObject(node)) continue;
    const reason =
      section === 'EventData' ? addSection(fields, node, '', section, 1, limits) : addUserSection(fields, node, limits);
    if (reason !== '') return notUnderstood(reason);
  }
  if (provider !== '') fields.Provider_Name = provider;
  if (eventId !== null) fields.EventID = eventId;
  if (computer !== '') fields.Computer = computer;
  if (Object.keys(fields).length > limits.keysMax) return notUnderstood('too-many-fields');
  const rendering = event.RenderingInfo;
  return understood({
    parser: 'evtx-json',
    timeMs: parseTimeText(textOf(attribute(system, 'TimeCreated', 'SystemTime')), 0),
    host: computer,
    channel,
    provider,
    eventId: textOf(eventId),
    message: isObject(rendering) ? textOf(rendering.Message) : '',
    fields,
  });
}
