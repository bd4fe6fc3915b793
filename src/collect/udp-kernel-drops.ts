import { readFileSync } from 'node:fs';

/** Linux's tables of UDP sockets; the last column counts datagrams dropped for want of buffer. */
const tables: readonly string[] = ['/proc/net/udp', '/proc/net/udp6'];

/**
 * Datagrams the kernel received for a local port and dropped before this process could read them; 0 where the kernel
 * does not tell (other systems than Linux).
 */
export function kernelDrops(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops = 0;
  for (const table of tables) {
    let text: string;
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const words = line.trim().split(/\s+/);
      if (words[1]?.endsWith(suffix)) drops += Number(words.at(-1) ?? 0) || 0;
    }
  }
  return drops;
}
