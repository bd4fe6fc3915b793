import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { IndicatorListView, IndicatorListWanted, IndicatorTaking } from '../contract/indicators.ts';
import { defaultIndicatorLimits } from '../indicators/limits.ts';
import { AnswerRefused, askIndicators, type IndicatorPlatform } from './indicators-api.ts';
import { printable } from './printable.ts';

export interface IndicatorImport extends IndicatorPlatform {
  readonly files: readonly string[];
  /** null: each file into the list of its own name. */
  readonly list: string | null;
  /** Whether a list that is not there is made. */
  readonly create: boolean;
  readonly mode: 'add' | 'replace';
  readonly format: string;
  out(line: string): void;
  err(line: string): void;
}

/**
 * `vonggac indicators import`: documents into lists of a running platform, one after another. The same document again
 * changes nothing. Exit code: 0 all was taken · 1 an entry or a file was not.
 */
export async function importIndicators(o: IndicatorImport): Promise<number> {
  let isAll = true;
  for (const file of o.files) {
    try {
      isAll = (await importFile(file, o)) && isAll;
    } catch (error) {
      if (!(error instanceof AnswerRefused) && !(error instanceof Error && 'code' in error)) throw error;
      o.err(`${file}: ${printable(error.message)}`);
      isAll = false;
    }
  }
  return isAll ? 0 : 1;
}

async function importFile(file: string, o: IndicatorImport): Promise<boolean> {
  const max = defaultIndicatorLimits.uploadBytesMax;
  const { size } = await stat(file);
  if (size > max) throw new AnswerRefused(0, `${size} bytes; a document may have ${max}: split it`);
  const document = await readFile(file);
  const list = o.list ?? path.parse(file).name;
  const { taken } = await upload(list, document, o);
  for (const { where, value, reason } of taken.notTaken)
    o.err(`${file}:${printable(where)}: not taken (${reason}): ${printable(value)}`);
  const untold = taken.notTakenTotal - taken.notTaken.length;
  if (untold > 0) o.err(`${file}: ${untold} more not taken`);
  const { added, changed, removed, notTakenTotal, count, format } = taken;
  o.out(
    `${file}: ${format} into ${list}: ${added} added, ${changed} changed, ${removed} removed, ${notTakenTotal} not taken; ${count} in the list`,
  );
  return notTakenTotal === 0;
}

async function upload(list: string, document: Uint8Array, o: IndicatorImport): Promise<IndicatorTaking> {
  const { mode, format } = o;
  const place = `/${encodeURIComponent(list)}`;
  const put = () =>
    askIndicators<IndicatorTaking>(o, 'PUT', `${place}/content?${new URLSearchParams({ mode, format })}`, document);
  try {
    return await put();
  } catch (error) {
    if (!(error instanceof AnswerRefused) || error.status !== 404) throw error;
    if (!o.create) throw new AnswerRefused(404, `there is no list "${list}"; --list names one, --create makes it`);
  }
  const wanted: IndicatorListWanted = {
    name: list,
    description: '',
    source: '',
    severity: 'high',
    tags: [],
    historyDays: 30,
    feed: null,
  };
  await askIndicators<{ list: IndicatorListView }>(o, 'PUT', place, { list: wanted, version: 0 });
  return put();
}
