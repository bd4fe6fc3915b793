/** Splunk's own logger for JavaScript ships without types; as much of it as the tests use. */
declare module 'splunk-logging' {
  export class Logger {
    constructor(options: { readonly token: string; readonly url: string; readonly maxRetries?: number });
    error: (error: Error) => void;
    send(
      context: { readonly message: unknown; readonly metadata?: object },
      done: (
        error: Error | null,
        response: unknown,
        body: { readonly text: string; readonly code: number; readonly ackId?: number },
      ) => void,
    ): void;
  }
}
