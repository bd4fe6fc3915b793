import { correlation } from './correlation.ts';
import { detect } from './detect.ts';
import { indicators } from './indicators.ts';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { loadText, machineFacts } from './machine.ts';
import { memory } from './memory.ts';
import { pipeline } from './pipeline.ts';
import type { Question } from './question.ts';
import { ship } from './ship.ts';
import { sigma } from './sigma.ts';
import { start } from './start.ts';

const questions: readonly Question[] = [
  correlation,
  detect,
  indicators,
  ingest,
  pipeline,
  latency,
  memory,
  ship,
  sigma,
  start,
];

function usage(): string {
  const lines = questions.map(({ name, asks, options }) => {
    const numbers = Object.entries(options).map(([option, value]) => `${option}=${value}`);
    return `  ${name.padEnd(9)} ${asks}\n            ${numbers.join(' ')}`;
  });
  return `usage: npm run bench [-- NAME… option=number…]   (no name: all)\n${lines.join('\n')}`;
}

/** Splits the command line into questions and their numbers; null when it names something unknown. */
function read(args: readonly string[]): { asked: readonly Question[]; given: ReadonlyMap<string, number> } | null {
  const names = args.filter((arg) => !arg.includes('='));
  const given = new Map(
    args
      .filter((arg) => arg.includes('='))
      .map((arg) => {
        const [name = '', value = ''] = arg.split('=', 2);
        return [name, Number(value)] as const;
      }),
  );
  const asked = names.length === 0 ? questions : questions.filter(({ name }) => names.includes(name));
  const known = new Set(asked.flatMap(({ options }) => Object.keys(options)));
  const isClear =
    names.every((name) => asked.some((question) => question.name === name)) &&
    [...given].every(([name, value]) => known.has(name) && Number.isInteger(value) && value > 0);
  return isClear ? { asked, given } : null;
}

async function main(): Promise<void> {
  const wanted = read(process.argv.slice(2));
  if (wanted === null) {
    console.error(usage());
    process.exitCode = 2;
    return;
  }
  for (const question of wanted.asked) {
    console.log(`\n## ${question.name}: ${question.asks}`);
    console.log(machineFacts());
    console.log('');
    await question.run((name) => wanted.given.get(name) ?? question.options[name] ?? 0);
    console.log(`\nafterwards: ${loadText()}`);
  }
}

await main();
