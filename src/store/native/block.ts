import { Bytes } from './bytes.ts';
import type { NativeColumn } from './columns.ts';

/** Rows of one insert in ClickHouse's Native format: column by column, as they lie in its memory. */
export interface NativeBlock {
  /** Names in the order of the bytes. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** The bytes, to be sent one part after the other. */
  readonly parts: readonly Uint8Array[];
}

/** From here on a column's bytes are sent as they lie; less is put together first. */
const ownPartBytes = 32_768;

/** A block being put together from what its columns hold. */
export class BlockParts {
  /** Where everything small goes. */
  readonly run: Bytes = new Bytes(ownPartBytes);
  #parts: Uint8Array[] = [];
  #cutAt = 0;

  add(bytes: Bytes): void {
    if (bytes.length < ownPartBytes) this.run.append(bytes);
    else {
      this.#cut();
      this.#parts.push(bytes.taken());
    }
  }

  #cut(): void {
    if (this.run.length > this.#cutAt) this.#parts.push(this.run.taken().subarray(this.#cutAt));
    this.#cutAt = this.run.length;
  }

  taken(): readonly Uint8Array[] {
    this.#cut();
    return this.#parts;
  }
}

/** Puts filled columns together. Each must have been given `rows` values; the block is good until they are cleared. */
export function nativeBlock(
  columns: readonly (readonly [name: string, column: Pick<NativeColumn<never>, 'type' | 'writeTo'>])[],
  rows: number,
): NativeBlock {
  const parts = new BlockParts();
  parts.run.varint(columns.length);
  parts.run.varint(rows);
  for (const [name, column] of columns) {
    parts.run.text(name);
    parts.run.text(column.type);
    column.writeTo(parts);
  }
  return { columns: columns.map(([name]) => name), rows, parts: parts.taken() };
}
