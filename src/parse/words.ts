import type { FieldValue } from '../model/event.ts';

/**
 * A sentence a program writes, with what it says. The pattern is anchored and has no repetition inside a repetition, so
 * that it takes time in proportion to the text; its named groups are fields.
 */
export interface Sentence {
  /** How it begins: asked before the pattern. */
  readonly start: string;
  readonly pattern: RegExp;
  /** Fields every such sentence says, `action` and `outcome` among them. */
  readonly says: Readonly<Record<string, FieldValue>>;
}

export function sentence(start: string, pattern: RegExp, action: string, outcome?: 'success' | 'failure'): Sentence {
  return { start, pattern, says: outcome === undefined ? { action } : { action, outcome } };
}

/** Figures that are fields. */
const counts: ReadonlySet<string> = new Set(['src_port', 'dst_port', 'repeated', 'bytes', 'size']);

/** The named groups of a match as fields; empty ones are left out. */
function groupsOf(match: RegExpExecArray): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  const groups = match.groups ?? {};
  for (const name in groups) {
    const value = groups[name];
    if (value !== undefined && value !== '') fields[name] = counts.has(name) ? Number(value) : value;
  }
  return fields;
}

/** What the first sentence that fits says; null when none does. */
export function readSentence(sentences: readonly Sentence[], text: string): Record<string, FieldValue> | null {
  for (const { start, pattern, says } of sentences) {
    if (!text.startsWith(start)) continue;
    const found = pattern.exec(text);
    if (found !== null) return { ...groupsOf(found), ...says };
  }
  return null;
}
