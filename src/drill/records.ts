/**
 * Records of a scenario: log lines with the moment they are due. A line carries placeholders instead of timestamps, so
 * that every timestamp in it (header, parsed field, embedded text) is set from one clock when it is sent.
 */
export interface DrillRecord {
  /** Position over all record files, from 0; ascending with `atMs`. */
  readonly index: number;
  /** Scenario time at which it is due, ms. */
  readonly atMs: number;
  readonly source: string;
  /** The inject it belongs to; '' for background. Never part of the line. */
  readonly inject: string;
  readonly template: string;
}

export interface RecordProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface RecordLimits {
  readonly recordsMax: number;
  readonly lineBytesMax: number;
  /** Problems listed; the rest is only counted in a last message. */
  readonly problemsMax: number;
}

export const defaultRecordLimits: RecordLimits = { recordsMax: 500_000, lineBytesMax: 256 * 1024, problemsMax: 50 };

/** What the records must agree with. */
export interface RecordFrame {
  readonly durationMs: number;
  readonly sources: ReadonlySet<string>;
  readonly injects: ReadonlySet<string>;
}

const zoneMs = 7 * 3_600_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');
const local = (ms: number): Date => new Date(ms + zoneMs);
const iso = (ms: number): string => new Date(ms).toISOString();
const clockOf = (d: Date): string => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
const monthOf = (d: Date): string => months[d.getUTCMonth()] ?? '';

/** Timestamp placeholders by name; each writes one wall time the way a log source would. */
const writers: Readonly<Record<string, (ms: number) => string>> = {
  /** 2026-11-22T05:18:00.123Z */
  iso,
  /** 2026-11-22T12:18:00.123+07:00, as applications in Viet Nam write */
  iso7: (ms) => `${local(ms).toISOString().slice(0, -1)}+07:00`,
  /** 2026-11-22T05:18:00.123000Z, TimeCreated of EVTX exported as JSON */
  evtx: (ms) => `${iso(ms).slice(0, -1)}000Z`,
  /** 2026-11-22 05:18:00.123, Sysmon UtcTime */
  utc: (ms) => iso(ms).replace('T', ' ').slice(0, -1),
  /** 2026-11-22 12:18:00, local and without a zone, as NXLog's EventTime */
  local: (ms) => local(ms).toISOString().replace('T', ' ').slice(0, 19),
  /** 22/Nov/2026:12:18:00 +0700, common log format */
  clf: (ms) => {
    const d = local(ms);
    return `${two(d.getUTCDate())}/${monthOf(d)}/${d.getUTCFullYear()}:${clockOf(d)} +0700`;
  },
  /** Nov 22 12:18:00, RFC 3164 section 4.1.2: local time, day padded with a space, no year, no zone */
  syslog3164: (ms) => {
    const d = local(ms);
    return `${monthOf(d)} ${String(d.getUTCDate()).padStart(2, ' ')} ${clockOf(d)}`;
  },
  /** Seconds since the epoch */
  epoch: (ms) => String(Math.floor(ms / 1000)),
  epoch_ms: (ms) => String(Math.floor(ms)),
};

/** `{{name}}` or `{{name-15}}`: the time 15 ms before the record's. */
const placeholder = /\{\{([a-z0-9_]+?)([+-]\d{1,9})?\}\}/g;

/** The line as it is sent when the record's moment is `wallMs`. Placeholders were checked when it was read. */
export function renderLine(template: string, wallMs: number): string {
  return template.replace(placeholder, (whole, name: string, offset: string | undefined) => {
    const write = writers[name];
    return write === undefined ? whole : write(Math.floor(wallMs) + Number(offset ?? 0));
  });
}

/**
 * Reads the NDJSON of one or more record files (`{"at_ms","source","inject"?,"line"}` a line, ascending `at_ms` within
 * a file; files are merged by time, stable). All problems of all files come back in one go. Two records with the same
 * line are refused: alerts are attributed to steps through the line's text, which must therefore be unique.
 */
export function parseRecords(
  files: readonly { readonly file: string; readonly text: string }[],
  frame: RecordFrame,
  limits: RecordLimits = defaultRecordLimits,
): { readonly records: readonly DrillRecord[]; readonly problems: readonly RecordProblem[] } {
  const read: Omit<DrillRecord, 'index'>[] = [];
  const problems: RecordProblem[] = [];
  const seen = new Map<string, string>();
  let dropped = 0;
  for (const { file, text } of files) {
    let lastAtMs = 0;
    for (const [at, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const where = { file, line: at + 1 };
      const problem = (message: string): void => {
        if (problems.length < limits.problemsMax) problems.push({ ...where, message });
        else dropped += 1;
      };
      if (read.length >= limits.recordsMax) {
        problem(`more than ${limits.recordsMax} records`);
        break;
      }
      const outcome = readRecord(line, frame, limits);
      if (typeof outcome === 'string') {
        problem(outcome);
        continue;
      }
      if (outcome.atMs < lastAtMs) problem(`at_ms ${outcome.atMs} lies before the record above (${lastAtMs})`);
      lastAtMs = outcome.atMs;
      const twin = seen.get(outcome.template);
      if (twin !== undefined) problem(`the same line as ${twin}: attribution by line text would be ambiguous`);
      seen.set(outcome.template, `${file}:${at + 1}`);
      read.push(outcome);
    }
  }
  if (dropped > 0) problems.push({ file: '', line: 0, message: `${dropped} more problems not listed` });
  const records = read.sort((a, b) => a.atMs - b.atMs).map((record, index) => ({ index, ...record }));
  return { records, problems };
}

function readRecord(line: string, frame: RecordFrame, limits: RecordLimits): Omit<DrillRecord, 'index'> | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const { at_ms: atMs, source, inject = '', line: template, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `unknown key "${unknown}"`;
  if (typeof atMs !== 'number' || !Number.isInteger(atMs) || atMs < 0) return 'at_ms must be a whole number from 0';
  if (atMs > frame.durationMs) return `at_ms ${atMs} lies beyond the scenario's ${frame.durationMs} ms`;
  if (typeof source !== 'string' || !frame.sources.has(source)) return `unknown source ${JSON.stringify(source)}`;
  if (typeof inject !== 'string') return 'inject must be text';
  if (inject !== '' && !frame.injects.has(inject)) return `unknown inject "${inject}"`;
  if (typeof template !== 'string' || template === '') return 'line must be text';
  if (/[\r\n]/.test(template)) return 'line holds a line break';
  if (Buffer.byteLength(template) > limits.lineBytesMax) return `line is longer than ${limits.lineBytesMax} bytes`;
  for (const [whole, name] of template.matchAll(placeholder)) {
    if (writers[name ?? ''] === undefined) return `unknown placeholder ${whole}`;
  }
  return { atMs, source, inject, template };
}
