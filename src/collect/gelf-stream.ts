import type { RawLine } from '../model/source.ts';
import { markCut, tooLong, toRawLine } from './line-text.ts';
import { createPartialLine } from './partial-line.ts';
import type { StreamProtocol, StreamReader } from './stream-protocol.ts';

/** GELF over TCP: JSON objects, each ended by NUL, never packed. It has no answers. */
export function gelfProtocol(limits: { readonly lineBytesMax: number }): StreamProtocol {
  return { isAnswered: false, open: () => openGelf(limits) };
}

function openGelf(limits: { readonly lineBytesMax: number }): StreamReader {
  const partial = createPartialLine(limits.lineBytesMax);
  let messages = 0;

  function finish(cut: boolean): RawLine | null {
    const { bytes, size, isOver } = partial.take();
    messages += 1;
    const line = isOver ? tooLong(bytes, size, messages) : toRawLine(bytes, messages, limits);
    return line !== null && cut ? markCut(line, size) : line;
  }

  return {
    push(chunk) {
      const out: (RawLine | null)[] = [];
      for (let from = 0; from < chunk.length; ) {
        const at = chunk.indexOf(0, from);
        partial.add(chunk.subarray(from, at < 0 ? chunk.length : at));
        if (at < 0) break;
        out.push(finish(false));
        from = at + 1;
      }
      return out;
    },
    end: () => (partial.size === 0 ? [] : [finish(true)]),
    get heldBytes() {
      return partial.heldBytes;
    },
  };
}
