/** What one line may hold; beyond it the line is kept as raw with the reason. */
export interface ParseLimits {
  readonly depthMax: number;
  readonly keysMax: number;
  readonly keyCharsMax: number;
  readonly structuredDataMax: number;
}

export const parseLimits: ParseLimits = {
  depthMax: 64,
  keysMax: 2_000,
  keyCharsMax: 1_024,
  structuredDataMax: 200,
};
