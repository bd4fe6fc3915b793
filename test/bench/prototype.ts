import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Lane, laneLines, lanes, sigmaHqRules } from './corpora.ts';

/** Events per CPU-second of its main thread, from the text of a line. */
export interface PrototypeSpeed {
  readonly unrouted: number;
  readonly routed: number;
}

/** By its own clock, in milliseconds. */
export interface PrototypeLoad {
  readonly parseMs: number;
  readonly compileMs: number;
}

const nodeModules = path.resolve(import.meta.dirname, '../../node_modules');

export interface PrototypeSpeeds {
  readonly objects: ReadonlyMap<Lane, PrototypeSpeed>;
  /** Its routed figure of mixed_schema says nothing: it takes every line for one of the first line's kind. */
  readonly bytes: ReadonlyMap<Lane, PrototypeSpeed>;
  readonly load: PrototypeLoad;
}

/** Runs the prototype's own benchmark in a copy; its one package is among ours. */
export async function runPrototype(dir: string, repeats: number): Promise<PrototypeSpeeds> {
  const copy = await mkdtemp(path.join(tmpdir(), 'vonggac-prototype-'));
  try {
    await cp(dir, copy, { recursive: true });
    await symlink(nodeModules, path.join(copy, 'node_modules'));
    // The copy may have kept the source's read-only mode, so the lines go to a folder of their own.
    const eventsDir = path.join(copy, 'lines');
    await mkdir(eventsDir);
    for (const lane of lanes) await writeFile(path.join(eventsDir, `${lane}.ndjson`), laneLines(lane).join('\n'));
    const env = { ...process.env, MINP: '8', REPS: String(repeats), EVDIR: eventsDir };
    const printed = async (script: string): Promise<string> =>
      (await promisify(execFile)(process.execPath, [script, sigmaHqRules(), ...lanes], { cwd: copy, env })).stdout;
    // One after the other: two at once would share the caches they are measured by.
    const objects = await printed('bench-objects.mjs');
    const bytes = await printed('bench-bytes.mjs');
    return { objects: speedsOf(objects), bytes: speedsOf(bytes), load: loadOf(objects) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function speedsOf(printed: string): ReadonlyMap<Lane, PrototypeSpeed> {
  const speed = (lane: Lane, route: 0 | 1): number =>
    Number(new RegExp(`^${lane} +route=${route} .* total= *(\\d+) eps`, 'm').exec(printed)?.[1] ?? Number.NaN);
  return new Map(lanes.map((lane) => [lane, { unrouted: speed(lane, 0), routed: speed(lane, 1) }]));
}

function loadOf(printed: string): PrototypeLoad {
  const [, parse, compile] = / parse=(\d+)ms compile=(\d+)ms /.exec(printed) ?? [];
  return { parseMs: Number(parse), compileMs: Number(compile) };
}
