import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Redis cannot be told to go when its parent goes, and a parent killed with SIGKILL tells nobody. So a shell stands
 * between: it holds the reading end of a pipe whose other end only the parent has, and ends the server when the pipe
 * does. A shell, because it is on every machine that runs Redis and costs under 1 MB.
 *
 * fd 0: the configuration, for the server (never argv, which every user can read) · fd 3: the lifeline.
 */
const script = `
exec 4<&0
"$1" - <&4 3<&- 4<&- &
server=$!
exec 0</dev/null 4<&-
( read -r _ <&3
  kill -TERM $server
  sleep 1
  kill -KILL $server ) 2>/dev/null &
watch=$!
wait $server
code=$?
kill $watch 2>/dev/null
exit $code
`;

/** Starts `binary` under a keeper in a process group of its own, so that Ctrl-C reaches the parent only. */
export function spawnKept(binary: string, configuration: string, cwd: string): ChildProcess {
  const keeper = spawn('/bin/sh', ['-c', script, 'keeper', binary], {
    cwd,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  for (const stream of [keeper.stdin, keeper.stdio[3]]) stream?.on('error', () => {});
  keeper.stdin?.end(configuration);
  return keeper;
}

/** Lets go of the lifeline: the keeper ends the server, at once with SIGTERM and after a second with SIGKILL. */
export function letGo(keeper: ChildProcess): void {
  keeper.stdio[3]?.destroy();
}
