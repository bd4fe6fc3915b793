#!/usr/bin/env -S node --max-semi-space-size=32
// The command `vonggac`. The program itself is src/main.ts, built into dist/.
// Lines on their way to the store live for about a second: with half the room for young objects the garbage collector
// copies most of them twice, for some 5 % of the CPU. Node takes this only as it starts.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('vonggac: not built yet; run once:  npm run setup\n');
  process.exit(1);
}
await import(main.href);
