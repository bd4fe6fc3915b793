import type { PersonalKind } from '../model/personal.ts';

/** A stretch of text that is personal data, and its value in the one form all spellings share. */
export interface Found {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
  /** `0912345678` for every spelling of a telephone number, lower case for an address of mail. */
  readonly value: string;
}

export interface FindOptions {
  readonly kinds: ReadonlySet<PersonalKind>;
  /** Mail addresses of these domains and those below them are accounts of offices, not of citizens. */
  readonly ownDomains: readonly string[];
}

/**
 * A pattern, and its digits, which are found in a fraction of the time: a look behind is worth its price only where they
 * stand, not at every character of every line.
 */
interface Sought {
  readonly core: RegExp;
  readonly whole: RegExp;
  /** Characters of the whole before its core. */
  readonly lead: number;
}

/**
 * Neither inside a longer word or number, nor a part of a decimal, a GUID, an address or a time; beside what was masked as
 * beside the digits it stands for, or a line masked twice would have more masked.
 */
const before = String.raw`(?<![\p{L}\p{N}_~]|(?:\p{N}|~[\da-f]{16})[.:]|[\dA-Fa-f]{4}-|://)`;
const after = String.raw`(?![\p{L}\p{N}_~]|[.:-](?:\p{N}|PII~))`;

/**
 * Provinces by the first three digits of the citizen's number, before the mergers of 01/7/2025, which changed no number
 * given (Thông tư 59/2021/TT-BCA, phụ lục I).
 */
const provinces: ReadonlySet<string> = new Set(
  (
    '001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 ' +
    '045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 ' +
    '092 093 094 095 096'
  ).split(' '),
);

/** No province begins with 000, as the empty GUIDs of Windows do. */
const cccd: Sought = {
  core: /0(?:0[1-9]|[1-9]\d)\d{9}/g,
  whole: new RegExp(`${before}0\\d{11}${after}`, 'uy'),
  lead: 0,
};
/** DN4010123456789: two letters of the group, the benefit's figure, the province and ten digits (QĐ 1351/QĐ-BHXH). */
const bhyt: Sought = {
  core: /[1-5]\d{12}/g,
  whole: new RegExp(`${before}[A-Z]{2}[1-5]\\d{12}${after}`, 'uy'),
  lead: 2,
};
/** Mobile numbers as they are since 2018: 03, 05, 07, 08, 09 and eight digits; +84 for the 0. */
const phone: Sought = {
  core: /(?:(?:\+|%2B)?84|0)[35789]\d{2}(?:\d{6}|[ .-]\d{3}[ .-]\d{3})/g,
  whole: new RegExp(`${before}(?:(?:\\+|%2B)?84|0)([35789]\\d{8}|[35789]\\d{2}([ .-])\\d{3}\\2\\d{3})${after}`, 'uy'),
  lead: 0,
};
const email =
  /(?<![\p{L}\p{N}._%+~@-])([\p{L}\p{N}](?:[\p{L}\p{N}._+-]|%2B){0,63})(?:@|%40)((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![\p{L}\p{N}-]|(?<=PII)~)/giu;
/** Last labels of names that are no addresses of the Internet but of a domain of accounts. */
const inside: ReadonlySet<string> = new Set([
  'local',
  'lan',
  'internal',
  'intra',
  'corp',
  'home',
  'localdomain',
  'test',
]);
/** Names of SSH's algorithms are written like addresses (RFC 4251, section 6). */
const algorithmsOf: ReadonlySet<string> = new Set(['openssh.com', 'libssh.org', 'ssh.com', 'lysator.liu.se']);
/**
 * Secrets in a query, and tokens that go by themselves. Only values that look like tokens are taken: an attack written
 * into `?token=` stays for the rules to see.
 */
const query =
  /[?&;](?:[a-z]{1,12}[_-])?(?:token|code|otp|pass|passwd|password|pwd|matkhau|secret|api[_-]?key|key|sig|signature|session(?:[_-]?id)?|jsessionid|ticket|auth)=([A-Za-z0-9_-](?:[A-Za-z0-9_~-]|%[0-9A-Fa-f]{2}|\.(?!\.)){5,2047})(?=[&;#\s"'\])}<|,]|$)/gi;
const bearer = /\b[Bb]earer[ +]+([A-Za-z0-9._~+/-]{16,4096}=*)/g;
const jwt = /\beyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,1024}/g;

/** Personal data and secrets in a line, in the order they stand, none inside another. */
export function findPersonal(text: string, o: FindOptions): readonly Found[] {
  const found: Found[] = [];
  const add = (kind: PersonalKind, start: number, raw: string, value: string): void => {
    if (o.kinds.has(kind)) found.push({ kind, start, end: start + raw.length, value });
  };
  if (text.includes('eyJ')) for (const match of text.matchAll(jwt)) add('secret', match.index, match[0], match[0]);
  if (text.includes('earer'))
    for (const { value, start } of firstGroups(text, bearer))
      if (!value.includes('PII~')) add('secret', start, value, value);
  if (text.includes('?') || text.includes('&') || text.includes(';'))
    for (const { value, start } of firstGroups(text, query))
      if (!value.includes('PII~')) add('secret', start, value, value);
  if (text.includes('@') || text.includes('%40')) {
    for (const match of text.matchAll(email)) {
      const [, local = '', domain = ''] = match;
      if (isCitizens(domain.toLowerCase(), o.ownDomains))
        add('email', match.index, local, `${local.replaceAll('%2B', '+')}@${domain}`.toLowerCase());
    }
  }
  for (const match of matchesOf(bhyt, text)) add('bhyt', match.index, match[0], match[0]);
  for (const match of matchesOf(cccd, text)) {
    if (provinces.has(match[0].slice(0, 3))) add('cccd', match.index, match[0], match[0]);
  }
  for (const match of matchesOf(phone, text))
    add('phone', match.index, match[0], `0${(match[1] ?? '').replace(/\D/g, '')}`);
  return found.length === 0 ? none : apart(found);
}

const none: readonly Found[] = [];

/** As `text.matchAll` of the whole pattern. */
function matchesOf({ core, whole, lead }: Sought, text: string): readonly RegExpExecArray[] {
  core.lastIndex = 0;
  let begun = core.exec(text);
  if (begun === null) return noMatches;
  const matches: RegExpExecArray[] = [];
  for (; begun !== null; begun = core.exec(text)) {
    whole.lastIndex = Math.max(0, begun.index - lead);
    const match = whole.exec(text);
    if (match !== null) matches.push(match);
    core.lastIndex = match === null ? begun.index + 1 : match.index + match[0].length;
  }
  return matches;
}

const noMatches: readonly RegExpExecArray[] = [];

/** First groups with the places they stand at; the group ends its match. */
function* firstGroups(text: string, pattern: RegExp): Generator<{ readonly value: string; readonly start: number }> {
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? '';
    yield { value, start: match.index + match[0].length - value.length };
  }
}

function isCitizens(domain: string, own: readonly string[]): boolean {
  if (inside.has(domain.slice(domain.lastIndexOf('.') + 1))) return false;
  if (algorithmsOf.has(domain)) return false;
  return !own.some((each) => domain === each || domain.endsWith(`.${each}`));
}

/** By their place; of two that overlap the one that begins first stays, then the longer. */
function apart(found: Found[]): readonly Found[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Found[] = [];
  let end = 0;
  for (const each of found) {
    if (each.start < end) continue;
    out.push(each);
    end = each.end;
  }
  return out;
}
