/** A value bound to a query, under its ClickHouse type. */
export type SqlParam =
  | { readonly type: 'String'; readonly value: string }
  | { readonly type: 'Array(String)'; readonly value: readonly string[] }
  | { readonly type: 'Float64' | 'Int64'; readonly value: number };

/** Parameters by name, for `{name:Type}` in a statement. */
export type SqlParams = Readonly<Record<string, SqlParam>>;

/** Collects what a statement binds; nothing a rule's author wrote enters the text itself. Equal values share a name. */
export class ParamList {
  readonly #named: Record<string, SqlParam> = {};
  readonly #references = new Map<string, string>();

  get all(): SqlParams {
    return this.#named;
  }

  text(value: string): string {
    return this.#add({ type: 'String', value });
  }

  texts(value: readonly string[]): string {
    return this.#add({ type: 'Array(String)', value });
  }

  number(value: number): string {
    return this.#add({ type: 'Float64', value });
  }

  integer(value: number): string {
    return this.#add({ type: 'Int64', value });
  }

  #add(param: SqlParam): string {
    const key = JSON.stringify(param);
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const name = `p${this.#references.size + 1}`;
    const reference = `{${name}:${param.type}}`;
    this.#named[name] = param;
    this.#references.set(key, reference);
    return reference;
  }
}

/**
 * A parameter's value as the text that ClickHouse's HTTP interface takes in `param_<name>` (escaped as in TSV), for
 * callers that do not use a client which does this.
 */
export function paramText(param: SqlParam): string {
  if (param.type === 'String') return escapeTsv(param.value);
  if (param.type === 'Array(String)') return escapeTsv(`[${param.value.map(sqlLiteral).join(',')}]`);
  return String(param.value);
}

function escapeTsv(text: string): string {
  return text.replace(/[\\\t\n\r\0\b\f]/g, (c) => tsvEscapes[c] ?? c);
}

const tsvEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
};

/** A text as a ClickHouse string literal. */
export function sqlLiteral(text: string): string {
  return `'${text.replace(/[\\'\t\n\r\0\b\f]/g, (c) => (c === "'" ? "\\'" : (tsvEscapes[c] ?? c)))}'`;
}

/** A parameter's value as SQL writes it. */
export function inlineParam(param: SqlParam): string {
  if (param.type === 'String') return sqlLiteral(param.value);
  if (param.type === 'Array(String)') return `[${param.value.map(sqlLiteral).join(', ')}]`;
  return String(param.value);
}

/** The statement with its parameters written into it as literals: for pasting into a client, not for programs. */
export function inlineParams(sql: string, params: SqlParams): string {
  return sql.replace(/\{(p\d+):[A-Za-z0-9()]+\}/g, (reference, name: string) => {
    const param = params[name];
    return param === undefined ? reference : inlineParam(param);
  });
}
