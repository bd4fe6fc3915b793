import type { Metrics } from '../observe/metrics.ts';

interface IntakeTotals {
  readonly acceptedRows: number;
  readonly rejectedRows: number;
  readonly rawRows: number;
  readonly refused: number;
  readonly batches: number;
  readonly deadLettersLost: number;
}

/** What the belt counts: for Prometheus and, as plain totals, for the health page. */
export interface IntakeMeters {
  stored(block: { readonly batches: number; readonly rows: number; readonly raw: number }, tookMs: number): void;
  rejected(lines: number): void;
  refused(code: string): void;
  retried(): void;
  deadLettersLost(count: number): void;
  totals(): IntakeTotals;
}

export function createIntakeMeters(metrics: Metrics): IntakeMeters {
  const rows = metrics.counter('ingest_rows_total', 'Lines by outcome', ['outcome']);
  const batches = metrics.counter('ingest_batches_total', 'Committed batches');
  const refusals = metrics.counter('ingest_refused_total', 'Submissions refused', ['code']);
  const retries = metrics.counter('ingest_write_retries_total', 'Failed tries to write a batch');
  const lost = metrics.counter(
    'ingest_dead_letters_lost_total',
    'Dead letters not written: over the bound, or no store',
  );
  const commit = metrics.histogram(
    'ingest_commit_seconds',
    'From the first try to the committed batch',
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  );
  const total = { acceptedRows: 0, rejectedRows: 0, rawRows: 0, refused: 0, batches: 0, deadLettersLost: 0 };
  return {
    stored({ batches: stored, rows: count, raw }, tookMs) {
      total.acceptedRows += count;
      total.rawRows += raw;
      total.batches += stored;
      rows.inc({ outcome: 'parsed' }, count - raw);
      rows.inc({ outcome: 'raw' }, raw);
      batches.inc(stored);
      commit.observe(tookMs / 1000);
    },
    rejected(lines) {
      total.rejectedRows += lines;
      rows.inc({ outcome: 'rejected' }, lines);
    },
    refused(code) {
      total.refused += 1;
      refusals.inc({ code });
    },
    retried() {
      retries.inc();
    },
    deadLettersLost(count) {
      total.deadLettersLost += count;
      lost.inc(count);
    },
    totals: () => ({ ...total }),
  };
}
