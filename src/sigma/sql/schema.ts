import { flatTexts, keyToken, leavesOf, membersFunction, ownFunction, textsFunction, tokensOf } from './json-text.ts';
import { plainNote, type Scope } from './scope.ts';

/** What an event holds under a name, as expressions (match/field-content.ts says what they mean). */
export interface FieldSql {
  readonly exists: string;
  readonly present: string;
  /** `Array(String)`. */
  readonly texts: string;
}

/** How a table holds events. Everything the generator knows of a database comes through here. */
export interface SqlSchema {
  readonly table: string;
  /** Expression of an event's id, `String`; orders events of the same millisecond. */
  readonly id: string;
  /** Expression of the event's time in milliseconds since the epoch, `Int64`. */
  readonly timeMs: string;
  /** Columns of the event's logsource tags: `String` ('' when unknown), and two `Array(String)`. */
  readonly logsource: { readonly product: string; readonly categories: string; readonly services: string };
  field(name: string, scope: Scope): FieldSql;
  /** The column that holds the field's text when its value is a scalar, and '' when it is not, or missing. */
  columnOf(name: string): string | null;
  /** All values of the event, `Array(String)`. */
  leaves(scope: Scope): string;
}

/** A column that holds a field's text when its value is a scalar, and '' when it is not, or missing. */
export interface ColumnOfField {
  readonly field: string;
  readonly column: string;
}

/**
 * The platform's `events` table (store/migrations): flat fields as JSON text in `fields`, their names in `present`,
 * those that hold null in `null_keys`, the commonest ones in columns of their own.
 */
export function eventsTable(columns: readonly ColumnOfField[]): SqlSchema {
  const known = new Map(columns.map(({ field, column }) => [field, column]));
  return {
    table: 'events',
    id: 'id',
    timeMs: 'toUnixTimestamp64Milli(event_time)',
    logsource: { product: 'product', categories: 'categories', services: 'services' },
    field(field, scope) {
      const name = scope.fieldName(field);
      const text = scope.params.text(field);
      const exists = `has(present, ${text})`;
      const fromJson = flatTexts('fields', field, scope);
      const column = known.get(field);
      // A column's '' may stand for a missing field, null, '' itself or a list: the JSON text knows which.
      const texts =
        column === undefined
          ? `if(${exists}, ${fromJson}, [])`
          : `multiIf(\`${column}\` != '', [\`${column}\`], ${exists} AND NOT has(null_keys, ${text}), ${fromJson}, [])`;
      scope.define(name, texts, plainNote(field));
      return { exists, present: `notEmpty(${name})`, texts: name };
    },
    columnOf: (field) => known.get(field) ?? null,
    leaves: (scope) => leavesOf('fields', scope),
  };
}

/** A table with whole events, nested or not, as JSON text in one column, written as JSON.stringify does. */
export function jsonTable(o: {
  readonly table: string;
  readonly column: string;
  readonly id: string;
  readonly timeMs: string;
  readonly logsource: SqlSchema['logsource'];
}): SqlSchema {
  return {
    table: o.table,
    id: o.id,
    timeMs: o.timeMs,
    logsource: o.logsource,
    field(field, scope) {
      const name = scope.fieldName(field);
      const tokens = scope.define(
        `${name}_tokens`,
        valueTokens(tokensOf(o.column, scope), field, scope, 0),
        plainNote(field),
      );
      scope.define(name, `${textsFunction(scope)}(${tokens})`);
      return { exists: `notEmpty(${tokens})`, present: `(notEmpty(${name}) OR has(${tokens}, '{'))`, texts: name };
    },
    columnOf: () => null,
    leaves: (scope) => leavesOf(o.column, scope),
  };
}

/**
 * Tokens of what an object holds under a name: the key itself, else the objects under the longest head before a dot
 * that lead to the rest of the name.
 */
function valueTokens(object: string, name: string, scope: Scope, level: number): string {
  const own = ownFunction(scope);
  const found = [`${own}(${object}, ${scope.params.text(keyToken(name))})`];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = `${own}(${object}, ${scope.params.text(keyToken(name.slice(0, dot)))})`;
    const member = `m${level}`;
    const tail = valueTokens(member, name.slice(dot + 1), scope, level + 1);
    found.push(`arrayFlatten(arrayMap(${member} -> ${tail}, ${membersFunction(scope)}(${head})))`);
  }
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  return `ifNull(arrayFirst(x -> notEmpty(x), [${found.join(', ')}]), [])`;
}
