import { type LoggerOptions, type Logger as PinoLogger, pino } from 'pino';

/** The platform's own log. info: what an operator wants in a calm week · warn: degraded, heals itself · error: needs a human. */
export type Logger = PinoLogger;

/** Names whose values never reach the log, at any depth a request or job carries them. */
const redacted: readonly string[] = ['password', 'token', 'authorization', 'cookie', 'secret', 'hash'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** JSON lines on stderr, so that stdout belongs to commands' answers. `level` is a pino level or `silent`. */
export function createLog(level: string): Logger {
  const options: LoggerOptions = { level, redact: { paths: [...redacted], censor: '[redacted]' }, base: null };
  return pino(options, pino.destination({ fd: 2, sync: true }));
}
