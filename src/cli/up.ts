import { compose, type Platform } from '../compose.ts';
import type { Config } from '../config.ts';
import { createLog } from '../observe/log.ts';
import { type ControlServer, serveControl } from './control.ts';
import { reasonLine } from './reason-line.ts';
import { stopSignal, within } from './stop-signal.ts';

/** Everything must be down within 5 s of a signal; the rest is for the process to end. */
const closeDeadlineMs = 4500;

/** Runs the platform until a signal. 0: stopped as asked · 1: could not start, or did not stop in time. */
export async function runUp(config: Config, err: (line: string) => void): Promise<number> {
  const log = createLog(config.logLevel);
  const asked = stopSignal(process.env.npm_lifecycle_event !== undefined);
  const starting = compose(config, { log });
  // A signal during the start: the children notice that we are gone.
  const first = await Promise.race([
    starting.then(
      () => null,
      () => null,
    ),
    asked,
  ]);
  if (first !== null) process.exit(0);
  let platform: Platform;
  let control: ControlServer | null = null;
  try {
    platform = await starting;
    control = platform.embedded ? await serveControl(config.dataDir, platform.administer) : null;
  } catch (error) {
    err(`vonggac: ${reasonLine(error)}`);
    return 1;
  }
  err(
    `vonggac: ${platform.servesBoard ? `board ready at ${platform.url}` : `running (${config.roles.join(', ')}) at ${platform.url}`}`,
  );
  if (platform.firstAdminLink !== null) {
    err(
      `vonggac: no account yet. Open this link once, within ${platform.firstAdminLink.validHours} hours, to create the administrator:`,
    );
    err(`         ${platform.firstAdminLink.url}`);
  }
  const reason = await asked;
  log.info({ reason }, 'stopping');
  const closing = Promise.all([control?.close(), platform.close()]).then(() => undefined);
  // Everything of ours is closed. A library may have left a timer (BullMQ's renewal of locks, when Redis was killed under
  // it), and a platform that does not end keeps whoever restarts it waiting.
  if (await within(closing, closeDeadlineMs)) process.exit(0);
  err('vonggac: did not stop in time; ending. What was acknowledged is in the store.');
  process.exit(1);
}
