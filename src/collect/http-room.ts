import type { Metrics } from '../observe/metrics.ts';
import { defaultHttpCollectorLimits, type HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';

/** What all HTTP collectors of a process share: places for requests, bytes they may hold, and their counters. */
export interface HttpRoom {
  /** A place for one request. Throws `busy` when there is none. */
  enter(): Place;
  answered(protocol: string, status: number): void;
  /** A client came again for an outcome it had not been told. */
  toldAgain(protocol: string): void;
}

export interface Place {
  /** More bytes held by the request; throws `busy` when all hold too many together. */
  hold(bytes: number): void;
  leave(): void;
}

const busyRetrySeconds = 1;

export function createHttpRoom(metrics: Metrics, limits: Partial<HttpCollectorLimits> = {}): HttpRoom {
  const { requestsMax, heldBytesMax } = { ...defaultHttpCollectorLimits, ...limits };
  const answers = metrics.counter('collect_http_requests_total', 'Requests to the HTTP collectors', [
    'protocol',
    'status',
  ]);
  const again = metrics.counter(
    'collect_http_told_again_total',
    'Submissions repeated by clients that had not heard their outcome, and answered with it',
    ['protocol'],
  );
  let requests = 0;
  let held = 0;

  return {
    enter() {
      if (requests >= requestsMax) throw new HttpProblem('busy', busyRetrySeconds);
      requests += 1;
      let mine = 0;
      return {
        hold(bytes) {
          // One alone may always be read: its own bound is smaller.
          if (held + bytes > heldBytesMax && held > mine) throw new HttpProblem('busy', busyRetrySeconds);
          mine += bytes;
          held += bytes;
        },
        leave() {
          requests -= 1;
          held -= mine;
          mine = 0;
        },
      };
    },
    answered: (protocol, status) => answers.inc({ protocol, status: String(status) }),
    toldAgain: (protocol) => again.inc({ protocol }),
  };
}
