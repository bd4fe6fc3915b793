import type { Json } from './sigma-case-events.ts';
import type { Random } from './sigma-case-random.ts';

/** An event as one line of JSON, in any of the ways JSON can be written: escapes, blanks, names that stand twice. */
export function jsonLine(random: Random, fields: ReadonlyMap<string, Json>): string {
  const odd = random.chance(0.3);
  return object(fields);

  function object(map: ReadonlyMap<string, Json>): string {
    const members = [...map].map(([key, value]) => `${text(key)}${blank()}:${blank()}${json(value)}`);
    const [first] = map.keys();
    // The last of several equal names counts.
    if (odd && first !== undefined && random.chance(0.1))
      members.unshift(`${text(first)}:${json(random.pick(['x', null, ['y'], '11']))}`);
    return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`;
  }

  function json(value: Json): string {
    if (typeof value === 'string') return text(value);
    if (value === null || typeof value === 'boolean') return String(value);
    if (value instanceof Map) return object(value);
    if (Array.isArray(value)) return `[${blank()}${value.map(json).join(`${blank()},${blank()}`)}${blank()}]`;
    return 'raw' in value ? value.raw : '';
  }

  function blank(): string {
    return odd && random.chance(0.1) ? random.pick([' ', '  ', '\t']) : '';
  }

  function text(value: string): string {
    if (!odd || random.chance(0.6)) return JSON.stringify(value);
    let out = '';
    for (let i = 0; i < value.length; i++) {
      const unit = value.charAt(i);
      if (unit === '/' && random.chance(0.5)) out += '\\/';
      else if (random.chance(0.15)) out += unicodeEscape(unit);
      else if (/[\p{Surrogate}]/u.test(unit)) {
        // A pair stands as it is or as two escapes, never half and half.
        const pair = value.slice(i, i + 2);
        const whole = [...pair].length === 1 && pair.length === 2;
        out +=
          whole && random.chance(0.5)
            ? pair
            : whole
              ? unicodeEscape(unit) + unicodeEscape(pair.charAt(1))
              : unicodeEscape(unit);
        if (whole) i++;
      } else out += JSON.stringify(unit).slice(1, -1);
    }
    return `"${out}"`;
  }

  function unicodeEscape(unit: string): string {
    const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${random.chance(0.5) ? hex : hex.toUpperCase()}`;
  }
}
