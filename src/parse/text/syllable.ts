const onset = '(?:ngh|ng|nh|n|gh|gi|g|kh|k|ch|c|ph|p|th|tr|t|qu|b|d|đ|h|l|m|r|s|v|x)?';
const nuclei = [
  ...['a', 'ă', 'â', 'e', 'ê', 'i', 'o', 'ô', 'ơ', 'u', 'ư', 'y'],
  ...[
    'ai',
    'ao',
    'au',
    'ay',
    'âu',
    'ây',
    'eo',
    'êu',
    'ia',
    'iê',
    'iêu',
    'iu',
    'oa',
    'oă',
    'oai',
    'oao',
    'oay',
    'oe',
    'oeo',
  ],
  ...['oi', 'ôi', 'ơi', 'oo', 'ua', 'uâ', 'uây', 'uê', 'ui', 'uô', 'uôi', 'uơ', 'uy', 'uya', 'uyê', 'uyu', 'uêu'],
  ...['ưa', 'ưi', 'ươ', 'ươi', 'ươu', 'ưu', 'yê', 'yêu', 'iê', 'y', 'ya'],
];
const coda = '(?:ch|c|ng|nh|n|m|p|t)?';
const shape = new RegExp(`^${onset}(?:${[...new Set(nuclei)].sort((a, b) => b.length - a.length).join('|')})${coda}$`);

const toneMarks = /[\u0300\u0301\u0303\u0309\u0323]/g;
const stopped = /(?:c|ch|p|t)$/;

/** Longest Vietnamese syllable: nghiêng. */
const lettersMax = 7;

/**
 * Whether a word is built as a Vietnamese syllable is: an onset, a nucleus, a coda, one tone at most, and before c, ch,
 * p, t only the two tones that can stand there. Case does not count.
 */
export function isSyllable(word: string): boolean {
  const low = word.toLowerCase().normalize('NFC');
  if (low.length > lettersMax) return false;
  const parts = low.normalize('NFD');
  const tones = parts.match(toneMarks) ?? [];
  if (tones.length > 1) return false;
  const plain = parts.replace(toneMarks, '').normalize('NFC');
  if (!shape.test(plain)) return false;
  return !stopped.test(plain) || tones.length === 0 || tones[0] === '\u0301' || tones[0] === '\u0323';
}
