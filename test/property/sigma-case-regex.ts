import { type Random, repeat } from './sigma-case-random.ts';

const atoms = [
  ...'abks1 /đ',
  '\\.',
  '\\\\',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '.',
  '[ab]',
  '[^a]',
  '[a-k]',
  '[[:alpha:]]',
  '(a|b)',
  '(?:ab)',
  '(a(b|k))',
  '(?P<n>b)',
  '😀',
  '\\x61',
  '\\x{e9}',
  '\\b',
  '\\B',
  '\\pL',
  '\\p{Greek}',
  '\\Qa.b\\E',
  'abka',
  'cmd\\.exe',
  '(?i:ab)',
  '\\n',
  '\\t',
  '-',
];
const counts = ['', '', '', '', '?', '*', '+', '{2}', '{0,1}', '{1,}', '+?', '*?'];

/** An expression of the RE2 dialect; most of them compile. */
export function anyRegex(random: Random): string {
  const piece = (): string =>
    repeat(1 + random.int(4), () => {
      const atom = random.pick(atoms);
      return /^\\[bB]$/.test(atom) ? atom : atom + random.pick(counts);
    }).join('');
  const head = random.pick(['', '', '', '', '(?i)', '(?s)', '(?m)', '^', '\\A', '(?i)^']);
  const tail = random.pick(['', '', '', '', '$', '\\z', `|${piece()}`]);
  return head + piece() + tail;
}

const classes: Readonly<Record<string, string>> = {
  d: '7',
  w: 'k',
  s: ' ',
  S: 'x',
  D: 'x',
  W: '-',
  n: '\n',
  t: '\t',
  r: '\r',
};

/**
 * A text that likely matches: the expression read from left to right, groups and counts taken as they come. What this
 * little reader does not understand it copies, so a sample may miss; the engines must agree either way.
 */
export function sampleRegex(random: Random, source: string): string {
  let at = 0;
  const flags = /^\(\?[imsU]+\)/.exec(source)?.[0].length ?? 0;
  at = flags;
  return alternatives(0);

  function alternatives(depth: number): string {
    const all: string[] = [];
    let current = '';
    while (at < source.length) {
      const c = source.charAt(at);
      if (c === ')' && depth > 0) break;
      if (c === '|') {
        all.push(current);
        current = '';
        at++;
        continue;
      }
      const before = at;
      const atom = readAtom(depth);
      current += counted(atom, before);
    }
    all.push(current);
    return random.pick(all);
  }

  function readAtom(depth: number): string {
    const c = source.charAt(at++);
    if (c === '(') {
      const head = /^\?(?:P?<\w+>|[imsU-]*:)/.exec(source.slice(at))?.[0].length ?? 0;
      at += head;
      const inner = depth < 20 ? alternatives(depth + 1) : '';
      at++;
      return inner;
    }
    if (c === '[') return readClass();
    if (c === '.') return random.pick(['x', 'K', ' ', 'đ']);
    if (c === '^' || c === '$') return '';
    if (c !== '\\') return c;
    const next = source.charAt(at++);
    if ('bBAz'.includes(next)) return '';
    if (next === 'x') {
      const hex = /^\{([0-9a-fA-F]{1,6})\}|^([0-9a-fA-F]{2})/.exec(source.slice(at));
      at += hex?.[0].length ?? 0;
      const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? '78', 16);
      return String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    if (next === 'p') {
      at += /^(\{\w+\}|\w)/.exec(source.slice(at))?.[0].length ?? 0;
      return 'σ';
    }
    if (next === 'Q') {
      const end = source.indexOf('\\E', at);
      const literal = source.slice(at, end < 0 ? source.length : end);
      at = end < 0 ? source.length : end + 2;
      return literal;
    }
    return classes[next] ?? next;
  }

  function readClass(): string {
    const from = at;
    if (source.charAt(at) === '^') at++;
    if (source.charAt(at) === ']') at++;
    while (at < source.length && source.charAt(at) !== ']') {
      if (source.startsWith('[:', at)) at = Math.max(at, source.indexOf(':]', at) + 1);
      at += source.charAt(at) === '\\' ? 2 : 1;
    }
    const body = source.slice(from, at++);
    if (body.startsWith('^')) return random.pick(['x', '~', 'Z', '0', ' ']);
    const plain = [...body.replace(/\[:\w+:\]/g, 'k').replace(/\\(.)/g, (_, e: string) => classes[e] ?? e)];
    return plain.length > 0 ? random.pick(plain) : '';
  }

  function counted(atom: string, before: number): string {
    const count = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (count === null || at === before) return atom;
    at += count[0].length;
    if (count[1] === '*') return atom.repeat(random.int(3));
    if (count[1] === '+') return atom.repeat(1 + random.int(2));
    if (count[1] === '?') return atom.repeat(random.int(2));
    return atom.repeat(Math.min(300, Number(count[2]) + (count[3] === ',' && random.chance(0.3) ? 1 : 0)));
  }
}
