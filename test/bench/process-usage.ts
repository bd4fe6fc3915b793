import { readFileSync } from 'node:fs';

/** Ticks of /proc/<pid>/stat in a second: USER_HZ, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessMemory {
  readonly rssBytes: number;
  /** The most it ever was. */
  readonly peakRssBytes: number;
}

/** CPU time a process has used, all threads, user and system, in milliseconds to the nearest ten (proc(5)). */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold blanks; fields are counted behind it. utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { rssBytes: bytes('VmRSS'), peakRssBytes: bytes('VmHWM') };
}

/** CPU time this process used for some work, in milliseconds, and what the work gave. */
export function cpuTimed<T>(work: () => T): { readonly result: T; readonly cpuMs: number } {
  const from = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(from);
  return { result, cpuMs: (used.user + used.system) / 1000 };
}

/**
 * CPU time of this thread alone, in milliseconds (schedstat of proc(5), nanoseconds): what the prototype's own benchmark
 * counts. Threads that collect garbage and compile are not in it.
 */
export function threadCpuMs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;
}
