import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * What browsers are told to refuse. Scripts and styles come from our own files only: no inline ones, so a log line that
 * finds its way into a page stays text. No CORS headers anywhere: other sites have no business here.
 */
export const securityHeaders: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
  // Browsers heed it over https only; over plain http it says nothing.
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
};
