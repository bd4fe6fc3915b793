import type { RawLine } from '../model/source.ts';
import { around } from './http-lines.ts';
import { HttpProblem } from './http-problem.ts';

/** One action of a bulk request, in the order they came; `line` is that of its document, 0 when it is refused. */
export interface BulkItem {
  readonly action: string;
  readonly index: string;
  /** As the client gave it; null when it gave none. */
  readonly id: string | null;
  readonly line: number;
  /** Why it is not taken; ''. */
  readonly refusal: string;
}

export interface Bulk {
  readonly items: readonly BulkItem[];
  readonly lines: readonly RawLine[];
}

const taken: ReadonlySet<string> = new Set(['index', 'create']);
const actionCharsMax = 16_384;
const indexBytesMax = 255;
const idBytesMax = 512;

function malformed(line: number, expected: string): HttpProblem {
  return new HttpProblem('bad-body', 0, `Malformed action/metadata line [${line}], expected ${expected}`);
}

/** `{"create":{"_index":…,"_id":…}}`. Throws `bad-body`, as Elasticsearch refuses such a request as a whole. */
function readAction(line: RawLine): { readonly action: string; readonly about: Readonly<Record<string, unknown>> } {
  let value: unknown = null;
  if (line.text.length <= actionCharsMax) {
    try {
      value = JSON.parse(line.text);
    } catch {
      // Answered below.
    }
  }
  const [action, about] = typeof value === 'object' && value !== null ? (Object.entries(value)[0] ?? []) : [];
  if (action === undefined || typeof about !== 'object' || about === null) throw malformed(line.line, 'an action');
  if (!taken.has(action) && action !== 'update' && action !== 'delete')
    throw malformed(line.line, '[create, delete, index, update]');
  return { action, about };
}

function textIn(about: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(about, name) ? about[name] : '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function refusalOf(action: string, index: string, id: string): string {
  if (!taken.has(action)) return `logs are kept as they came: ${action} is not available`;
  if (index === '') return 'index is missing';
  if (Buffer.byteLength(index) > indexBytesMax) return `index name is longer than ${indexBytesMax} bytes`;
  return Buffer.byteLength(id) > idBytesMax ? `id is longer than ${idBytesMax} bytes` : '';
}

/**
 * The lines of a bulk body, in pairs of action and document, as items and as the lines that the parser `elastic` reads:
 * `{"_index":…,"_id":…,"_source":<the document as it came>}`. Throws `bad-body`.
 */
export function readBulk(lines: readonly RawLine[], defaultIndex: string): Bulk {
  const items: BulkItem[] = [];
  const out: RawLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const head = lines[i];
    if (head === undefined) break;
    const { action, about } = readAction(head);
    const document = action === 'delete' ? undefined : lines[++i];
    if (document === undefined && action !== 'delete') throw malformed(head.line, 'a document behind it');
    const index = textIn(about, '_index') || defaultIndex;
    const id = textIn(about, '_id');
    const refusal = refusalOf(action, index, id);
    const line = document === undefined || refusal !== '' ? 0 : out.length + 1;
    items.push({ action, index, id: id === '' ? null : id, line, refusal });
    if (document === undefined || line === 0) continue;
    const before = `{"_index":${JSON.stringify(index)},${id === '' ? '' : `"_id":${JSON.stringify(id)},`}"_source":`;
    out.push({ ...around(document, before, (text) => text, '}'), line });
  }
  return { items, lines: out };
}
