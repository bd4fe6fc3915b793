/** Trials one after another in the worker: only the newest waits, and one that takes too long ends with its worker. */
import type { MappingsView } from '../../../../src/contract/api.ts';
import type { Judgement, Trial } from './judge.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export type Answer =
  | { readonly kind: 'tried'; readonly judgement: Judgement }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'broke'; readonly message: string };

/** As much of a Worker as is used. */
export interface TrialWorker {
  postMessage(message: ToWorker): void;
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  terminate(): void;
}

export interface Trier {
  try(trial: Trial): void;
  close(): void;
}

export function createTrier(o: {
  readonly open: () => TrialWorker;
  readonly mappings: MappingsView;
  readonly answered: (answer: Answer) => void;
  readonly ready: (parsers: readonly string[]) => void;
  /** A trial may take so long; the engine needs milliseconds. */
  readonly trialMs: number;
}): Trier {
  let worker: TrialWorker | null = null;
  let isReady = false;
  let isBusy = false;
  let next: Trial | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start(): void {
    const opened = o.open();
    worker = opened;
    isReady = false;
    opened.onmessage = ({ data }) => {
      if (data.kind === 'ready') {
        isReady = true;
        o.ready(data.parsers);
      } else {
        clearTimeout(timer);
        isBusy = false;
        o.answered(data);
      }
      send();
    };
    opened.onerror = ({ message }) => {
      stop();
      o.answered({ kind: 'broke', message: message ?? 'the worker did not start' });
    };
    opened.postMessage({ kind: 'mappings', mappings: o.mappings });
  }

  function stop(): void {
    clearTimeout(timer);
    worker?.terminate();
    worker = null;
    isBusy = false;
  }

  function send(): void {
    if (worker === null || !isReady || isBusy || next === null) return;
    const trial = next;
    next = null;
    isBusy = true;
    worker.postMessage({ kind: 'try', trial });
    timer = setTimeout(() => {
      stop();
      o.answered({ kind: 'tooLong' });
      // What was typed meanwhile is tried in a new worker.
      if (next !== null) start();
    }, o.trialMs);
  }

  return {
    try: (trial) => {
      next = trial;
      if (worker === null) start();
      else send();
    },
    close: () => {
      next = null;
      stop();
    },
  };
}
