import { describe, expect, it } from 'vitest';
import { certificateFault, certificateKey, certificateName } from '../../src/model/certificate-name.ts';

const hex = '0123456789abcdef'.repeat(4);
const pairs = hex.toUpperCase().replace(/(..)(?!$)/g, '$1:');

describe('a client certificate at a source', () => {
  for (const written of [
    hex,
    pairs,
    ` ${pairs.toLowerCase()} `,
    `SHA256:${hex}`,
    `sha-256=${hex}`,
    `sha256 Fingerprint=${pairs}`,
    `SHA256 Fingerprint=${pairs}`,
    pairs.replaceAll(':', ' '),
  ]) {
    it(`by its fingerprint as ${written}`, () => {
      expect([certificateFault(written), certificateName(written)]).toEqual([null, pairs]);
      expect(certificateKey(certificateName(written))).toBe(hex);
    });
  }

  for (const name of [
    'fw-01.tinh.example',
    'Tường lửa biên',
    'FW 01',
    '10.0.0.5',
    '2001:db8::1',
    'cafe',
    'de:ad:be:ef',
    'sv=1',
  ]) {
    it(`by its name ${name}`, () => {
      expect([certificateFault(name), certificateName(name)]).toEqual([null, name]);
    });
  }

  for (const [what, written, fault] of [
    ['SHA-1', 'ab'.repeat(20), 'sha1'],
    ['SHA-1 as openssl writes it', `SHA1 Fingerprint=${'AB:'.repeat(19)}AB`, 'sha1'],
    ['MD5', `${'ab:'.repeat(15)}ab`, 'md5'],
    ['a digit missing', pairs.slice(0, -1), 'digits'],
    ['a pair missing', pairs.slice(0, -3), 'digits'],
    ['cut off after a colon', pairs.slice(0, -2), 'digits'],
    ['a letter that is no digit', pairs.replace('0', 'O'), 'digits'],
    ['nothing behind its kind', 'sha256:', 'digits'],
    ['SHA-512', 'ab'.repeat(64), 'digits'],
    ['the certificate itself', '-----BEGIN CERTIFICATE-----', 'pem'],
    ['a whole subject', 'subject=CN = fw-01, O = UBND', 'subject'],
    ['a whole name', 'CN=fw-01', 'subject'],
  ] as const) {
    it(`is refused: ${what}`, () => {
      expect(certificateFault(written)).toBe(fault);
    });
  }
});
