/** The last header of each source, for the stream that goes on without one after a reconnect. */
export interface LineHeaders {
  of(source: string): string;
  keep(source: string, header: string): void;
}

export interface LineHeaderLimits {
  readonly sourcesMax: number;
  /** A longer header is used while its stream lasts, and not remembered. */
  readonly charsMax: number;
}

const defaultLineHeaderLimits: LineHeaderLimits = { sourcesMax: 1_000, charsMax: 16_384 };

/** In memory, bounded: the source whose header came longest ago is forgotten first. */
export function createLineHeaders(limits: LineHeaderLimits = defaultLineHeaderLimits): LineHeaders {
  const kept = new Map<string, string>();
  return {
    of: (source) => kept.get(source) ?? '',
    keep(source, header) {
      if (header === '' || header.length > limits.charsMax) return;
      kept.delete(source);
      kept.set(source, header);
      const [oldest] = kept.keys();
      if (kept.size > limits.sourcesMax && oldest !== undefined) kept.delete(oldest);
    },
  };
}
