import { packImage, unpackImage } from '../../src/detect/image-pack.ts';
import { compileRules, type EngineImage, meets, parseRules, type Rule } from '../../src/sigma/index.ts';
import { casePlaceholders } from './sigma-case-rules.ts';
import { type CaseBatch, type EventCase, eventOf } from './sigma-cases.ts';
import { shrinkText } from './sigma-shrink.ts';

/** Indexes of the rules that each event meets, ascending, in the order of the events. */
export type Verdicts = readonly (readonly number[])[];

/** An engine that answers for a whole batch, without routing. */
export interface Contender {
  readonly name: string;
  verdicts(batch: CaseBatch): Verdicts | Promise<Verdicts>;
}

/** The meaning itself. */
export const reference: Contender = {
  name: 'reference',
  verdicts: ({ rules, events }) =>
    events.map(({ fields }) => rules.flatMap((rule, i) => (meets(rule.ir, fields) ? [i] : []))),
};

const anywhere = { product: null, categories: [], services: [] };

/** Twice over all events: what came before an event must not change its answer. */
function twice(events: readonly EventCase[], match: (event: EventCase) => readonly number[]): Verdicts {
  const first = events.map((event) => [...match(event)]);
  const second = events.map((event) => [...match(event)]);
  return first.map((verdict, i) => (verdict.join() === second[i]?.join() ? verdict : [Number.NaN]));
}

const fast: Contender = {
  name: 'fast',
  verdicts({ rules, events }) {
    const set = compileRules(rules);
    return twice(events, ({ fields }) => set.match({ fields, logsource: anywhere }, { routing: false }));
  },
};

/** Lines that the byte path left to JSON.parse, of all it was given. */
export const left = { lines: 0, ofLines: 0 };

const bytes: Contender = {
  name: 'bytes',
  verdicts({ rules, events }) {
    const set = compileRules(rules);
    const encoder = new TextEncoder();
    return twice(events, ({ line, fields }) => {
      // Neighbours on both sides, and any alignment: nothing outside the line may be read.
      const before = encoder.encode('\n{"a":"'.slice(0, line.length % 7));
      const own = encoder.encode(line);
      const whole = new Uint8Array([...before, ...own, ...encoder.encode('"needle"}\n')]);
      const met = set.matchLine(whole, before.length, before.length + own.length, { routing: false });
      left.ofLines++;
      if (met !== null) return met;
      left.lines++;
      return set.match({ fields, logsource: anywhere }, { routing: false });
    });
  },
};

/** What another thread or another run is given: images that went through bytes, and no rule's tree. */
const cachedImage: Contender = {
  name: 'cached image',
  verdicts({ rules, events }) {
    const kept = new Map<string, Uint8Array>();
    const keep = {
      get: () => undefined,
      put: (key: string, image: EngineImage) => {
        kept.set(key, packed(image));
        return image;
      },
    };
    compileRules(rules, { images: keep }).match({ fields: {}, logsource: anywhere }, { routing: false });
    const treeless = rules.map((rule): Rule => {
      return Object.defineProperty({ ...rule }, 'ir', {
        get: () => {
          throw new Error('the tree of a rule was read');
        },
      });
    });
    const images = { get: (key: string) => unpackedFrom(kept.get(key)), put: (_: string, image: EngineImage) => image };
    const set = compileRules(treeless, { images });
    return twice(events, ({ fields }) => set.match({ fields, logsource: anywhere }, { routing: false }));
  },
};

/** In shared memory, as for threads, or behind the head of a file, as in the cache: one after the other. */
function packed(image: EngineImage): Uint8Array {
  return packImage(unpackImage(packImage(image)));
}

function unpackedFrom(bytes: Uint8Array | undefined): EngineImage | undefined {
  return bytes === undefined ? undefined : unpackImage(bytes);
}

/** Everything in this process that claims to mean what the reference means. */
export const contenders: readonly Contender[] = [fast, bytes, cachedImage];

/** One verdict on which an engine leaves the reference. */
export interface Difference {
  readonly contender: string;
  readonly rule: Rule;
  readonly event: EventCase;
  readonly reference: boolean;
}

/** Every verdict of the batch, each engine beside the reference. */
export async function differences(batch: CaseBatch, contender: Contender, wanted: Verdicts): Promise<Difference[]> {
  const given = await contender.verdicts(batch);
  return batch.events.flatMap((event, e) => {
    const right = wanted[e] ?? [];
    const said = given[e] ?? [];
    if (right.length === said.length && right.every((rule, i) => rule === said[i])) return [];
    return batch.rules.flatMap((rule, i) =>
      right.includes(i) === said.includes(i)
        ? []
        : [{ contender: contender.name, rule, event, reference: right.includes(i) }],
    );
  });
}

/** The difference as small as it gets, as text that can be pasted into the conformance cases. */
export async function shrunk(difference: Difference, contender: Contender, triesMax = 2_000): Promise<string> {
  let line = difference.event.line;
  let source = difference.rule.source;
  const stillThere = async (ruleText: string, eventText: string): Promise<boolean> => {
    const event = eventOf(eventText);
    const { rules } = parseRules(ruleText, 'shrunk', { placeholders: casePlaceholders });
    if (event === null || rules.length !== 1) return false;
    const batch = { rules, events: [event] };
    try {
      return (await differences(batch, contender, await reference.verdicts(batch))).length > 0;
    } catch {
      return false;
    }
  };
  // An engine may err only beside other rules or after other events; then there is nothing to shrink alone.
  if (await stillThere(source, line)) {
    line = await shrinkText(line, (shorter) => stillThere(source, shorter), triesMax);
    source = await shrinkText(source, (shorter) => stillThere(shorter, line), triesMax);
  }
  return `${contender.name} says ${!difference.reference}, the reference says ${difference.reference}\n${source}\n${line}`;
}
