/** One question a benchmark answers. */
export interface Question {
  readonly name: string;
  /** What is asked, in one sentence. */
  readonly asks: string;
  /** Names and defaults of its numbers, given on the command line as `name=value`. */
  readonly options: Readonly<Record<string, number>>;
  /** Measures and prints. `option` gives the value of one of `options`. */
  run(option: (name: string) => number): Promise<void>;
}
