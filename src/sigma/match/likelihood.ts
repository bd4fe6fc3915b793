import type { LiteralKind } from './text-shape.ts';

/** Words that stand in so many events that they tell little. */
const commonWords = [
  '.exe',
  '.dll',
  '\\windows\\',
  'system32',
  'c:\\',
  'users\\',
  'software\\',
  'microsoft',
  'http',
  '://',
];

/** How often a folded literal is likely to turn up in an event; only the order matters, and only for speed. */
export function likelihood(kind: LiteralKind, text: string): number {
  let bits = text.length * 1.5;
  for (const word of commonWords) if (text.includes(word)) bits -= word.length * 1.2;
  if (/^[\d\s./\\-]*$/.test(text)) bits /= 2;
  const places = kind === 'contains' ? 8 : kind === 'exact' ? 1 : 2;
  return Math.min(0.9, places * 2 ** -Math.max(1, Math.min(bits, 24)));
}
