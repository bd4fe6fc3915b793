import type { Notice } from '../model/notice.ts';

/** How one try ended. `permanent`: trying again cannot help. `detail` is what the other side said, without secrets. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly detail: string }
  | { readonly kind: 'failed'; readonly permanent: boolean; readonly detail: string };

/** A way to reach people. `send` never throws: a failure is an answer, too. */
export interface Channel {
  send(notice: Notice): Promise<SendOutcome>;
  close(): Promise<void>;
}

/** One line, bounded: goes into a delivery row that people read. */
export function bounded(text: string, lengthMax: number): string {
  const flat = text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return flat.length <= lengthMax ? flat : `${flat.slice(0, lengthMax - 1)}…`;
}
