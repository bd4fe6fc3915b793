import { Cursor, EvtxDamage } from './cursor.ts';
import { binXmlType, type EvtxValue, readValue } from './value.ts';

/**
 * Binary XML of event logs ([MS-EVEN6] 2.2.12): a token stream, most of it templates with numbered places that each
 * record fills with values of its own. Offsets count from the chunk's beginning.
 */

export interface Element {
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly content: readonly Part[] }[];
  readonly content: readonly Part[];
}

/** A piece of content: an element, a text, or the number of a value that the record brings. */
export type Part = Element | string | Place;

export interface Place {
  readonly place: number;
}

/** What a record says: its root's parts, and the values for the places in them. */
export interface Fragment {
  readonly parts: readonly Part[];
  readonly values: readonly (EvtxValue | Fragment)[];
}

/** What the records of one chunk share. */
export interface ChunkContext {
  readonly bytes: Uint8Array;
  readonly templates: Map<number, readonly Part[]>;
  readonly names: Map<number, string>;
}

/** Elements inside elements; deeper ones are damage, no provider nests like this. */
const depthMax = 64;
/** A flag of OpenStartElement, Attribute and others that says more follow; it carries nothing the tree needs. */
const moreFlag = 0x40;

const token = {
  end: 0x00,
  openStart: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  charRef: 0x08,
  entityRef: 0x09,
  piTarget: 0x0a,
  piData: 0x0b,
  template: 0x0c,
  place: 0x0d,
  optionalPlace: 0x0e,
  fragment: 0x0f,
} as const;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the fragment that begins at the cursor. Throws EvtxDamage. `depth` counts fragments within fragments. */
export function readFragment(cursor: Cursor, chunk: ChunkContext, depth = 0): Fragment {
  if (depth > depthMax) throw new EvtxDamage('nested-too-deep');
  skipFragmentHeader(cursor);
  if (cursor.at < cursor.end && cursor.peek() === token.template) return readTemplateInstance(cursor, chunk, depth);
  // Only elements of templates carry a dependency number.
  return { parts: readContent(cursor, chunk, false, 0), values: [] };
}

function skipFragmentHeader(cursor: Cursor): void {
  while (cursor.at < cursor.end && cursor.peek() === token.fragment) cursor.take(4);
}

function readTemplateInstance(cursor: Cursor, chunk: ChunkContext, depth: number): Fragment {
  cursor.take(2); // token, and a byte of unknown use
  cursor.take(4); // the template's short id; its place says the same
  const place = cursor.u32();
  const parts = templateAt(place, cursor, chunk);
  const count = cursor.u32();
  if (count > 0xffff) throw new EvtxDamage('values-too-many');
  const kinds = Array.from({ length: count }, () => {
    const kind = { length: cursor.u16(), type: cursor.u8() };
    cursor.take(1);
    return kind;
  });
  const values = kinds.map(({ length, type }): EvtxValue | Fragment => {
    if (type !== binXmlType) return readValue(cursor, type, length);
    const from = cursor.take(length);
    if (length === 0) return null;
    return readFragment(new Cursor(cursor.bytes, from, from + length), chunk, depth + 1);
  });
  return { parts: parts ?? unknownTemplate(values.length), values };
}

/** The parts of a template; null when its definition is not in this chunk any more. */
function templateAt(place: number, cursor: Cursor, chunk: ChunkContext): readonly Part[] | null {
  const headerBytes = 24;
  const isInline = place === cursor.at;
  const known = chunk.templates.get(place);
  if (!isInline && known !== undefined) return known;
  if (place + headerBytes > chunk.bytes.length) return null;
  const header = new Cursor(chunk.bytes, place);
  header.take(headerBytes - 4);
  const length = header.u32();
  if (isInline) cursor.take(headerBytes + length);
  const parts = known ?? readTemplate(new Cursor(chunk.bytes, header.at, header.at + length), chunk);
  if (parts !== null) chunk.templates.set(place, parts);
  return parts;
}

