import { chunkBytes, firstChunkAt } from '../../src/parse/evtx/file.ts';

/** A record to be written the way Windows writes one: a template, and the record's values for its places. */
export interface LogRecord {
  readonly id: bigint;
  readonly writtenMs: number;
  readonly system: Readonly<Record<string, string | number>>;
  readonly data: Readonly<Record<string, string | number>>;
}

export interface RecordTricks {
  /** Name this place of the chunk as the template's instead of writing the template. */
  readonly template?: number;
  /** Let the last value be this template again, shown twice, so many levels deep. */
  readonly nestedTwice?: number;
}

/** Where the record stands in its chunk is not known to it, so names are written in full each time they are used. */
type Writer = (at: number) => Buffer;

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (value: number): Buffer => Buffer.from(new Uint16Array([value]).buffer);
const u32 = (value: number): Buffer => Buffer.from(new Uint32Array([value]).buffer);
const u64 = (value: bigint): Buffer => Buffer.from(new BigUint64Array([value]).buffer);
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

function inline(name: string): Writer {
  return (at) => Buffer.concat([u32(at + 4), u32(0), u16(0), u16(name.length), utf16(name), u16(0)]);
}

function sequence(...writers: readonly (Writer | Buffer)[]): Writer {
  return (at) => {
    const parts: Buffer[] = [];
    let here = at;
    for (const writer of writers) {
      const part = Buffer.isBuffer(writer) ? writer : writer(here);
      parts.push(part);
      here += part.length;
    }
    return Buffer.concat(parts);
  };
}

function element(name: string, ...content: readonly (Writer | Buffer)[]): Writer {
  return sequence(u8(0x01), u16(0xffff), u32(0), inline(name), u8(0x02), ...content, u8(0x04));
}

function namedData(name: string, place: number): Writer {
  const attribute = sequence(u8(0x06), inline('Name'), u8(0x05), u8(0x01), u16(name.length), utf16(name));
  const start = sequence(u8(0x41), u16(0xffff), u32(0), inline('Data'), u32(0), attribute, u8(0x02));
  return sequence(start, shown(place), u8(0x04));
}

function shown(place: number): Buffer {
  return Buffer.concat([u8(0x0e), u16(place), u8(0x01)]);
}

const fragmentHeader = Buffer.from([0x0f, 0x01, 0x01, 0x00]);

function template(record: LogRecord, twice: boolean): Writer {
  const systems = Object.keys(record.system);
  const datas = Object.keys(record.data);
  const body = sequence(
    fragmentHeader,
    element(
      'Event',
      element('System', ...systems.map((name, place) => element(name, shown(place)))),
      element(
        'EventData',
        ...datas.map((name, index) => namedData(name, systems.length + index)),
        ...(twice ? [shown(systems.length + datas.length), shown(systems.length + datas.length)] : []),
      ),
    ),
    u8(0x00),
  );
  return (at) => {
    const content = body(at + 24);
    return Buffer.concat([u32(0), Buffer.alloc(16), u32(content.length), content]);
  };
}

function values(record: LogRecord, nested: Buffer | null): Buffer {
  const all = [...Object.values(record.system), ...Object.values(record.data)].map((value) =>
    typeof value === 'number' ? { type: 0x08, bytes: u32(value) } : { type: 0x01, bytes: utf16(value) },
  );
  const list = nested === null ? all : [...all, { type: 0x21, bytes: nested }];
  const kinds = list.map(({ type, bytes }) => Buffer.concat([u16(bytes.length), u8(type), u8(0)]));
  return Buffer.concat([u32(list.length), ...kinds, ...list.map(({ bytes }) => bytes)]);
}

/** FILETIME of milliseconds since 1970. */
function fileTime(ms: number): bigint {
  return (BigInt(ms) + 11_644_473_600_000n) * 10_000n;
}

/** One record's bytes, made for the place right behind a chunk's header unless its template stands elsewhere. */
export function templateRecord(record: LogRecord, tricks: RecordTricks = {}): Writer & { readonly length: number } {
  const twice = tricks.nestedTwice !== undefined;
  const write: Writer = (at) => {
    const bodyAt = at + 24 + 4;
    const templateAt = tricks.template ?? bodyAt + 10;
    const reference = Buffer.concat([u8(0x0c), u8(0x01), u32(0), u32(templateAt)]);
    const definition = tricks.template === undefined ? template(record, twice)(bodyAt + 10) : Buffer.alloc(0);
    let nested: Buffer | null = null;
    for (let level = 0; level < (tricks.nestedTwice ?? 0); level += 1) {
      nested = Buffer.concat([fragmentHeader, reference, values(record, nested ?? Buffer.alloc(0))]);
    }
    const body = Buffer.concat([fragmentHeader, reference, definition, values(record, nested), u8(0x00)]);
    const size = 24 + body.length + 4;
    return Buffer.concat([
      u32(0x00002a2a),
      u32(size),
      u64(record.id),
      u64(fileTime(record.writtenMs)),
      body,
      u32(size),
    ]);
  };
  return Object.defineProperty(write, 'length', { value: write(512).length }) as Writer & { readonly length: number };
}

/** A log of some chunks. */
export function evtxFile(chunks: readonly (readonly Writer[])[]): Buffer {
  const header = Buffer.alloc(firstChunkAt);
  header.write('ElfFile\0', 'latin1');
  return Buffer.concat([
    header,
    ...chunks.map((writers) => {
      const chunk = Buffer.alloc(chunkBytes);
      chunk.write('ElfChnk\0', 'latin1');
      const content = sequence(...writers)(512);
      content.copy(chunk, 512);
      chunk.writeUInt32LE(512 + content.length, 48);
      return chunk;
    }),
  ]);
}
