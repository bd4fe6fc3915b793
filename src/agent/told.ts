import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeDurably } from '../disk/durable.ts';
import { sealed, unsealed } from '../disk/sealed.ts';
import type { AgentInput, AgentInputReport } from '../model/agent.ts';
import { parserIds } from '../parse/index.ts';

/**
 * By which parser the server reads the lines of each source, so that records of several lines are not cut inside. It is
 * told with every report and kept for the next run. It decides where a batch may end and nothing else: which files are
 * read, and every byte of them, is as it was (docs/decisions/0013).
 */
export interface Told {
  /** Where the records of an input's files begin and end: what the agent was set to, else the pin; '' each line is one. */
  parserOf(input: AgentInput): string;
  fromOf(input: AgentInput): AgentInputReport['parserFrom'];
  /** Takes what the server says, whatever that is; whether anything is another now. */
  take(parsers: unknown): boolean;
  /** What of it cannot be followed; ''. */
  readonly problem: string;
}

const sourcesMax = 1000;
const idCharsMax = 200;

export function openTold(stateDir: string, tell: (what: string) => void): Told {
  const place = path.join(stateDir, 'parsers.json');
  let bySource = readKept(place, tell);
  let problem = '';

  /** The server stores what names a source that is not the agent's as the token's own. */
  function pinOf(source: string): string {
    const pin = bySource.get(source) ?? bySource.get('') ?? '';
    return pin === 'auto' || !isKnown(pin) ? '' : pin;
  }

  /** A platform that is newer than the agent knows more formats. */
  function look(): void {
    const unknown = [...new Set(bySource.values())].find((parser) => !isKnown(parser));
    const now =
      unknown === undefined
        ? ''
        : `the parser ${unknown} of a source is not known here: each line is taken as a record`;
    if (now !== problem && now !== '') tell(now);
    problem = now;
  }

  look();
  return {
    parserOf: ({ parser, source }) => (parser === '' ? pinOf(source) : parser),
    fromOf: ({ parser, source }) => (parser === '' ? (pinOf(source) === '' ? '' : 'source') : 'agent'),
    get problem() {
      return problem;
    },
    take(parsers) {
      const told = mapOf(parsers);
      if (told === null || isSame(told, bySource)) return false;
      for (const [source, parser] of told)
        if (parser !== (bySource.get(source) ?? 'auto'))
          tell(`${source === '' ? 'its own source' : `the source ${source}`} is read by ${parser} from now on`);
      bySource = told;
      look();
      try {
        writeDurably(place, [sealed(Object.fromEntries(told))]);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        // In force all the same; the next run asks before it reads.
        tell(`${place}: cannot be kept: ${error.message}`);
      }
      return true;
    },
  };
}

const known: ReadonlySet<string> = new Set(['', ...parserIds]);

function isKnown(parser: string): boolean {
  return known.has(parser);
}

function mapOf(value: unknown): ReadonlyMap<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  if (entries.length > sourcesMax) return null;
  const isText = (text: unknown): text is string => typeof text === 'string' && text.length <= idCharsMax;
  return entries.every((entry): entry is [string, string] => entry.every(isText)) ? new Map(entries) : null;
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([source, parser]) => b.get(source) === parser);
}

function readKept(place: string, tell: (what: string) => void): ReadonlyMap<string, string> {
  try {
    const kept = mapOf(unsealed(readFileSync(place))?.value);
    if (kept !== null) return kept;
    tell(`${place} is damaged: the server is asked anew`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return new Map();
}
