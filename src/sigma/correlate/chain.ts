import type { TemporalExpression } from './ir.ts';
import type { Member } from './member.ts';

/**
 * What temporal_ordered asks for: members of different events, one of each of these references in this order, at times
 * that do not fall (equal times satisfy the order), and none of the references under `absent` in the window.
 */
export interface Chain {
  readonly order: readonly number[];
  readonly absent: readonly number[];
}

/** Members of the chain's references in their order; `members` ascend by (time, order). */
export function hasChain(chain: readonly number[], members: readonly Member[]): boolean {
  let next = 0;
  for (let from = 0; from < members.length && next < chain.length; ) {
    let to = from;
    while (to < members.length && members[to]?.timeMs === members[from]?.timeMs) to++;
    next = advanceChain(chain, next, eventsOf(members.slice(from, to)));
    from = to;
  }
  return next === chain.length;
}

/** References met by each of the events of one time. */
export function eventsOf(members: readonly Pick<Member, 'order' | 'reference'>[]): ReadonlySet<number>[] {
  const events = new Map<string, Set<number>>();
  for (const { order, reference } of members) {
    const met = events.get(order) ?? new Set<number>();
    events.set(order, met.add(reference));
  }
  return [...events.values()];
}

/**
 * How far a chain gets within one time: from position `next` to the answer, each position with an event of its own.
 * Finds a matching position by position (augmenting paths); to be further along the chain is never worse.
 */
export function advanceChain(chain: readonly number[], next: number, events: readonly ReadonlySet<number>[]): number {
  const positionOf = new Map<number, number>();
  let at = next;
  while (at < chain.length && assign(at, new Set())) at++;
  return at;

  function assign(position: number, tried: Set<number>): boolean {
    for (const [index, met] of events.entries()) {
      if (tried.has(index) || !met.has(chain[position] ?? -1)) continue;
      tried.add(index);
      const other = positionOf.get(index);
      if (other !== undefined && !assign(other, tried)) continue;
      positionOf.set(index, position);
      return true;
    }
    return false;
  }
}

/**
 * An expression as alternatives: any of the chains satisfies it. The order of a chain is that of the references, whatever
 * order the expression names them in. null when there are more than `max` of them.
 */
export function chainsOf(expression: TemporalExpression, max: number): Chain[] | null {
  const terms = termsOf(expression, false, max);
  return (
    terms?.map(({ present, absent }) => ({
      order: [...present].toSorted((a, b) => a - b),
      absent: [...absent].toSorted((a, b) => a - b),
    })) ?? null
  );
}

interface Term {
  readonly present: ReadonlySet<number>;
  readonly absent: ReadonlySet<number>;
}

/** Disjunctive normal form; contradictions are left out. */
function termsOf(expression: TemporalExpression, negated: boolean, max: number): Term[] | null {
  if (expression.kind === 'not') return termsOf(expression.of, !negated, max);
  if (expression.kind === 'reference') {
    const one = new Set([expression.reference]);
    return [negated ? { present: new Set(), absent: one } : { present: one, absent: new Set() }];
  }
  const any = (expression.kind === 'or') !== negated;
  let terms: Term[] = any ? [] : [{ present: new Set(), absent: new Set() }];
  for (const part of expression.of) {
    const further = termsOf(part, negated, max);
    if (further === null) return null;
    terms = any ? [...terms, ...further] : terms.flatMap((term) => further.flatMap((other) => both(term, other)));
    if (terms.length > max) return null;
  }
  return terms;
}

function both(a: Term, b: Term): Term[] {
  const present = new Set([...a.present, ...b.present]);
  const absent = new Set([...a.absent, ...b.absent]);
  return [...present].some((reference) => absent.has(reference)) ? [] : [{ present, absent }];
}
