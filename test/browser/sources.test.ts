/** The page of log sources in a real browser, against the fixture. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/account.ts';
import { boardBrowser, chromiumPath } from '../harness/board-browser.ts';
import type { BoardFixture } from '../harness/board-fixture.ts';

if (chromiumPath === null) console.log('sources in a browser: skipped, no chromium on this machine');

describe.skipIf(chromiumPath === null)('the page of log sources', () => {
  const board = boardBrowser();

  async function open(path: string, o: { role?: Role; width?: number } = {}): Promise<{ page: Page; f: BoardFixture }> {
    const window = { viewport: { width: o.width ?? 1440, height: 900 }, locale: 'vi-VN' };
    const { page, fixture: f } = await board.open(path, { role: o.role ?? 'admin' }, window);
    await page.locator('.srclist').first().waitFor();
    return { page, f };
  }

  it('lists the broken ones first, with what is blind by them, and complains of nothing', async () => {
    const { page } = await open('/sources');
    const names = await page.locator('.srclist').first().locator('tbody th a').allTextContents();
    expect(names).toHaveLength(5);
    expect(names.slice(0, 2).join()).toContain('HIS');
    expect(await page.locator('tr', { hasText: 'HIS Bệnh viện' }).textContent()).toContain('1.214 luật, 143 kỹ thuật');
    expect(await page.locator('.sum').textContent()).toContain('5 nguồn, 2 vỡ cam kết');
    expect(await page.locator('.systems').textContent()).toContain('Sở Nông nghiệp và PTNT đến hết 30/06/2025');
    expect(board.complaints).toEqual([]);
  });

  it('is filtered without tone marks', async () => {
    const { page } = await open('/sources');
    await page.keyboard.press('/');
    await page.keyboard.type('my thanh dong');
    await expect.poll(() => page.locator('.srclist').first().locator('tbody tr').count()).toBe(1);
  });

  it('a parser is confirmed and let go again', async () => {
    const { page, f } = await open('/sources/win');
    await page.getByRole('button', { name: 'Xác nhận evtx-json' }).click();
    await expect.poll(() => page.locator('.said').textContent()).toBe('Đã lưu.');
    await page.getByRole('button', { name: 'Bỏ xác nhận' }).click();
    await page.getByRole('button', { name: 'Xác nhận evtx-json' }).waitFor();
    expect(f.agreed).toEqual(['win parser {"parser":"evtx-json"}', 'win parser {"parser":"auto"}']);
  });

  it('a wrong zone is offered as a correction, which wants a reason, and is taken back', async () => {
    const { page, f } = await open('/sources/fw');
    expect(await page.locator('.warn').first().textContent()).toBe('Có vẻ ghi sai múi giờ: cần cộng 7 giờ.');
    expect(await page.getByLabel('Hiệu chỉnh, phút').inputValue()).toBe('420');
    expect(await page.getByRole('button', { name: 'Hiệu chỉnh từ bây giờ' }).isDisabled()).toBe(true);
    await page.getByLabel('Lý do').fill('Thiết bị ghi giờ UTC');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Bỏ hiệu chỉnh' }).click();
    await page.getByLabel('Lý do').waitFor();
    expect(f.agreed.map((row) => row.slice(0, 8))).toEqual(['fw clock', 'fw clock']);
  });

  it('a contract is proposed, edited by keyboard alone and saved', async () => {
    const { page, f } = await open('/sources/win');
    await page.getByRole('button', { name: 'Đề xuất theo 4 tuần qua' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByLabel('Im lặng tối đa').inputValue()).toBe('120');
    await page.getByLabel('Loại nhật ký phải có').fill('Windows/Security, linux/auditd');
    await page.getByLabel('Ngoài giờ: Nhiều nhất').fill('5000');
    await page.getByLabel('T7', { exact: true }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Lưu cam kết' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.said').textContent()).toBe('Đã lưu.');
    const sent = JSON.parse(f.agreed[0]?.slice('win contract '.length) ?? '{}').contract;
    expect(sent).toMatchObject({
      kinds: ['windows/security', 'linux/auditd'],
      silenceMs: 7_200_000,
      kindSilenceMs: 86_400_000,
      skewMs: 5_000,
      volume: { working: { least: 400, most: 60_000 }, night: { least: 0, most: 5_000 } },
      workingHours: { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5, 6] },
    });
  });

  it('an encoding is chosen', async () => {
    const { page, f } = await open('/sources/win');
    await page.getByLabel('Bảng mã chữ').selectOption('vni');
    await expect.poll(() => f.agreed).toEqual(['win encoding {"encoding":"vni"}']);
  });

  it('certificates are named: a wrong fingerprint is said with its line, a pasted one of openssl is taken', async () => {
    const { page, f } = await open('/sources/fw');
    const field = page.getByLabel('Tên trong chứng thư hoặc vân tay SHA-256');
    const save = page.getByRole('button', { name: 'Lưu chứng thư' });
    const right = `sha256 Fingerprint=${'12:'.repeat(31)}EF`;
    expect(await field.inputValue()).toContain('fw-01.tinh.example\nAB:AB:');
    expect(await save.isDisabled()).toBe(true);
    await field.fill(`fw-02.tinh.example\n${'12:'.repeat(19)}EF`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Dòng 2: đây là vân tay SHA-1' }).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(f.agreed).toEqual([]);
    await field.fill(`fw-02.tinh.example\n\n${right.slice(0, -1)}`);
    await page.getByRole('alert').filter({ hasText: 'Dòng 3: vân tay SHA-256 phải có đúng 64' }).waitFor();
    await field.fill(`fw-02.tinh.example\n${right}`);
    expect(await field.getAttribute('aria-invalid')).toBe('false');
    await save.click();
    await expect.poll(() => page.locator('.said').textContent()).toBe('Đã lưu.');
    expect(f.agreed).toEqual([`fw certificates ${JSON.stringify({ certificates: ['fw-02.tinh.example', right] })}`]);
    await page.getByText('Cách lấy vân tay và tên').click();
    await page.getByText('-fingerprint -sha256').first().waitFor();
    expect(board.complaints).toEqual([]);
  });

  it('who is no administrator reads the certificates', async () => {
    const { page } = await open('/sources/fw', { role: 'viewer' });
    expect(await page.locator('.certlist li').allTextContents()).toContain('fw-01.tinh.example');
    expect(await page.getByRole('button', { name: 'Lưu chứng thư' }).count()).toBe(0);
  });

  it('who is no administrator reads all and changes nothing', async () => {
    const { page } = await open('/sources/his', { role: 'viewer' });
    expect(await page.locator('.breaches').textContent()).toContain('im lặng không quá 1 giờ 30 phút');
    expect(await page.locator('.srcdetail button').count()).toBe(0);
    expect(await page.getByLabel('Im lặng tối đa').isDisabled()).toBe(true);
  });

  it.each([768, 920, 1180])('fits %i px', async (width) => {
    const { page } = await open('/sources/his', { width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it('fits a telephone, the chosen source first', async () => {
    const { page } = await open('/sources/his', { width: 390 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const detail = await page.locator('.srcdetail').boundingBox();
    const list = await page.locator('.srclist').first().boundingBox();
    expect(detail?.y ?? 0).toBeLessThan(list?.y ?? 0);
  });
});
