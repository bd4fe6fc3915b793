#!/usr/bin/env node
// The command `vonggac`. The program itself is src/main.ts, built into dist/.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('vonggac: not built yet; run once:  npm run setup\n');
  process.exit(1);
}
await import(main.href);
