import type { DetectJob, NotifyJob } from '../contract/jobs.ts';

/** BullMQ parts its keys at ':', and an id is one path segment of ours everywhere else too. */
const jobIdShape = /^[A-Za-z0-9._-]{1,128}$/;
const dayShape = /^\d{4}-\d{2}-\d{2}$/;

/** Thrown for an id no job may carry: a bug of the caller, not a state of the world. */
class BadJobId extends Error {
  readonly code = 'bad-job-id';
  constructor(id: string) {
    super(`not usable as a job id: ${JSON.stringify(id.slice(0, 140))}`);
    this.name = 'BadJobId';
  }
}

export function jobId(id: string): string {
  if (!jobIdShape.test(id)) throw new BadJobId(id);
  return id;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** null when Redis holds something that is not a detect job (another program, an older version). */
export function readDetectJob(data: unknown): DetectJob | null {
  if (!isRecord(data)) return null;
  const { batch, day } = data;
  if (typeof batch !== 'string' || !jobIdShape.test(batch)) return null;
  if (typeof day !== 'string' || !dayShape.test(day)) return null;
  return { batch, day };
}

/** null when Redis holds something that is not a notify job. */
export function readNotifyJob(data: unknown): NotifyJob | null {
  if (!isRecord(data)) return null;
  const { notice } = data;
  return typeof notice === 'string' && jobIdShape.test(notice) ? { notice } : null;
}
