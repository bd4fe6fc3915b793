import type { Mapping } from '../mapping.ts';
import { generic } from './generic.ts';
import { cisco, linux } from './syslog.ts';
import { web, webApache, webNginx } from './web.ts';
import { nxlog, windows } from './windows.ts';

/** The built-in mappings, in the order they are applied. */
export const mappings: readonly Mapping[] = [nxlog, windows, generic, web, webNginx, webApache, linux, cisco];