function readTemplate(cursor: Cursor, chunk: ChunkContext): readonly Part[] | null {
  try {
    skipFragmentHeader(cursor);
    return readContent(cursor, chunk, true, 0);
  } catch (error) {
    if (error instanceof EvtxDamage) return null;
    throw error;
  }
}

/** Without its template a record still has its values: they come as unnamed data. */
function unknownTemplate(values: number): readonly Part[] {
  const data = Array.from(
    { length: values },
    (_, place): Element => ({ name: 'Data', attributes: [], content: [{ place }] }),
  );
  return [{ name: 'Event', attributes: [], content: [{ name: 'EventData', attributes: [], content: data }] }];
}

/** Parts up to the end of the stream or the EndElement of the element they stand in. */
function readContent(cursor: Cursor, chunk: ChunkContext, numbered: boolean, depth: number): Part[] {
  if (depth > depthMax) throw new EvtxDamage('nested-too-deep');
  const parts: Part[] = [];
  while (cursor.at < cursor.end) {
    const kind = cursor.peek() & ~moreFlag;
    if (kind === token.end || kind === token.endElement) {
      cursor.take(1);
      return parts;
    }
    if (kind === token.openStart) parts.push(readElement(cursor, chunk, numbered, depth));
    else {
      const part = readText(cursor, chunk);
      if (part !== null) parts.push(part);
    }
  }
  return parts;
}

function readElement(cursor: Cursor, chunk: ChunkContext, numbered: boolean, depth: number): Element {
  const hasAttributes = (cursor.u8() & moreFlag) !== 0;
  if (numbered) cursor.take(2);
  cursor.take(4); // bytes of the element; its tokens say the same
  const name = readName(cursor, chunk);
  if (hasAttributes) cursor.take(4);
  const attributes: { name: string; content: Part[] }[] = [];
  for (;;) {
    const kind = cursor.peek() & ~moreFlag;
    if (kind === token.attribute) {
      cursor.take(1);
      attributes.push({ name: readName(cursor, chunk), content: [] });
    } else if (kind === token.closeStart) {
      cursor.take(1);
      return { name, attributes, content: readContent(cursor, chunk, numbered, depth + 1) };
    } else if (kind === token.closeEmpty) {
      cursor.take(1);
      return { name, attributes, content: [] };
    } else {
      const part = readText(cursor, chunk);
      if (part !== null) attributes.at(-1)?.content.push(part);
    }
  }
}

/** A piece of text or a place; null for what has no text (processing instructions). */
function readText(cursor: Cursor, chunk: ChunkContext): Part | null {
  const kind = cursor.u8() & ~moreFlag;
  switch (kind) {
    case token.value: {
      const type = cursor.u8();
      if (type !== 0x01) throw new EvtxDamage('value-type');
      return cursor.utf16(cursor.u16());
    }
    case token.cdata:
      return cursor.utf16(cursor.u16());
    case token.charRef:
      return String.fromCharCode(cursor.u16());
    case token.entityRef: {
      const name = readName(cursor, chunk);
      return entities[name] ?? `&${name};`;
    }
    case token.piTarget:
      readName(cursor, chunk);
      return null;
    case token.piData:
      cursor.utf16(cursor.u16());
      return null;
    case token.place:
    case token.optionalPlace: {
      const place = cursor.u16();
      cursor.take(1); // its type; the record's own list of values names it again
      return { place };
    }
    default:
      throw new EvtxDamage('token-unknown');
  }
}

/** A name stands somewhere in the chunk; where it is first used it stands right here. */
function readName(cursor: Cursor, chunk: ChunkContext): string {
  const place = cursor.u32();
  const known = chunk.names.get(place);
  const text = new Cursor(chunk.bytes, place);
  text.take(6); // next name of the same hash, hash
  const units = text.u16();
  const isInline = place === cursor.at;
  if (isInline) cursor.take(10 + units * 2);
  if (known !== undefined) return known;
  const name = text.utf16(units);
  chunk.names.set(place, name);
  return name;
}
