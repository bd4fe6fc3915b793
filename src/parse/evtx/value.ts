import { Cursor, EvtxDamage } from './cursor.ts';

/** A value of an event as JSON knows it; lists are EVTX arrays. */
export type EvtxScalar = string | number | boolean | null;
export type EvtxValue = EvtxScalar | EvtxScalar[];

/** Value types of binary XML ([MS-EVEN6] 2.2.12, type 0x21 is binary XML again). */
export const binXmlType = 0x21;
const arrayFlag = 0x80;
const utf16Type = 0x01;
const nullType = 0x00;

/** Bytes of one member of an array, for types of fixed length. */
const widths: Readonly<Record<number, number>> = {
  3: 1,
  4: 1,
  5: 2,
  6: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  15: 16,
  16: 8,
  17: 8,
  18: 16,
  20: 4,
  21: 8,
};

/** Decodes a value of `length` bytes where the cursor stands and leaves it behind them. */
export function readValue(cursor: Cursor, type: number, length: number): EvtxValue {
  const from = cursor.take(length);
  const inner = new Cursor(cursor.bytes, from, from + length);
  if ((type & arrayFlag) === 0) return readScalar(inner, type, length);
  return readArray(inner, type & ~arrayFlag, length);
}

function readArray(cursor: Cursor, type: number, length: number): EvtxScalar[] {
  // Texts of an array end with a zero each.
  if (type === utf16Type)
    return length < 2
      ? []
      : cursor
          .utf16(length >> 1)
          .replace(/\0$/, '')
          .split('\0');
  const width = widths[type];
  if (width === undefined) throw new EvtxDamage('value-type');
  const members: EvtxScalar[] = [];
  while (cursor.at + width <= cursor.end) members.push(readScalar(cursor, type, width));
  return members;
}

function readScalar(cursor: Cursor, type: number, length: number): EvtxScalar {
  switch (type) {
    case nullType:
      return null;
    case utf16Type:
      return cursor.utf16(length >> 1).replace(/\0+$/, '');
    case 0x02:
      return windows1252.decode(cursor.bytes.subarray(cursor.at, cursor.end)).replace(/\0+$/, '');
    case 0x03:
      return cursor.i8();
    case 0x04:
      return cursor.u8();
    case 0x05:
      return cursor.i16();
    case 0x06:
      return cursor.u16();
    case 0x07:
      return cursor.i32();
    case 0x08:
      return cursor.u32();
    case 0x09:
      return exactNumber(cursor.i64());
    case 0x0a:
      return exactNumber(cursor.u64());
    case 0x0b:
      return finite(cursor.f32());
    case 0x0c:
      return finite(cursor.f64());
    case 0x0d:
      return length === 1 ? cursor.u8() !== 0 : cursor.u32() !== 0;
    case 0x0e:
      return hexOf(cursor.bytes.subarray(cursor.at, cursor.end));
    case 0x0f:
      return guidText(cursor);
    case 0x10:
      return length === 4 ? `0x${cursor.u32().toString(16)}` : `0x${cursor.u64().toString(16)}`;
    case 0x11:
      return fileTimeText(cursor.u64());
    case 0x12:
      return systemTimeText(cursor);
    case 0x13:
      return sidText(cursor);
    case 0x14:
      return `0x${cursor.u32().toString(16)}`;
    case 0x15:
      return `0x${cursor.u64().toString(16)}`;
    default:
      throw new EvtxDamage('value-type');
  }
}

const windows1252 = new TextDecoder('windows-1252');

/** Beyond 2^53 a JSON number would lose digits: its text then. */
function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

function guidText(cursor: Cursor): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').toUpperCase();
  const [a, b, c] = [hex(cursor.u32(), 8), hex(cursor.u16(), 4), hex(cursor.u16(), 4)];
  const rest = hexOf(cursor.bytes.subarray(cursor.take(8), cursor.at));
  return `${a}-${b}-${c}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

/** S-1-<authority>-<sub-authorities> ([MS-DTYP] 2.4.2). */
function sidText(cursor: Cursor): string {
  const revision = cursor.u8();
  const count = cursor.u8();
  let authority = 0;
  for (let i = 0; i < 6; i += 1) authority = authority * 256 + cursor.u8();
  let text = `S-${revision}-${authority}`;
  for (let i = 0; i < count; i += 1) text += `-${cursor.u32()}`;
  return text;
}

/** Microseconds of 1601-01-01 to 1970-01-01. */
const epochOffsetMicros = 11_644_473_600_000_000n;

/** 100 ns since 1601-01-01 UTC ([MS-DTYP] 2.3.3) as ISO 8601 with microseconds. */
function fileTimeText(ticks: bigint): string {
  const micros = ticks / 10n - epochOffsetMicros;
  const millis = Number(micros / 1000n);
  if (Math.abs(millis) > 8.64e15) return String(ticks);
  const date = new Date(millis);
  return `${date.toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}Z`;
}

/** Milliseconds since 1970 of a FILETIME; null outside what a date can say. */
export function fileTimeMs(ticks: bigint): number | null {
  const millis = Number((ticks / 10n - epochOffsetMicros) / 1000n);
  return Math.abs(millis) <= 8.64e15 ? millis : null;
}

function systemTimeText(cursor: Cursor): string {
  const [year, month, , day, hour, minute, second, millis] = Array.from({ length: 8 }, () => cursor.u16());
  const two = (value: number | undefined): string => String(value ?? 0).padStart(2, '0');
  const date = `${String(year ?? 0).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${String(millis ?? 0).padStart(3, '0')}000Z`;
}
