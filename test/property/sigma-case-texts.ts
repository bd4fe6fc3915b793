import { type Random, repeat } from './sigma-case-random.ts';

/**
 * Few characters, so that chance hits are common: letters that fold oddly (Kelvin, dotted İ, sharp s, three sigmas, long
 * s, Deseret pairs beyond the BMP), Vietnamese composed and decomposed, dashes, escapes, newlines, NUL.
 */
const units = [
  ...'aAbBkKsS01.-/\\*?%_ ',
  '\u212a',
  '\u0130',
  'ß',
  '\u1e9e',
  'Σ',
  'σ',
  'ς',
  '\u017f',
  '\u{10400}',
  '\u{10428}',
  '😀',
  'ế',
  'Ế',
  'e\u0302\u0301',
  'đ',
  'Đ',
  '–',
  '—',
  '―',
  '\n',
  '\r\n',
  '\t',
  '\0',
  "'",
  '"',
  '\u2028',
  '\u00a0',
];

const words = [
  'abka',
  'aabb/a -b',
  'cmd.exe',
  'C:\\Windows\\System32\\cmd.exe',
  '\\\\srv\\c$',
  ' -enc ',
  '/c',
  'ΟΔΟΣ',
  'Straße',
  'Tiếng Việt',
  'powershell -nop -w hidden -EncodedCommand SQBFAFgA',
  '11',
  '11.0',
  '011',
  '-1.5',
  '1e3',
  '0x10',
  '9007199254740993',
  '12345678901234567891',
  'true',
  'False',
  'null',
  '10.1.2.3',
  '010.1.1.1',
  '::ffff:10.1.1.1',
  'fe80::1',
  '2026-03-01T10:00:00Z',
  '2026-12-31 23:59:59.5+07:00',
  '2026-02-30',
  '100%',
  'a_b',
];

export function anyText(random: Random): string {
  const way = random.next();
  if (way < 0.35) return repeat(random.int(6), () => random.pick(units)).join('');
  if (way < 0.75) return random.pick(words);
  if (way < 0.85) return random.pick(words) + random.pick(units);
  if (way < 0.9) return random.pick(units) + random.pick(words) + random.pick(units);
  if (way < 0.93) return '';
  if (way < 0.95) return random.pick(words).repeat(1 + random.int(40));
  return changedCase(random, random.pick(words));
}

export function anyUnit(random: Random): string {
  return random.pick(units);
}

/** Letters beside those they must not be taken for, and those they must. */
const traps: readonly (readonly [string, readonly string[]])[] = [
  ['k', ['\u212a', 'K']],
  ['s', ['\u017f', 'S']],
  ['i', ['\u0130', 'I', 'ı']],
  ['ß', ['\u1e9e', 'ss', 'SS']],
  ['\u1e9e', ['ß']],
  ['σ', ['Σ', 'ς']],
  ['ς', ['Σ', 'σ']],
  ['\u{10428}', ['\u{10400}']],
  ['ế', ['Ế', 'e\u0302\u0301']],
  ['-', ['/', '–', '—', '―']],
  ['\\', ['\\\\', '/']],
  ['\n', ['\r\n', ' ']],
];

/** Every letter in upper or lower case as it falls, now and then as one that only looks the same. */
export function changedCase(random: Random, text: string): string {
  if (random.chance(0.3)) return text;
  if (random.chance(0.2)) return text.toUpperCase();
  if (random.chance(0.2)) return text.toLowerCase();
  const trapped = random.chance(0.15);
  return [...text]
    .map((c) => {
      const trap = trapped && random.chance(0.3) ? traps.find(([letter]) => letter === c.toLowerCase()) : undefined;
      if (trap !== undefined) return random.pick(trap[1]);
      if (random.chance(0.5)) return c;
      return c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase();
    })
    .join('');
}

/** One edit away: what just matched often just fails. */
export function nearMiss(random: Random, text: string): string {
  const points = [...text];
  const at = random.int(points.length + 1);
  switch (random.int(4)) {
    case 0:
      points.splice(at, 1);
      break;
    case 1:
      points.splice(at, 0, anyUnit(random));
      break;
    case 2:
      points.splice(at, 1, anyUnit(random));
      break;
    default:
      return random.chance(0.5) ? `${text}${anyUnit(random)}` : `${anyUnit(random)}${text}`;
  }
  return points.join('');
}
