import type { YamlScalar } from './yaml-node.ts';

/** Characters that a plain scalar which is no text begins with: `~`, null, true, false, a sign, a digit, a point. */
const notTextStart = /^[~nNtTfF\d.+-]/;

/** What a plain scalar means by the core schema of YAML 1.2. Integers are bigint, so that no digit is lost. */
export function coreScalar(text: string): YamlScalar['value'] {
  if (!notTextStart.test(text)) return text;
  if (/^(?:~|[Nn]ull|NULL)$/.test(text)) return null;
  if (/^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/.test(text)) return text[0] === 't' || text[0] === 'T';
  if (/^(?:0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+)$/.test(text)) return BigInt(text);
  if (/^(?:\.nan|\.NaN|\.NAN)$/.test(text)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text[0] === '-' ? -Infinity : Infinity;
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number.parseFloat(text);
  return text;
}
