/** The Sigma engine in a worker: heavy rules and long lines do not stop the page, and it is only fetched when wanted. */
import { parserIds } from '../../../../src/parse/index.ts';
import { createJudge, type Judge } from './judge.ts';
import type { FromWorker, ToWorker } from './messages.ts';

let judge: Judge | null = null;

function answer(message: FromWorker): void {
  postMessage(message);
}

function tryOut(trial: Parameters<Judge>[0]): FromWorker {
  try {
    if (judge === null) return { kind: 'broke', message: 'no mappings yet' };
    return { kind: 'tried', judgement: judge(trial) };
  } catch (error) {
    return { kind: 'broke', message: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === 'mappings') {
    judge = createJudge(message.mappings, Date.now);
    answer({ kind: 'ready', parsers: parserIds });
  } else answer(tryOut(message.trial));
});
