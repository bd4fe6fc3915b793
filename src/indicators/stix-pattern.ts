import type { IndicatorType } from '../model/indicator.ts';
import type { IndicatorLimits } from './limits.ts';

export interface PatternValue {
  readonly type: IndicatorType;
  readonly value: string;
}

/** Object paths whose value is an indicator by itself. An address may be a network. */
const paths: Readonly<Record<string, IndicatorType>> = {
  'ipv4-addr:value': 'ip',
  'ipv6-addr:value': 'ip',
  'network-traffic:src_ref.value': 'ip',
  'network-traffic:dst_ref.value': 'ip',
  'domain-name:value': 'domain',
  'url:value': 'url',
  ...Object.fromEntries(
    ['MD5', 'SHA-1', 'SHA1', 'SHA-256', 'SHA256', 'SHA-512', 'SHA512'].map((name) => [`file:hashes.${name}`, 'hash']),
  ),
};

/** One word of a pattern, at its beginning: a sign, an operator, a text, an object path. */
const word =
  /\s*(?:([[\](),=]|OR\b|IN\b)|'((?:[^'\\]|\\.)*)'|([a-z0-9-]+:[A-Za-z0-9_-]+(?:\.(?:[A-Za-z0-9_-]+|'[^']*'))*)|($))/sy;

/**
 * The values of a STIX 2.1 pattern (§9) that says no more than "one of these": comparisons with `=` or `IN`, joined by
 * `OR`, within one observation or several. null for everything else: half of an `AND` would alarm on what was not meant.
 */
export function readStixPattern(
  pattern: string,
  limits: Pick<IndicatorLimits, 'patternCharsMax' | 'patternComparisonsMax'>,
): readonly PatternValue[] | null {
  if (pattern.length > limits.patternCharsMax) return null;
  const words = wordsOf(pattern);
  if (words === null) return null;
  const values: PatternValue[] = [];
  let at = 0;
  const sign = (wanted: string): boolean => {
    const found = words[at];
    if (found?.sign !== wanted) return false;
    at += 1;
    return true;
  };
  const text = (): string | null => {
    const found = words[at]?.text ?? null;
    if (found !== null) at += 1;
    return found;
  };
  const add = (type: IndicatorType, value: string | null): boolean => {
    if (value === null || values.length >= limits.patternComparisonsMax) return false;
    values.push({ type, value });
    return true;
  };
  const comparison = (): boolean => {
    const type = paths[words[at]?.path ?? ''];
    if (type === undefined) return false;
    at += 1;
    if (sign('=')) return add(type, text());
    if (!sign('IN') || !sign('(')) return false;
    do if (!add(type, text())) return false;
    while (sign(','));
    return sign(')');
  };
  const joined = (each: () => boolean): boolean => {
    do if (!each()) return false;
    while (sign('OR'));
    return true;
  };
  const observation = (): boolean => {
    if (!sign('[')) return false;
    // Parentheses change nothing where all is joined by OR; one pair around the whole is what people write.
    const inParentheses = sign('(');
    return joined(comparison) && (!inParentheses || sign(')')) && sign(']');
  };
  return joined(observation) && at === words.length ? values : null;
}

interface Word {
  readonly sign?: string;
  readonly text?: string;
  readonly path?: string;
}

function wordsOf(pattern: string): Word[] | null {
  const words: Word[] = [];
  const next = new RegExp(word);
  for (;;) {
    const found = next.exec(pattern);
    if (found === null) return null;
    const [, sign, text, path, end] = found;
    if (end !== undefined) return words;
    if (sign !== undefined) words.push({ sign });
    else if (text !== undefined) words.push({ text: text.replaceAll(/\\(.)/gs, '$1') });
    else if (path !== undefined) words.push({ path: path.replaceAll("'", '') });
  }
}
