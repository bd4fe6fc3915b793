import { isUtf8 } from 'node:buffer';
import type { RawLine } from '../model/source.ts';
import { type LineRules, markCut, tooLong, toRawLine } from './line-text.ts';
import { createPartialLine } from './partial-line.ts';

/** Cuts a stream of bytes at LF. A line is never larger in memory than its bound, whatever the peer sends. */
export interface LineSplitter {
  push(chunk: Buffer): RawLine[];
  /** The last line without a line end; `cut` flags it, for streams in which every line has one. */
  end(cut: boolean): RawLine[];
  /** Bytes of the unfinished line held now. */
  readonly heldBytes: number;
  /** Lines seen, blank ones too. */
  readonly lines: number;
}

const lf = 10;

export function createLineSplitter(rules: LineRules): LineSplitter {
  // One more than the bound: room for the CR that is not part of the line.
  const partial = createPartialLine(rules.lineBytesMax + 1);
  let lines = 0;

  function finish(out: RawLine[], cut: boolean): void {
    const { bytes, size, isOver } = partial.take();
    lines += 1;
    const line = isOver ? tooLong(bytes, size, lines) : toRawLine(bytes, lines, rules);
    if (line !== null) out.push(cut ? markCut(line, size) : line);
  }

  /** Whole lines without their last LF, decoded in one go: cheaper by far than line by line. */
  function addRegion(out: RawLine[], region: Buffer): void {
    if (!isUtf8(region)) {
      for (let from = 0; from <= region.length; ) {
        const at = region.indexOf(lf, from);
        const end = at < 0 ? region.length : at;
        lines += 1;
        const line = toRawLine(region.subarray(from, end), lines, rules);
        if (line !== null) out.push(line);
        from = end + 1;
      }
      return;
    }
    const text = region.toString('utf8');
    for (let from = 0; from <= text.length; ) {
      const at = text.indexOf('\n', from);
      let end = at < 0 ? text.length : at;
      const next = end + 1;
      lines += 1;
      if (end > from && text.charCodeAt(end - 1) === 13) end--;
      if (lines === 1 && text.charCodeAt(from) === 0xfeff) from++;
      if (end > from) out.push({ text: text.slice(from, end), line: lines });
      from = next;
    }
  }

  return {
    push(chunk) {
      const out: RawLine[] = [];
      let from = 0;
      if (partial.size > 0) {
        const at = chunk.indexOf(lf);
        partial.add(at < 0 ? chunk : chunk.subarray(0, at));
        if (at < 0) return out;
        finish(out, false);
        from = at + 1;
      }
      const last = chunk.lastIndexOf(lf);
      if (last >= from) {
        addRegion(out, chunk.subarray(from, last));
        from = last + 1;
      }
      if (from < chunk.length) partial.add(chunk.subarray(from));
      return out;
    },
    end(cut) {
      const out: RawLine[] = [];
      if (partial.size > 0) finish(out, cut);
      return out;
    },
    get heldBytes() {
      return partial.heldBytes;
    },
    get lines() {
      return lines;
    },
  };
}
