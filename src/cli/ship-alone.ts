import { Command, CommanderError } from 'commander';
import { usageError } from './command-line.ts';
import { addShipCommand } from './ship-command.ts';

/** Put in by the bundler. */
declare const __AGENT_VERSION__: string;

// The agent's own program: `ship` and nothing else, in one file without packages beside it (scripts/agent-folder.mjs).
// Whoever read our output has read enough (`| head`).
process.stdout.on('error', () => process.exit(128 + 13));
const program = new Command('vonggac-agent').version(__AGENT_VERSION__).exitOverride();
addShipCommand(program, {
  env: process.env,
  version: __AGENT_VERSION__,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  done: (status) => {
    process.exitCode = status;
  },
});
try {
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : usageError;
}
