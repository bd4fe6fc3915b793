import type { LineFormat } from './format.ts';
import { notUnderstood } from './record.ts';

/** Not read at all. */
export const rawFormat: LineFormat = {
  id: 'raw',
  starts: '',
  looksLike: null,
  parse: () => notUnderstood('raw-by-choice'),
};
