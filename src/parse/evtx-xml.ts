import type { ParseOutcome } from '../model/record.ts';
import { isEvtxJson, parseEvtxJson } from './evtx-json.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood } from './record.ts';

const attribute = /([\w:.-]{1,256})\s{0,64}=\s{0,64}(?:"([^"]*)"|'([^']*)')/g;
const entity = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(entity, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff) ? whole : String.fromCodePoint(point);
  });
}

function put(node: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(node, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A second element of a name makes a list of both. */
function add(parent: JsonObject, name: string, value: unknown): void {
  const before = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (Array.isArray(before)) before.push(value);
  else put(parent, name, before === undefined ? value : [before, value]);
}

function attributesOf(text: string): JsonObject | null {
  let found: JsonObject | null = null;
  for (const [, name = '', double, single] of text.matchAll(attribute)) {
    found ??= {};
    put(found, name, decoded(double ?? single ?? ''));
  }
  return found;
}

interface Open {
  readonly name: string;
  readonly node: JsonObject;
  text: string;
  hasChildren: boolean;
}

/** Elements that hold text only are that text, others an object with `#attributes` and `#text`, as evtx_dump has it. */
function closed({ node, text, hasChildren }: Open): unknown {
  if (hasChildren) return node;
  const said = decoded(text);
  if (!Object.hasOwn(node, '#attributes')) return said;
  put(node, '#text', said);
  return node;
}

type Tree = { readonly root: JsonObject; readonly reason: '' } | { readonly root: null; readonly reason: string };

/**
 * XML without document type, namespaces or processing, in one pass: what Windows renders an event to. Elements are bounded
 * in number and depth.
 */
function readXml(text: string, limits: ParseLimits): Tree {
  const root: JsonObject = {};
  const stack: Open[] = [{ name: '', node: root, text: '', hasChildren: true }];
  let elements = 0;
  let i = 0;
  const refuse = (reason: string): Tree => ({ root: null, reason });
  while (i < text.length) {
    const top = stack.at(-1);
    if (top === undefined) return refuse('xml-unbalanced');
    const tag = text.indexOf('<', i);
    top.text += text.slice(i, tag < 0 ? text.length : tag);
    if (tag < 0) break;
    if (text.startsWith('<!--', tag) || text.startsWith('<?', tag)) {
      const close = text.startsWith('<?', tag) ? '?>' : '-->';
      const end = text.indexOf(close, tag + 2);
      if (end < 0) return refuse('xml-unclosed');
      i = end + close.length;
      continue;
    }
    if (text.startsWith('<![CDATA[', tag)) {
      const end = text.indexOf(']]>', tag);
      if (end < 0) return refuse('xml-unclosed');
      top.text += text.slice(tag + 9, end).replaceAll('&', '&amp;');
      i = end + 3;
      continue;
    }
    if (text[tag + 1] === '!') return refuse('xml-document-type');
    const end = text.indexOf('>', tag);
    if (end < 0) return refuse('xml-unclosed');
    i = end + 1;
    if (text[tag + 1] === '/') {
      stack.pop();
      const parent = stack.at(-1);
      if (parent === undefined || text.slice(tag + 2, end).trim() !== top.name) return refuse('xml-unbalanced');
      add(parent.node, top.name, closed(top));
      continue;
    }
    const isEmpty = text[end - 1] === '/';
    const inside = text.slice(tag + 1, isEmpty ? end - 1 : end);
    const name = /^[\w:.-]{1,256}/.exec(inside)?.[0];
    if (name === undefined) return refuse('xml-name');
    if (++elements > limits.keysMax) return refuse('too-many-fields');
    if (stack.length > limits.depthMax) return refuse('nested-too-deep');
    const open: Open = { name, node: {}, text: '', hasChildren: false };
    const attributes = attributesOf(inside.slice(name.length));
    if (attributes !== null) put(open.node, '#attributes', attributes);
    top.hasChildren = true;
    if (isEmpty) add(top.node, name, closed(open));
    else stack.push(open);
  }
  return stack.length === 1 ? { root, reason: '' } : refuse('xml-unclosed');
}

const figures: readonly string[] = ['EventID', 'Version', 'Level', 'Task', 'Opcode', 'EventRecordID'];

/** Figures of the System section are numbers in JSON, so they are here. */
function withFigures(system: JsonObject): void {
  for (const name of figures) {
    const value = system[name];
    const holder = isObject(value) ? value : system;
    const key = isObject(value) ? '#text' : name;
    const said = holder[key];
    if (typeof said === 'string' && /^\d{1,15}$/.test(said)) holder[key] = Number(said);
  }
}

/** A Windows event as XML, as Event Viewer, wevtutil and forwarders render it; from there on it is read as `evtx-json`. */
function parseEvtxXml(text: string, limits: ParseLimits): ParseOutcome {
  const { root, reason } = readXml(text, limits);
  if (root === null) return notUnderstood(reason);
  if (!isEvtxJson(root)) return notUnderstood('evtx-without-system');
  const event = isObject(root.Event) ? root.Event : root;
  if (isObject(event.System)) withFigures(event.System);
  return parseEvtxJson(root, limits);
}

export const evtxXmlFormat: LineFormat = {
  id: 'evtx-xml',
  starts: '<',
  looksLike: (text) => text.startsWith('<Event ') || text.startsWith('<Event>'),
  parse: (text, _receivedTimeMs, limits) => parseEvtxXml(text, limits),
  lines: { isStart: (line) => /^\s{0,64}<Event[ >]/.test(line) },
};

export const evtxXmlBody: BodyFormat = {
  id: 'evtx-json',
  programs: [],
  looksLike: (body) => body.startsWith('<Event ') || body.startsWith('<Event>'),
  parse: (body, _program, _receivedTimeMs, limits) => parseEvtxXml(body, limits),
};
