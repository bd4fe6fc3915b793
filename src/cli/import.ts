import { realpath, stat } from 'node:fs/promises';
import { defaultPieceLimits, type PieceLimits, readPieces } from './import-pieces.ts';
import { PostRefused, parserOfToken, postPiece } from './import-post.ts';
import { openImportState } from './import-state.ts';

export interface ImportOptions {
  readonly files: readonly string[];
  readonly server: string;
  readonly token: string;
  readonly patienceMs: number;
  /** Where it is written how far an import came. */
  readonly stateFile: string;
  readonly limits?: PieceLimits;
  readonly signal: AbortSignal;
  out(line: string): void;
  err(line: string): void;
  /** Shows a line in the place of the last one; null when nobody watches. */
  readonly progress: ((line: string) => void) | null;
}

/** Messages on single lines and records; the rest is only counted. */
const messagesMax = 20;

interface Totals {
  accepted: number;
  rejected: number;
  damaged: number;
  skippedPieces: number;
  readonly startMs: number;
}

/**
 * `vonggac import`: files to a running platform. A piece counts only when the server says its rows are stored; an
 * import that was stopped goes on behind the last such piece, and a piece sent twice is stored once.
 * Exit code: 0 all was taken · 1 something was refused, damaged or not readable · 130 stopped.
 */
export async function runImport(o: ImportOptions): Promise<number> {
  const state = openImportState(o.stateFile);
  const totals: Totals = { accepted: 0, rejected: 0, damaged: 0, skippedPieces: 0, startMs: performance.now() };
  let told = 0;
  const tell = (what: string): void => {
    told += 1;
    if (told <= messagesMax) o.err(what);
  };
  let failed = false;
  try {
    for (const file of o.files) failed = !(await importFile(file, o, state, totals, tell)) || failed;
  } catch (error) {
    if (!o.signal.aborted) throw error;
    o.err('stopped; the same command goes on from here');
    return 130;
  }
  if (told > messagesMax) o.err(`${told - messagesMax} more such messages`);
  const { accepted, rejected, damaged, skippedPieces, startMs } = totals;
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  o.out(JSON.stringify({ files: o.files.length, accepted, rejected, damaged, skipped_pieces: skippedPieces, seconds }));
  return failed || rejected > 0 || damaged > 0 ? 1 : 0;
}

async function importFile(
  file: string,
  o: ImportOptions,
  state: ReturnType<typeof openImportState>,
  totals: Totals,
  tell: (what: string) => void,
): Promise<boolean> {
  try {
    const place = await realpath(file);
    const { size, mtimeMs } = await stat(place);
    const identity = `${o.server} ${size} ${mtimeMs}`;
    const done = state.done(place, identity);
    if (done > 0) o.err(`${file}: goes on behind piece ${done}`);
    const damaged = (what: string): void => {
      totals.damaged += 1;
      tell(what);
    };
    let index = 0;
    const parser = await parserOfToken(o);
    await readPieces(place, parser, o.limits ?? defaultPieceLimits, damaged, async (piece) => {
      index += 1;
      if (index <= done) {
        totals.skippedPieces += 1;
        return;
      }
      const { accepted, rejected } = await postPiece(piece, o);
      totals.accepted += accepted;
      totals.rejected += rejected.length;
      for (const { line, reason } of rejected) tell(`${file}: piece ${index}, line ${line}: not taken (${reason})`);
      state.record(place, identity, index);
      o.progress?.(progressLine(file, piece.readBytes, size, totals));
    });
    state.forget(place);
    o.progress?.('');
    return true;
  } catch (error) {
    if (o.signal.aborted) throw error;
    const isKnown = error instanceof PostRefused || (error instanceof Error && 'code' in error);
    if (!isKnown) throw error;
    o.progress?.('');
    o.err(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

const barWidth = 24;

function progressLine(file: string, readBytes: number, size: number, totals: Totals): string {
  const share = size > 0 ? Math.min(1, readBytes / size) : 1;
  const full = Math.round(share * barWidth);
  const perSecond = Math.round(totals.accepted / Math.max(0.001, (performance.now() - totals.startMs) / 1000));
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${totals.accepted} events, ${perSecond}/s  ${file}`;
}
