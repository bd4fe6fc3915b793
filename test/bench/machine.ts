import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on; the load averages tell how busy others kept the machine. */
export function machineFacts(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(0);
  return `${new Date().toISOString()} · ${cpus().length} cores (${model}) · ${memoryGiB} GiB · node ${process.versions.node} · ${loadText()}`;
}

/** Load averages of the last 1, 5 and 15 minutes. */
export function loadText(): string {
  return `load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`;
}
