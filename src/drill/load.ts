import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DrillRecord, parseRecords } from './records.ts';
import { recordFrame } from './run.ts';
import { parseScenario, type Scenario } from './scenario.ts';

/** A scenario that cannot be used; `message` lists every problem, one a line, as `file:line: what`. */
export class ScenarioRefused extends Error {
  readonly code = 'scenario-refused';
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ScenarioRefused';
  }
}

/** Decompressed bytes of one record file; a scenario is not trusted to be small. */
const recordFileBytesMax = 256 * 1024 * 1024;

/** Reads `<dir>/scenario.yml` and its record files, checked against their hashes. Throws ScenarioRefused. */
export async function loadScenario(
  dir: string,
): Promise<{ readonly scenario: Scenario; readonly records: readonly DrillRecord[] }> {
  const file = join(dir, 'scenario.yml');
  const read = parseScenario(await readFile(file, 'utf8'), file);
  if (!read.ok) {
    throw new ScenarioRefused(
      read.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.path === '' ? '' : `${p.path}: `}${p.message}`),
    );
  }
  const { scenario } = read;
  const files = await Promise.all(
    scenario.recordFiles.map(async ({ path, sha256 }) => {
      const packed = await readFile(join(dir, path));
      const bytes = path.endsWith('.gz') ? gunzipSync(packed, { maxOutputLength: recordFileBytesMax }) : packed;
      const actual = createHash('sha256').update(bytes).digest('hex');
      if (actual !== sha256) throw new ScenarioRefused([`${path}: sha256 is ${actual}, scenario.yml says ${sha256}`]);
      return { file: path, text: bytes.toString('utf8') };
    }),
  );
  const { records, problems } = parseRecords(files, recordFrame(scenario));
  const promised = scenario.recordFiles.reduce((sum, { records: count }) => sum + count, 0);
  const complaints = problems.map((p) => `${p.file}:${p.line}: ${p.message}`);
  if (complaints.length === 0 && records.length !== promised) {
    complaints.push(`${file}: ${records.length} records found, ${promised} promised`);
  }
  if (complaints.length > 0) throw new ScenarioRefused(complaints);
  return { scenario, records };
}
