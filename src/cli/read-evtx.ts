import { open } from 'node:fs/promises';
import { chunkBytes, firstChunkAt, isEvtx, readEvtxChunk } from '../parse/evtx/file.ts';

/** Whether a file is a Windows event log, by its first bytes. */
export async function isEventLog(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return isEvtx(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A record as a line of JSON without its end, and how many bytes of the file had been read for it. */
export interface EventLogLine {
  readonly text: string;
  readonly readBytes: number;
}

/** The records of an event log, chunk by chunk. What is damaged is told, and what lies behind it is read on. */
export async function* eventLogLines(file: string, tell: (what: string) => void): AsyncGenerator<EventLogLine> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (let at = firstChunkAt; at < size; at += chunkBytes) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
      for (const item of readEvtxChunk(buffer.subarray(0, bytesRead), at)) {
        if (item.kind === 'damage') tell(`${file}: byte ${item.offset}: damaged (${item.reason}); read on behind it`);
        else yield { text: JSON.stringify(item.event), readBytes: Math.min(size, at + chunkBytes) };
      }
    }
  } finally {
    await handle.close();
  }
}
