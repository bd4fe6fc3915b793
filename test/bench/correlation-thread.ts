import { answerTask } from '../../src/detect/thread-task.ts';
import { type CorrelationPass, type CorrelationTask, measureCorrelation } from './correlation-load.ts';

/** A thread begins as a process does: what V8 made of correlations of other kinds is not in it. */
await answerTask<CorrelationTask, CorrelationPass>(async (task) => measureCorrelation(task));
