/** The page of indicator lists in a real browser, against the fixture, which has the platform's own desk of lists. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/account.ts';
import { boardBrowser, chromiumPath } from '../harness/board-browser.ts';

if (chromiumPath === null) console.log('indicators in a browser: skipped, no chromium on this machine');

describe.skipIf(chromiumPath === null)('the page of indicator lists', () => {
  const board = boardBrowser();

  async function open(path: string, o: { role?: Role; width?: number } = {}): Promise<{ readonly page: Page }> {
    const window = { viewport: { width: o.width ?? 1440, height: 900 }, locale: 'vi-VN' };
    const { page } = await board.open(path, { role: o.role ?? 'admin' }, window);
    await page.locator('.ioclist').waitFor();
    return { page };
  }

  const file = (text: string) => ({ name: 'chi-dau.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

  it('lists all with counts, hits, the last failure of a feed and the search through history', async () => {
    const { page } = await open('/indicators');
    const rows = page.locator('.ioclist tbody tr');
    expect(await rows.locator('th a').allTextContents()).toEqual([
      'Cảnh báo NCSC, nhóm tấn công có chủ đích',
      'MISP A05',
      'Tự ghi nhận của Trung tâm',
      'Chiến dịch bầu cử 2025',
    ]);
    const cells = await rows.first().locator('td').allTextContents();
    expect(cells.slice(0, 2)).toEqual(['124', '3']);
    expect(cells[3]).toMatch(/không lấy được, connect ECONNREFUSED 203\.0\.113\.20:443$/);
    expect(cells[4]).toMatch(/126 chỉ dấu mới, 48\.210\.774 sự kiện của 30 ngày, trúng 2$/);
    expect(await rows.nth(1).textContent()).toContain('đang dò: 11/30 ngày có nhật ký, trúng 0');
    expect(await page.locator('.sum').textContent()).toBe('4 danh sách, 9.125 chỉ dấu');
    expect(board.complaints).toEqual([]);
  });

  it('says beside the list that its feed fails and what was taken stays; and which indicators are over', async () => {
    const { page } = await open('/indicators/ncsc');
    expect(await page.locator('.iocbad').textContent()).toMatch(/ECONNREFUSED.*Những gì đã lấy vẫn được dùng/);
    await page.getByLabel('Tìm trong giá trị và mô tả').fill('điều khiển');
    await page.keyboard.press('Enter');
    await page.locator('.iocs li', { hasText: 'c2-0.evil-cdn.top' }).waitFor();
    await page.getByLabel('Tìm trong giá trị và mô tả').fill('203.0.113.9');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.iocs li').count()).toBe(1);
    expect(await page.locator('.iocs li').textContent()).toContain('đã hết hạn');
  });

  it('looks through a list page by page', async () => {
    const { page } = await open('/indicators/ncsc');
    await expect.poll(() => page.locator('.iocs li').count()).toBe(50);
    await page.getByRole('button', { name: 'Xem tiếp' }).click();
    await expect.poll(() => page.locator('.iocs li').count()).toBe(100);
    await page.getByRole('button', { name: 'Xem tiếp' }).click();
    await expect.poll(() => page.locator('.iocs li').count()).toBe(124);
    expect(await page.getByRole('button', { name: 'Xem tiếp' }).count()).toBe(0);
  });

  it('takes a file and says of each wrong row where it stands and what is wrong with it', async () => {
    const { page } = await open('/indicators/noi-bo');
    const warning = page.getByText('những gì tệp không nêu sẽ bị gỡ');
    expect(await warning.textContent()).toContain('đang có 1 chỉ dấu');
    await page.getByLabel('Cách nhận').selectOption('add');
    await warning.waitFor({ state: 'detached' });
    await page
      .getByLabel('CSV, STIX 2.1 hoặc MISP')
      .setInputFiles(file('value,description\nevil-x.vn,C2\n10.0.0.1,nội bộ\ngov.vn,\nnăm chữ không là gì,\n'));
    await page.getByRole('button', { name: 'Tải lên' }).click();
    await page.locator('.nottaken').waitFor();
    expect(await page.locator('.nottaken p').allTextContents()).toEqual([
      'Thêm 1, đổi 0, bớt 0; trong danh sách có 2.',
      '3 mục không nhận:',
    ]);
    expect(await page.locator('.nottaken li').allTextContents()).toEqual([
      'dòng/mã 3 10.0.0.1 không phải địa chỉ công cộng',
      'dòng/mã 4 gov.vn quá phổ biến',
      'dòng/mã 5 năm chữ không là gì không hiểu được',
    ]);
    await page.locator('.iocs li', { hasText: 'evil-x.vn' }).waitFor();
    await page.getByLabel('CSV, STIX 2.1 hoặc MISP').setInputFiles(file('{"type":"bundle", hỏng'));
    await page.getByRole('button', { name: 'Tải lên' }).click();
    await page.locator('.said[data-tone=bad]', { hasText: 'không phải JSON' }).waitFor();
  });

  it('an analyst adds one by keyboard alone, with a last day, and takes it out again for a reason', async () => {
    const { page } = await open('/indicators/noi-bo', { role: 'analyst' });
    expect(await page.getByLabel('CSV, STIX 2.1 hoặc MISP').count()).toBe(0);
    await page.getByLabel('Địa chỉ, tên miền, URL hoặc mã băm').fill('hxxp://evil-y[.]vn/a');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Trang lừa đảo');
    await page.getByLabel('Ngày cuối còn hiệu lực').fill('2031-01-31');
    await page.getByLabel('Lý do').fill('ngắn');
    expect(await page.getByRole('button', { name: 'Thêm' }).isDisabled()).toBe(true);
    await page.getByLabel('Lý do').fill('công văn 12/CV-TTGS ngày 20/11');
    await page.keyboard.press('Enter');
    const row = page.locator('.iocs li', { hasText: 'evil-y.vn/a' });
    await row.waitFor();
    expect(await row.textContent()).toContain('hết hạn 01/02/2031 00:00:00');
    await row.getByRole('button', { name: 'Gỡ evil-y.vn/a' }).focus();
    await page.keyboard.press('Enter');
    await row.getByLabel('Lý do').fill('nhầm, đây là trang của ta');
    await page.keyboard.press('Enter');
    await row.waitFor({ state: 'detached' });
    expect(await page.locator('.nottaken').textContent()).toBe('Thêm 0, đổi 0, bớt 1; trong danh sách có 1.');
  });

  it('what would alarm on everything is refused with the reason', async () => {
    const { page } = await open('/indicators/noi-bo');
    await page.getByLabel('Địa chỉ, tên miền, URL hoặc mã băm').fill('8.8.8.8');
    await page.getByLabel('Lý do').first().fill('máy nào cũng hỏi nó');
    await page.keyboard.press('Enter');
    await page.locator('.said[data-tone=bad]', { hasText: 'quá phổ biến, sẽ báo động khắp nơi' }).waitFor();
  });

  it('a list is made with a feed, and retired', async () => {
    const { page } = await open('/indicators');
    await page.getByRole('link', { name: 'Tạo danh sách' }).click();
    expect(await page.getByLabel('Mức độ của cảnh báo').inputValue()).toBe('high');
    await page.getByLabel('Mã (chữ, số, gạch ngang)').fill('vncert');
    await page.getByLabel('Tên', { exact: true }).fill('VNCERT');
    await page.getByLabel('Lấy tự động qua TAXII 2.1').check();
    await page.getByLabel('Địa chỉ API root (https)').fill('https://taxii.vncert.example/api/');
    await page.getByLabel('Mã bộ sưu tập').fill('c1');
    await page.getByLabel('Mật khẩu hoặc mã truy cập').fill('bí mật');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await page.getByRole('heading', { name: 'VNCERT' }).waitFor();
    expect(await page.locator('.srcdetail').textContent()).toContain('chưa lấy lần nào · 60 phút một lần');
    await page.locator('summary', { hasText: 'Thiết lập' }).click();
    expect(await page.getByLabel('Mật khẩu hoặc mã truy cập').inputValue()).toBe('');
    await page.getByLabel('Lý do').last().fill('nguồn này đã đóng cửa');
    await page.getByRole('button', { name: 'Thôi dùng danh sách' }).click();
    await page.getByText('Danh sách đã thôi dùng').waitFor();
    expect(await page.getByRole('button', { name: 'Tải lên' }).count()).toBe(0);
  });

  it('settings that are saved unchanged change nothing', async () => {
    const { page } = await open('/indicators/misp');
    await page.locator('summary', { hasText: 'Thiết lập' }).click();
    expect(await page.getByLabel('Mức độ của cảnh báo').inputValue()).toBe('medium');
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Lưu' }).click();
    expect((await saved).status()).toBe(200);
    await page.locator('tr[data-chosen]', { hasText: /MISP A05.*Trung bình/ }).waitFor();
    expect(await page.locator('.srcdetail').textContent()).toContain('240 phút một lần');
  });

  it('fits a telephone, the chosen list first', async () => {
    const { page } = await open('/indicators/ncsc', { width: 390 });
    await page.locator('.iocs li').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const detail = await page.locator('.srcdetail').boundingBox();
    const list = await page.locator('.ioclist').boundingBox();
    expect(detail?.y ?? 0).toBeLessThan(list?.y ?? 0);
  });
});
