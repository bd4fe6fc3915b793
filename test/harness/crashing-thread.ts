import { workerData } from 'node:worker_threads';

/** A thread that stops before it answers, in the way it is told. */
if (workerData === 'exit') process.exit(9);
const held: unknown[] = [];
for (;;) held.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
