import type { CorrelationReference } from '../correlate/ir.ts';
import type { RuleDocument } from '../parse-rules.ts';

interface Target extends CorrelationReference {
  readonly name: string;
}

/** What ids and names stand for in a set of documents. */
export interface Names {
  /** The one of that id, or all of that name. Ids are compared without case. */
  find(text: string): readonly Target[];
  /** A document of that id was there but was refused. */
  isRefused(text: string): boolean;
}

export function createNames(documents: readonly RuleDocument[]): Names {
  const byId = new Map<string, Target>();
  const byName = new Map<string, Target[]>();
  const refused = new Set<string>();
  for (const { id, rule, correlation, outcome } of documents) {
    const found = rule ?? correlation;
    if (outcome === 'refused') refused.add(id.toLowerCase());
    if (found === undefined || found === null) continue;
    const target: Target = { kind: rule === null ? 'correlation' : 'rule', id: found.id, name: found.name };
    const key = found.id.toLowerCase();
    if (byId.has(key)) continue;
    byId.set(key, target);
    if (found.name === '') continue;
    const named = byName.get(found.name);
    if (named === undefined) byName.set(found.name, [target]);
    else named.push(target);
  }
  return {
    find(text) {
      const target = byId.get(text.toLowerCase());
      return target === undefined ? (byName.get(text) ?? []) : [target];
    },
    isRefused: (text) => refused.has(text.toLowerCase()),
  };
}
