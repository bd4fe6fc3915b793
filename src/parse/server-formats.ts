import type { LineFormat } from './format.ts';
import { w3cFormat } from './w3c.ts';

/** Servers' own log files, in the order in which a line of unknown format is held against them. */
export const serverFormats: readonly LineFormat[] = [w3cFormat];
