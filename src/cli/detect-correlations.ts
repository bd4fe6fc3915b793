import type { NormalisedEvent } from '../model/event.ts';
import { severityOf } from '../model/severity.ts';
import {
  type Correlation,
  type CorrelationHit,
  type CorrelationStreamLimits,
  type CorrelationStreamStats,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  type Rule,
} from '../sigma/index.ts';

export interface DetectCorrelationsOptions {
  readonly correlations: readonly Correlation[];
  /** Ids that raise no hits of their own. */
  readonly silent: ReadonlySet<string>;
  /** As in the rule set. */
  readonly rules: readonly Rule[];
  /** Inputs by number, as shown in hits. */
  readonly files: readonly string[];
  /**
   * true: the input goes on, so hits are told once the reorder window has passed. false: input that ends, told at its end,
   * whatever the order of lines and files.
   */
  readonly isEndless: boolean;
  readonly limits?: CorrelationStreamLimits;
  /** Gets a hit as one line of JSON. */
  out(line: string): void;
}

/** Correlations over the lines that `vonggac detect` reads. */
export interface DetectCorrelations {
  /** Whether something is built on the rule, so that the event itself is needed. */
  takes(rule: number): boolean;
  /** An event and all the rules it met, with the place of its line. */
  add(met: readonly number[], event: NormalisedEvent, file: number, line: number): void;
  flush(): void;
  /** `untimed`: events left out because they have no time. */
  stats(): CorrelationStreamStats & { readonly untimed: number };
}

export function createDetectCorrelations(o: DetectCorrelationsOptions): DetectCorrelations {
  const stream = createCorrelationStream(o.correlations, {
    limits: o.limits ?? { ...defaultCorrelationStreamLimits, evidence: 0 },
    onBegin: tell,
  });
  const handles = Int32Array.from(o.rules, ({ id }) => stream.handleOf(id));
  const tails = o.correlations.map(({ id, title, level }) => {
    return JSON.stringify({ rule: id, title, level: severityOf(level) }).slice(1, -1);
  });
  let presentMs = Number.NEGATIVE_INFINITY;
  let untimed = 0;

  return {
    takes: (rule) => (handles[rule] ?? -1) >= 0,
    add(met, event, file, line) {
      const timeMs = event.eventTimeMs;
      if (timeMs === null) {
        untimed++;
        return;
      }
      const order = orderOf(file, line);
      for (const rule of met) {
        const handle = handles[rule] ?? -1;
        if (handle >= 0) stream.push(handle, event.fields, timeMs, order);
      }
      if (!o.isEndless || timeMs <= presentMs) return;
      presentMs = timeMs;
      stream.advance(presentMs);
    },
    flush: () => stream.flush(),
    stats: () => ({ ...stream.stats(), untimed }),
  };

  function tell(hit: CorrelationHit): void {
    const correlation = o.correlations[hit.correlation];
    if (correlation === undefined || o.silent.has(correlation.id)) return;
    const [file, line] = placeOf(hit.order);
    const group = Object.fromEntries(correlation.ir.groupBy.map(({ name }, i) => [name, hit.group[i] ?? '']));
    const head = `{"file":${JSON.stringify(o.files[file] ?? '')},"line":${line}`;
    o.out(`${head},${tails[hit.correlation]},"group":${JSON.stringify(group)},"value":${hit.value}}`);
  }
}

/** Places in the order of inputs and lines; of a hit that completes another, the place of its line comes first. */
function orderOf(file: number, line: number): string {
  return `${String(file).padStart(6, '0')}:${String(line).padStart(12, '0')}`;
}

function placeOf(order: string): [file: number, line: number] {
  return [Number(order.slice(0, 6)), Number(order.slice(7, 19))];
}
