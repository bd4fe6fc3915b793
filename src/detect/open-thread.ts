import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * A thread that runs the module `name` beside the caller's.
 *
 * @param here `import.meta.url` of the caller; @param name of the module, without its ending
 */
export function openThread(here: string, name: string, options: WorkerOptions = {}): Worker {
  const isSource = here.endsWith('.ts');
  const file = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, here);
  if (!isSource) return new Worker(file, options);
  // Run from its sources, in our own tests: a thread of Node 20 takes no --import.
  const tsx = import.meta.resolve('tsx/esm/api');
  const program = `import('${tsx}').then(({ register }) => { register(); return import('${file.href}'); })`;
  return new Worker(program, { ...options, eval: true });
}
