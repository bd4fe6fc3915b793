import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';

/** The first bytes of a file, by which it is told from another that has its inode. */
export interface FileHead {
  readonly bytes: number;
  readonly hash: string;
}

/** How far a stream of lines came. A file begins a new stream each time it begins anew. */
export interface Position {
  readonly stream: number;
  readonly path: string;
  /** `device:inode`; `journald` for the journal. */
  readonly id: string;
  readonly head: FileHead;
  /** Bytes before it are in the spool or stored. */
  readonly offset: number;
  /** What the file says of how the lines behind `offset` are read. */
  readonly header: string;
  /** Where the journal goes on; '' for files. */
  readonly cursor: string;
  readonly seenMs: number;
}

const headBytesMax = 512;
const room: Buffer = Buffer.alloc(headBytesMax);

/** Fingerprint of the first `bytes` bytes, or of as many as there are. */
export function headOf(fd: number, bytes: number = headBytesMax): FileHead {
  const count = readSync(fd, room, 0, Math.min(bytes, headBytesMax), 0);
  return { bytes: count, hash: createHash('sha256').update(room.subarray(0, count)).digest('hex').slice(0, 32) };
}

/** Whether a file begins as it did; one that was empty then may be any. */
export function hasHead(fd: number, head: FileHead): boolean {
  if (head.bytes === 0) return true;
  const now = headOf(fd, head.bytes);
  return now.bytes === head.bytes && now.hash === head.hash;
}

/** A longer fingerprint of a file that has grown. */
export function grownHead(fd: number, head: FileHead): FileHead {
  return head.bytes < headBytesMax ? headOf(fd) : head;
}

export interface FileFacts {
  readonly id: string;
  readonly size: number;
  readonly isDeleted: boolean;
}

export function factsOf(fd: number): FileFacts {
  const { dev, ino, size, nlink } = fstatSync(fd, { bigint: true });
  return { id: `${dev}:${ino}`, size: Number(size), isDeleted: nlink === 0n };
}

const packed: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x42, 0x5a, 0x68],
  [0x50, 0x4b, 0x03, 0x04],
];

/** Whether a file is what rotation packs old logs into (gzip, zstd, xz, bzip2, zip), by its first bytes. */
export function isPacked(fd: number): boolean {
  const count = readSync(fd, room, 0, 8, 0);
  return packed.some((magic) => magic.length <= count && magic.every((byte, i) => room[i] === byte));
}
