import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMaskKey } from '../../src/compose/mask-key.ts';
import { findPersonal } from '../../src/mask/find.ts';
import { createMaskKeeper } from '../../src/mask/keeper.ts';
import { createMasker } from '../../src/mask/masker.ts';
import { createSeal } from '../../src/mask/vault.ts';
import { personalKinds, type SealedValue } from '../../src/model/personal.ts';

const kinds = new Set(personalKinds);
const ownDomains = ['gov.vn'];
const key = Buffer.alloc(32, 7);
const newMasker = () => createMasker({ key, kinds, ownDomains, rememberedMax: 1000 });

describe('what is personal in a line', () => {
  it.each([
    ['a citizen’s number', 'tra cứu CCCD 079203012345 xong', ['cccd 079203012345']],
    ['in JSON', '{"cccd":"001099000001"}', ['cccd 001099000001']],
    ['a telephone, plain', 'gọi 0912345678', ['phone 0912345678']],
    ['a telephone, spelled +84', 'gọi +84912345678,', ['phone 0912345678']],
    ['a telephone, behind a name', 'phone:0912345678 code-0987654321', ['phone 0912345678', 'phone 0987654321']],
    ['a telephone, escaped', '?sdt=%2B84912345678&x', ['phone 0912345678']],
    ['a telephone in groups', 'số 0912.345.678;', ['phone 0912345678']],
    ['health insurance', 'thẻ DN4010123456789 hợp lệ', ['bhyt DN4010123456789']],
    ['a citizen’s mail', 'to=<An.Nguyen@gmail.com>', ['email an.nguyen@gmail.com']],
    ['mail in an address', '?email=an%40yahoo.com.vn&p=1', ['email an@yahoo.com.vn']],
    ['a token in an address', 'GET /cb?access_token=abcDEF123456&state=1', ['secret abcDEF123456']],
    ['a password in an address', '/login?u=x&matkhau=Bimat2026 HTTP/1.1', ['secret Bimat2026']],
    ['a bearer', 'Authorization: Bearer abcdefghijklmnop123', ['secret abcdefghijklmnop123']],
    [
      'a JWT',
      'jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2Q end',
      ['secret eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2Q'],
    ],
    ['two of a kind', '0912345678 0987654321', ['phone 0912345678', 'phone 0987654321']],
  ])('%s', (_, line, want) => {
    expect(findPersonal(line, { kinds, ownDomains }).map(({ kind, value }) => `${kind} ${value}`)).toEqual(want);
  });

  it.each([
    ['an account of an office', 'user=nva@sonv.example.gov.vn'],
    ['an account of a Windows domain', 'krbtgt@CONTOSO.LOCAL admin@hq.corp'],
    ['a number of no province', '999203012345 003203012345'],
    ['a longer number', 'id=10792030123456 eventtime=1690912345678901234'],
    ['a GUID', '{7d2f4b1a-0791-4a0c-9001-079203012345}'],
    ['a fraction of a second', '12:00:00.0912345678'],
    ['an address', '0912.345.678.9 10.0912345678'],
    ['a hash', 'a0912345678f 0x0912345678 _079203012345'],
    ['an attack where a token should be', '/x?token=../../etc/passwd&key=<script>alert(1)</script>&code=1%27%20OR'],
    ['an algorithm of SSH', 'cipher=chacha20-poly1305@openssh.com pfs=curve25519-sha256@libssh.org'],
    ['an address in octal, which is an attack', 'GET /?u=http://017700000001/'],
    ['a short code', '?code=200&key=a'],
    ['words', 'password=Summer2026 net user an Bearer token'],
    ['an http date and a status', '[22/Nov/2026:10:00:00 +0700] "GET / HTTP/1.1" 200 0'],
  ])('not: %s', (_, line) => {
    expect(findPersonal(line, { kinds, ownDomains })).toEqual([]);
  });

  it('only the kinds asked for', () => {
    const found = findPersonal('0912345678 079203012345', { kinds: new Set(['cccd']), ownDomains });
    expect(found.map(({ kind }) => kind)).toEqual(['cccd']);
  });
});

