import type { Mapping } from '../mapping.ts';

/** Access logs: category webserver; the product only when the program or the pinned parser says it. */
export const web: Mapping = {
  id: 'web',
  parsers: ['access', 'nginx-access', 'apache-access'],
  rules: [{ when: {}, categories: ['webserver'] }],
};

export const webNginx: Mapping = {
  id: 'web-nginx',
  parsers: ['nginx-access'],
  rules: [{ when: {}, product: 'nginx', services: ['nginx'] }],
};

export const webApache: Mapping = {
  id: 'web-apache',
  parsers: ['apache-access'],
  rules: [{ when: {}, product: 'apache', services: ['apache'] }],
};
