/** One line a person can act on, from whatever stopped a command. */
export function reasonLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address } = error as { code?: unknown; port?: unknown; address?: unknown };
  if (code === 'EADDRINUSE')
    return `port ${String(port)} on ${String(address)} is taken; stop what holds it or set VONGGAC_PORT (syslog: VONGGAC_SYSLOG_UDP, VONGGAC_SYSLOG_TCP)`;
  if (code === 'EACCES' && port !== undefined)
    return `no right to listen on port ${String(port)}; set VONGGAC_PORT above 1023`;
  return error.message.split('\n')[0] ?? error.message;
}