describe('masking', () => {
  it('says the same of the same value however it is spelled, and nothing of it without the key', () => {
    const masker = newMasker();
    const [a, b] = [masker.mask('gọi 0912345678'), masker.mask('gọi +84 từ +84912345678')];
    const token = /~([0-9a-f]{16})/.exec(a.text)?.[1] ?? '';
    expect(a.text).toBe(`gọi PII~phone~${token}`);
    expect(b.text).toBe(`gọi +84 từ PII~phone~${token}`);
    const other = createMasker({ key: Buffer.alloc(32, 8), kinds, ownDomains, rememberedMax: 10 });
    expect(other.mask('gọi 0912345678').text).not.toContain(token);
  });

  it('leaves the domain of a mail address for the rules', () => {
    expect(newMasker().mask('from=<a.b@mail.example.com>').text).toMatch(
      /^from=<PII~email~[0-9a-f]{16}@mail\.example\.com>$/,
    );
  });

  it.each(['0912345678:0x@gmail.com', '0@A.0912345678', '?code=-+84912345678', 'Bearer 0912345678'])(
    'what stands beside it is no other for that: %s',
    (line) => {
      const once = newMasker().mask(line);
      expect(once.kinds).not.toEqual([]);
      expect(newMasker().mask(once.text)).toEqual({ text: once.text, kinds: [] });
    },
  );

  it('is done once: what is masked is not masked again, and lines without any stay what they are', () => {
    const masker = newMasker();
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom(
              '0912345678',
              ' 079203012345 ',
              'DN4010123456789',
              'x@gmail.com',
              '?token=abcdefgh1',
              '+84912345678',
              'Bearer ',
              '&',
              ' ',
              ':',
              '-',
              '@A.',
            ),
          ),
        ),
        (parts) => {
          const once = masker.mask(parts.join(''));
          expect(masker.mask(once.text)).toEqual({ text: once.text, kinds: [] });
          if (once.kinds.length === 0) expect(once.text).toBe(parts.join(''));
        },
      ),
    );
  });

  it('a line made to be slow is not', () => {
    const masker = newMasker();
    for (const unit of ['0', '09', 'a@', 'a.', '?token=', '%40', 'eyJ.', 'eyJa.eyJ', '0912 345 ', 'Bearer '])
      expect(masker.mask(unit.repeat(100_000)).text.length).toBeGreaterThan(0);
  });
});

describe('what was masked', () => {
  function world() {
    const rows: SealedValue[] = [];
    let away = false;
    const masker = newMasker();
    const keeper = createMaskKeeper({
      masker,
      seal: createSeal(key),
      values: {
        keep: async (sealed) => {
          if (away) throw new Error('store-away');
          rows.push(...sealed);
        },
        find: async (token, kind) => rows.find((row) => row.token === token && row.kind === kind) ?? null,
      },
    });
    const tokenOf = (line: string) => /~([0-9a-f]{16})/.exec(masker.mask(line).text)?.[1] ?? '';
    return { rows, masker, keeper, tokenOf, setAway: setAway };

    function setAway(is: boolean): void {
      away = is;
    }
  }

  it('is kept sealed, once, and comes back', async () => {
    const { rows, keeper, tokenOf } = world();
    const token = tokenOf('thẻ 079203012345');
    await keeper.keepNew();
    tokenOf('lại 079203012345');
    await keeper.keepNew();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('079203012345');
    expect(await keeper.reveal('cccd', token)).toBe('079203012345');
    expect(await keeper.reveal('phone', token)).toBeNull();
  });

  it('is kept by the next batch when the store was away for the first, and no batch goes ahead of it', async () => {
    const { rows, keeper, tokenOf, setAway } = world();
    const token = tokenOf('gọi 0912345678');
    setAway(true);
    await expect(keeper.keepNew()).rejects.toThrow('store-away');
    setAway(false);
    await keeper.keepNew();
    expect(rows.map((row) => row.token)).toEqual([token]);
  });

  it('says nothing to another key or when it was tampered with', async () => {
    const { rows, keeper, tokenOf } = world();
    tokenOf('gọi 0912345678');
    await keeper.keepNew();
    const [row] = rows;
    if (row === undefined) throw new Error('nothing kept');
    expect(createSeal(Buffer.alloc(32, 9)).open(row)).toBeNull();
    expect(createSeal(key).open({ ...row, kind: 'cccd' })).toBeNull();
    expect(createSeal(key).open({ ...row, sealed: `${row.sealed.slice(0, -4)}AAA=` })).toBeNull();
    expect(createSeal(key).open({ ...row, sealed: 'AAAA' })).toBeNull();
    expect(createSeal(key).open(row)).toBe('0912345678');
  });
});

describe('the masking key', () => {
  it('is made once, for its owner only, and read again', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'mask-'));
    const first = openMaskKey({ setting: '', dataDir });
    expect(openMaskKey({ setting: '', dataDir })).toEqual(first);
    expect((await stat(path.join(dataDir, 'masking.key'))).mode & 0o777).toBe(0o600);
    expect((await readFile(path.join(dataDir, 'masking.key'), 'utf8')).trim()).toHaveLength(64);
  });

  it('that is none is refused by name', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'mask-'));
    expect(() => openMaskKey({ setting: 'abc', dataDir })).toThrow('VONGGAC_MASKING_KEY');
    await writeFile(path.join(dataDir, 'masking.key'), '');
    expect(() => openMaskKey({ setting: '', dataDir })).toThrow('masking.key');
  });
});
