import { parentPort, workerData } from 'node:worker_threads';
import { openThread } from './open-thread.ts';

/** A thread stopped before it had an answer: it crashed, ran out of memory or could not start. */
export class ThreadLost extends Error {
  readonly code = 'thread-lost';
}

/** JavaScript memory of one thread: all rules of SigmaHQ take a third of it. */
const threadHeapMib = 1024;

/**
 * One task in a thread of its own, which ends with it, memory and all. Rejects with ThreadLost.
 *
 * @param here `import.meta.url` of the caller; @param name of the module beside it that calls `answerTask`
 */
export function runInThread<Task, Reply>(
  here: string,
  name: string,
  task: Task,
  heapMib: number = threadHeapMib,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const thread = openThread(here, name, {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: heapMib },
    });
    const lost = (reason: string) => reject(new ThreadLost(`the thread "${name}" stopped: ${reason}`));
    thread.once('message', (reply: Reply) => {
      resolve(reply);
      void thread.terminate();
    });
    thread.once('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    thread.once('exit', (code) => lost(`exit code ${code}`));
  });
}

/** The thread's side. */
export async function answerTask<Task, Reply>(answer: (task: Task) => Promise<Reply>): Promise<void> {
  parentPort?.postMessage(await answer(workerData as Task));
}
