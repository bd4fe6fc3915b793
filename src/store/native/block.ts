import { Bytes } from './bytes.ts';
import type { NativeColumn } from './columns.ts';

/** Rows of one insert in ClickHouse's Native format: column by column, as they lie in its memory. */
export interface NativeBlock {
  /** Names in the order of the bytes. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: Buffer;
}

/** Puts filled columns together. Each must have been given `rows` values. */
export function nativeBlock(
  columns: readonly (readonly [name: string, column: Pick<NativeColumn<never>, 'type' | 'writeTo'>])[],
  rows: number,
): NativeBlock {
  const bytes = new Bytes(rows * 3_584);
  bytes.varint(columns.length);
  bytes.varint(rows);
  for (const [name, column] of columns) {
    bytes.text(name);
    bytes.text(column.type);
    column.writeTo(bytes);
  }
  return { columns: columns.map(([name]) => name), rows, bytes: bytes.taken() };
}
