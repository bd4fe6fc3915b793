import ipaddr from 'ipaddr.js';
import { asciiName } from './normalise.ts';

/** What a book has, so that texts are not looked through for what nothing could match. */
export interface Tokens {
  /** Last labels of all listed names: `vn`, `com`. Most dotted words of a log (`cmd.exe`) end in none of them. */
  readonly lastLabels: ReadonlySet<string>;
  readonly hasAddresses: boolean;
  readonly hasV6: boolean;
  readonly hasHashes: boolean;
}

/** Told of what stands in a text, each with the place it stands at. */
export interface Names {
  /** Lower case, ASCII; at least one dot. */
  name(name: string, start: number, end: number): void;
  /** Its 32 bits, as a signed number. */
  address4(bits: number, start: number, end: number): void;
  /** In canonical form. */
  address6(address: string, start: number, end: number): void;
  /** Lower case, as long as a known digest. */
  hash(hash: string, start: number, end: number): void;
}

/** Per UTF-16 unit below 128: 1 part of a name (letters, digits, `-`, `_`), 2 hex digit. */
const kinds = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const c = String.fromCharCode(code);
  if (/[A-Za-z0-9_-]/.test(c)) kinds[code] = 1;
  if (/[0-9A-Fa-f]/.test(c)) kinds[code] = 3;
}

const dotCode = 46;
const colonCode = 58;

function isName(code: number): boolean {
  // Letters of other scripts belong to a name, too; `…evil.vn` with a leading one is another name than `evil.vn`.
  return code >= 128 || (kinds[code] ?? 0) !== 0;
}

function isHex(code: number): boolean {
  return code < 128 && ((kinds[code] ?? 0) & 2) !== 0;
}

/**
 * Finds names, addresses and digests in a text. Written by hand: it looks at what stands around dots and colons, and
 * for digests at every 32nd character, where a regular expression would look at each; it runs over every event.
 */
export function readTokens(text: string, has: Tokens, names: Names): void {
  if (has.lastLabels.size > 0 || has.hasAddresses) readDotted(text, has, names);
  if (has.hasV6) readColons(text, names);
  if (has.hasHashes && text.length >= 32) readHashes(text, names);
}

function readDotted(text: string, has: Tokens, names: Names): void {
  // Where the word before ended.
  let from = 0;
  for (let dot = text.indexOf('.'); dot >= 0; ) {
    let start = dot;
    while (start > from && isName(text.charCodeAt(start - 1))) start -= 1;
    let end = dot + 1;
    let lastDot = dot;
    let amongDigits = isAmongDigits(text, dot) ? 1 : 0;
    let code = text.charCodeAt(end);
    // Two dots part words; no name has them.
    while (end < text.length && (code === dotCode || isName(code))) {
      if (code === dotCode) {
        if (text.charCodeAt(end - 1) === dotCode || text.charCodeAt(end + 1) === dotCode) break;
        lastDot = end;
        if (isAmongDigits(text, end)) amongDigits += 1;
      }
      end += 1;
      code = text.charCodeAt(end);
    }
    const next = text.indexOf('.', end);
    from = end;
    if (has.hasAddresses && amongDigits >= 3) dottedAddress(text, start, end, names);
    if (has.lastLabels.size > 0) dotted(text, start, end, lastDot, has, names);
    dot = next;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAmongDigits(text: string, at: number): boolean {
  return isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1));
}

/** One word with dots in it, from the first of its characters to behind the last. */
function dotted(text: string, from: number, to: number, dotAt: number, has: Tokens, names: Names): void {
  let start = from;
  let end = to;
  let lastDot = dotAt;
  // A sentence's own dots.
  while (end > start && text.charCodeAt(end - 1) === dotCode) end -= 1;
  while (start < end && text.charCodeAt(start) === dotCode) start += 1;
  if (lastDot >= end) lastDot = text.lastIndexOf('.', end - 1);
  const length = end - start;
  if (lastDot <= start || length > 1024) return;
  if (isAscii(text, start, end)) {
    if (length > 253) return;
    const label = text.slice(lastDot + 1, end).toLowerCase();
    if (has.lastLabels.has(label)) names.name(text.slice(start, end).toLowerCase(), start, end);
  } else otherScripts(text, start, end, has, names);
}

