/**
 * Many literals looked for in one text at once. Each literal is filed under its rarest three characters; a scan
 * rolls a hash of the last three characters over the text and looks only at what is filed there.
 */

export type LiteralKind = 'exact' | 'prefix' | 'suffix' | 'contains';

const gramLength = 3;

export class LiteralIndex {
  readonly #exact = new Map<string, number>();
  /** Literals too short for three characters: looked for one by one when ASCII, ... */
  readonly #short: number[] = [];
  /** ... by their first character when not (whole lists of emoji are looked for); most texts are ASCII throughout. */
  readonly #shortBeyondAscii = new Map<number, number[]>();
  readonly #texts: string[] = [];
  readonly #kinds: LiteralKind[] = [];
  readonly #ids = new Map<string, number>();
  /** Bits a character moves the hash by; three times as many are kept, so a character drops out after three. */
  #shift = 3;
  #mask = 0;
  #heads = new Int32Array(0);
  #next = new Int32Array(0);
  #offsets = new Int32Array(0);
  /** Doubles: a generation an event outgrows 32 bits within days. */
  #seen = new Float64Array(0);
  #generation = 0;

  /** Adds a folded literal and returns its number; the same literal has the same number. Before `build` only. */
  add(kind: LiteralKind, text: string): number {
    const key = `${kind}:${text}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#ids.set(key, id);
    this.#texts.push(text);
    this.#kinds.push(kind);
    return id;
  }

  get size(): number {
    return this.#texts.length;
  }

  build(): void {
    const count = this.#texts.length;
    this.#shift = count < 64 ? 3 : count < 1024 ? 4 : 5;
    this.#mask = (1 << (this.#shift * gramLength)) - 1;
    this.#heads = new Int32Array(this.#mask + 1).fill(-1);
    this.#next = new Int32Array(count);
    this.#offsets = new Int32Array(count);
    this.#seen = new Float64Array(count);
    const gramCounts = new Int32Array(this.#mask + 1);
    for (const text of this.#texts) this.#eachGram(text, (hash) => (gramCounts[hash] = (gramCounts[hash] ?? 0) + 1));
    for (const [id, text] of this.#texts.entries()) {
      if (this.#kinds[id] === 'exact') this.#exact.set(text, id);
      else if (text.length < gramLength) this.#fileShort(id, text.charCodeAt(0));
      else this.#file(id, text, gramCounts);
    }
    this.#ids.clear();
  }

  #fileShort(id: number, first: number): void {
    if (first < 128) {
      this.#short.push(id);
      return;
    }
    const list = this.#shortBeyondAscii.get(first);
    if (list === undefined) this.#shortBeyondAscii.set(first, [id]);
    else list.push(id);
  }

  #file(id: number, text: string, gramCounts: Int32Array): void {
    let best = -1;
    let bestOffset = 0;
    this.#eachGram(text, (hash, offset) => {
      if (best >= 0 && (gramCounts[hash] ?? 0) >= (gramCounts[best] ?? 0)) return;
      best = hash;
      bestOffset = offset;
    });
    this.#offsets[id] = bestOffset;
    this.#next[id] = this.#heads[best] ?? -1;
    this.#heads[best] = id;
  }

  #eachGram(text: string, visit: (hash: number, offset: number) => void): void {
    let hash = 0;
    for (let i = 0; i < text.length; i++) {
      hash = ((hash << this.#shift) ^ text.charCodeAt(i)) & this.#mask;
      if (i >= gramLength - 1) visit(hash, i - gramLength + 1);
    }
  }

  /** Begins a new event: literals found before may be found again. */
  reset(): void {
    this.#generation++;
  }

  /** Whether any of the literals is in a folded text. */
  has(text: string): boolean {
    const found: number[] = [];
    this.reset();
    this.scan(text, found);
    return found.length > 0;
  }

  /** Appends the numbers of the literals found in a folded text, each once between two resets. */
  scan(text: string, found: number[]): void {
    const exact = this.#exact.get(text);
    if (exact !== undefined) this.#mark(exact, found);
    this.#look(this.#short, text, found);
    const heads = this.#heads;
    const shift = this.#shift;
    const mask = this.#mask;
    const length = text.length;
    let hash = 0;
    let units = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      units |= unit;
      hash = ((hash << shift) ^ unit) & mask;
      const head = heads[hash] ?? -1;
      if (head >= 0) this.#visit(head, text, i, found);
    }
    if (units > 127 && this.#shortBeyondAscii.size > 0) this.#scanBeyondAscii(text, found);
  }

  #scanBeyondAscii(text: string, found: number[]): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const ids = unit < 128 ? undefined : this.#shortBeyondAscii.get(unit);
      if (ids !== undefined) this.#look(ids, text, found);
    }
  }

  #look(ids: readonly number[], text: string, found: number[]): void {
    for (const id of ids) if (this.#seen[id] !== this.#generation && this.#fits(id, text)) this.#mark(id, found);
  }

  #visit(head: number, text: string, last: number, found: number[]): void {
    for (let id = head; id >= 0; id = this.#next[id] ?? -1) {
      if (this.#seen[id] === this.#generation) continue;
      const start = last - (gramLength - 1) - (this.#offsets[id] ?? 0);
      if (start < 0) continue;
      const literal = this.#texts[id] ?? '';
      const kind = this.#kinds[id];
      if (kind === 'prefix' && start !== 0) continue;
      if (kind === 'suffix' && start + literal.length !== text.length) continue;
      if (text.startsWith(literal, start)) this.#mark(id, found);
    }
  }

  #mark(id: number, found: number[]): void {
    if (this.#seen[id] === this.#generation) return;
    this.#seen[id] = this.#generation;
    found.push(id);
  }

  #fits(id: number, text: string): boolean {
    const literal = this.#texts[id] ?? '';
    const kind = this.#kinds[id];
    if (kind === 'prefix') return text.startsWith(literal);
    return kind === 'suffix' ? text.endsWith(literal) : text.includes(literal);
  }
}
