/** ClickHouse did not answer, or not in time, after every bounded retry. Nothing is known about what it did. */
export class StoreAway extends Error {
  readonly code = 'store-away';
  constructor(what: string, cause?: unknown) {
    super(`The store does not answer (${what})`, { cause });
    this.name = 'StoreAway';
  }
}

/**
 * ClickHouse answered that it cannot write now, whatever the rows: a full disk, no memory, no file handles. To callers
 * it is as away as one that is silent: these rows are not at fault and will be taken once an operator made room.
 */
export class StoreUnable extends StoreAway {
  constructor(what: string, cause: unknown) {
    super(what, cause);
    this.message = `The store cannot write now (${what}): ${cause instanceof Error ? cause.message : String(cause)}`;
    this.name = 'StoreUnable';
  }
}

/** ClickHouse answered and refused: wrong SQL, rows it cannot read, a bound of a query reached. `number` is its own error code. */
export class StoreRefused extends Error {
  readonly code = 'store-refused';
  readonly number: number;
  constructor(number: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreRefused';
    this.number = number;
  }
}

/** The database was written by a newer version of this program. Starting on it could harm what is stored. */
export class SchemaNewer extends Error {
  readonly code = 'schema-newer';
  constructor(found: number, known: number) {
    super(
      `The database is at schema version ${found}, this program knows versions up to ${known}. ` +
        'Start the newer program, or restore a backup made before the upgrade.',
    );
    this.name = 'SchemaNewer';
  }
}

/** A search text that cannot be run. `position` and `length` are UTF-16 units of the text as given. */
export class QueryRefused extends Error {
  readonly code = 'bad-query';
  readonly position: number;
  readonly length: number;
  readonly messageVi: string;
  constructor(position: number, length: number, messageVi: string, message: string) {
    super(message);
    this.name = 'QueryRefused';
    this.position = position;
    this.length = length;
    this.messageVi = messageVi;
  }
}

/** A page cursor this store did not write. */
export class CursorRefused extends Error {
  readonly code = 'bad-cursor';
  readonly messageVi = 'Con trỏ trang không hợp lệ.';
  constructor() {
    super('The page cursor is not valid.');
    this.name = 'CursorRefused';
  }
}