function isAscii(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (text.charCodeAt(i) >= 128) return false;
  return true;
}

const wordOfLetters = /[\p{L}\p{N}\p{M}_-]+(?:[.\u3002][\p{L}\p{N}\p{M}_-]+)+/gu;

/** A name with letters beyond ASCII, or one between quotes and dashes that are. */
function otherScripts(text: string, start: number, end: number, has: Tokens, names: Names): void {
  for (const { 0: word, index } of text.slice(start, end).matchAll(wordOfLetters)) {
    const name = asciiName(word);
    if (name !== '' && has.lastLabels.has(name.slice(name.lastIndexOf('.') + 1)))
      names.name(name, start + index, start + index + word.length);
  }
}

/** `203.0.113.9`, also with the dots of a sentence, in `203.0.113.9-8080` and `ip-203.0.113.9`, as firewalls write it; not in `1.203.0.113.9`. */
function dottedAddress(text: string, start: number, stop: number, names: Names): void {
  let from = start;
  for (let i = start; i <= stop; i += 1) {
    const code = i === stop ? 45 : text.charCodeAt(i);
    // Also between quotes and dashes that are no ASCII.
    if (code === 45 || code === 95 || code >= 128) {
      let first = from;
      let end = i;
      while (end > first && text.charCodeAt(end - 1) === dotCode) end -= 1;
      while (first < end && text.charCodeAt(first) === dotCode) first += 1;
      address4(text, first, end, names);
      from = i + 1;
    }
  }
}

function address4(text: string, start: number, end: number, names: Names): void {
  if (end - start < 7 || end - start > 15) return;
  let octet = -1;
  let dots = 0;
  let bits = 0;
  for (let i = start; i <= end; i += 1) {
    const code = i === end ? dotCode : text.charCodeAt(i);
    if (code === dotCode) {
      if (octet < 0 || octet > 255) return;
      dots += 1;
      bits = (bits << 8) | octet;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      // A leading zero is octal to some and decimal to others; nobody can say which address it is.
      if (octet === 0) return;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
    } else return;
  }
  if (dots === 4) names.address4(bits, start, end);
}

function readColons(text: string, names: Names): void {
  for (let colon = text.indexOf(':'); colon >= 0; ) {
    let start = colon;
    while (start > 0 && isHex(text.charCodeAt(start - 1))) start -= 1;
    let end = colon;
    let colons = 0;
    let doubled = false;
    for (let code = colonCode; end < text.length && (code === colonCode || isHex(code)); code = text.charCodeAt(end)) {
      if (code === colonCode) {
        colons += 1;
        doubled ||= text.charCodeAt(end + 1) === colonCode;
      }
      end += 1;
    }
    // Times and hardware addresses have colons, too, but neither two in a row nor seven.
    if ((doubled || colons === 7) && colons <= 8 && end - start <= 39) address6(text, start, end, names);
    colon = text.indexOf(':', Math.max(end, colon + 1));
  }
}

function address6(text: string, start: number, end: number, names: Names): void {
  const word = text.slice(start, end);
  if (ipaddr.IPv6.isValid(word)) names.address6(ipaddr.IPv6.parse(word).toString(), start, end);
}

/** A run of 32 hex digits or more covers one of the places 31, 63, 95 … */
function readHashes(text: string, names: Names): void {
  for (let at = 31; at < text.length; at += 32) {
    if (!isHex(text.charCodeAt(at))) continue;
    let start = at;
    while (start > 0 && isHex(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && isHex(text.charCodeAt(end))) end += 1;
    const length = end - start;
    if (length === 32 || length === 40 || length === 64 || length === 128)
      names.hash(text.slice(start, end).toLowerCase(), start, end);
    at = at + Math.floor((end - 1 - at) / 32) * 32;
  }
}
