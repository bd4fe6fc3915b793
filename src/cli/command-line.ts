import { InvalidArgumentError } from 'commander';

/** Exit codes, the same for every command: 0 done · 1 failed, refused or missed · 2 the command line is wrong. */
export const usageError = 2;

export const exitHelp = '\nExit codes: 0 done, 1 failed, refused or missed, 2 wrong usage.';

/** An option's number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}
