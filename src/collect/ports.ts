import type { Receipt, Submission } from '../model/source.ts';

/** The part of the belt a collector needs: take these lines, or throw IntakeRefused when they were not taken. */
export interface LineIntake {
  submit(submission: Submission): Promise<Receipt>;
}
