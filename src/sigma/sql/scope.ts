import { ParamList } from './params.ts';

/** `WITH` expressions and parameters of one statement. */
export interface Definition {
  readonly name: string;
  readonly sql: string;
  /** What a reader wants to know of it; '' when nothing. */
  readonly note: string;
}

/** What a statement needs beside its conditions. Several rules may share one. */
export class Scope {
  readonly params: ParamList;
  readonly #definitions: Definition[] = [];
  readonly #names = new Set<string>();
  readonly #fields = new Map<string, string>();

  constructor(params: ParamList = new ParamList()) {
    this.params = params;
  }

  get definitions(): readonly Definition[] {
    return this.#definitions;
  }

  /** Defines `name` once and returns it; it always stands for the same expression. */
  define(name: string, sql: string, note = ''): string {
    if (this.#names.has(name)) return name;
    this.#names.add(name);
    this.#definitions.push({ name, sql, note });
    return name;
  }

  /** A name for a field of events: `f1`, `f2`, …, the same for the same field. */
  fieldName(field: string): string {
    const known = this.#fields.get(field);
    if (known !== undefined) return known;
    const name = `f${this.#fields.size + 1}`;
    this.#fields.set(field, name);
    return name;
  }
}

/** A name from a rule as a comment, when it is plain enough to stand in SQL; else ''. */
export function plainNote(name: string): string {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(name) ? name : '';
}
