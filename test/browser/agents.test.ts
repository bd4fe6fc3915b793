/** The page of agents in a real browser, against the fixture. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/account.ts';
import { boardBrowser, chromiumPath } from '../harness/board-browser.ts';
import type { BoardFixture } from '../harness/board-fixture.ts';

if (chromiumPath === null) console.log('agents in a browser: skipped, no chromium on this machine');

describe.skipIf(chromiumPath === null)('the page of agents', () => {
  const board = boardBrowser();

  async function open(path: string, o: { role?: Role; width?: number } = {}): Promise<{ page: Page; f: BoardFixture }> {
    const window = { viewport: { width: o.width ?? 1440, height: 900 }, locale: 'vi-VN' };
    const { page, fixture: f } = await board.open(path, { role: o.role ?? 'admin' }, window);
    // While it loads the page says so in the place where it tells others that this is not for them.
    const ready = path.startsWith('/sources') ? '.srclist' : o.role === undefined ? '.agentlist' : '.empty';
    await page.locator(ready).first().waitFor();
    return { page, f };
  }

  it('lists those that need somebody first, with the key to pin, and complains of nothing', async () => {
    const { page } = await open('/agents');
    const rows = page.locator('.agentlist tbody tr');
    expect(await rows.count()).toBe(5);
    const states = await rows.locator('[data-is=contract]').allTextContents();
    expect(states).toEqual(['Mất 4.120 dòng', 'Không báo', '3 vấn đề', 'bình thường', 'chưa báo']);
    expect(await page.locator('.agentkey code').textContent()).toBe('SHA256:3kXq0Yb1u8m9');
    expect(await page.locator('.sum').textContent()).toContain('5 máy gửi, 3 cần xem');
    const village = page.locator('.agentlist tr', { hasText: 'PC-XA-MYTHANHDONG' });
    expect(await village.textContent()).toContain('255,6 MiB');
    expect(board.complaints).toEqual([]);
  });

  it('is reached from the page of sources, is filtered, and leads back by keyboard alone', async () => {
    const { page } = await open('/sources');
    await page.getByRole('link', { name: 'Máy gửi nhật ký' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.agentlist').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('my thanh');
    await page.locator('.agentlist tbody tr').nth(1).waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#agt-h:focus').waitFor();
    expect(await page.locator('.agentproblems li').count()).toBe(3);
    await page.keyboard.press('Escape');
    await page.locator('.srcdetail').waitFor({ state: 'detached' });
  });

  it('shows which parser cuts which files, and whose word that is', async () => {
    const { page } = await open('/agents/tok-web');
    const rows = page.locator('.agentinputs > li');
    const [nginx = '', tomcat = '', journal = ''] = await rows.allTextContents();
    expect(nginx).toContain('nginx-error, theo cấu hình của máy gửi');
    expect(nginx).toContain('và 207 tệp nữa');
    expect(tomcat).toContain('java, đã xác nhận ở nguồn');
    expect(tomcat).toContain('/srv/qlvb/logs/b/catalina.out');
    expect(journal).toContain('từng dòng');
    expect(await rows.nth(1).getByRole('link').getAttribute('href')).toBe('/sources/qlvb');
    await page.goto(page.url().replace('tok-web', 'tok-xa'));
    await page.locator('#agt-h').waitFor();
    expect(await page.locator('.agentinputs').count()).toBe(0);
    expect(board.complaints).toEqual([]);
  });

  it('tells an agent what to do: refused with the place, then taken', async () => {
    const { page } = await open('/agents/tok-web');
    const text = page.getByLabel('Cấu hình, dạng JSON');
    const before = JSON.parse(await text.inputValue());
    expect(before.inputs[0].parser).toBe('nginx-error');
    await text.fill('{"inputs": [}');
    await page.getByRole('button', { name: 'Giao cấu hình này' }).click();
    await page.locator('#agt-said', { hasText: 'Không phải JSON' }).waitFor();
    await text.fill('{"inputs": 1}');
    await page.getByRole('button', { name: 'Giao cấu hình này' }).click();
    await page.locator('#agt-said', { hasText: 'Sai ở config.inputs' }).waitFor();
    expect(await text.getAttribute('aria-invalid')).toBe('true');
    await text.fill(JSON.stringify({ ...before, whenFull: 'drop-oldest' }));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#agt-said', { hasText: 'Đã giao bản 3.' }).waitFor();
    await page.locator('tr', { hasText: 'bản 3, máy chưa nhận' }).waitFor();
  });

  it('does not write over what somebody else told it meanwhile', async () => {
    const { page, f } = await open('/agents/tok-moi');
    const told = { version: 0, config: { inputs: [] } };
    await fetch(`${f.url}/api/v1/agents/tok-moi/config`, { method: 'PUT', body: JSON.stringify(told) });
    await page.getByRole('button', { name: 'Giao cấu hình này' }).click();
    await page.locator('#agt-said', { hasText: 'Đã có người thay đổi trước đó.' }).waitFor();
  });

  it('is not for those who are no administrators', async () => {
    const { page } = await open('/agents', { role: 'analyst' });
    expect(await page.locator('.empty').textContent()).toBe('Chỉ quản trị viên xem được máy gửi.');
    await page.goto(page.url().replace('/agents', '/sources'));
    await page.locator('.srclist').first().waitFor();
    expect(await page.getByRole('link', { name: 'Máy gửi nhật ký' }).count()).toBe(0);
  });

  it('speaks English', async () => {
    const { page } = await open('/agents/tok-xa');
    await page.getByRole('button', { name: 'Switch to English' }).click();
    await page.locator('h1', { hasText: 'Agents' }).waitFor();
    expect(await page.locator('.agentlist [data-is=contract]').first().textContent()).toBe('4,120 lines lost');
  });

  it.each([
    ['/agents', 390],
    ['/agents/tok-xa', 390],
    ['/agents/tok-xa', 768],
    ['/agents/tok-xa', 920],
  ])('%s fits %i px', async (place, width) => {
    const { page } = await open(place, { width });
    await page.locator('.agentlist').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(board.complaints).toEqual([]);
  });
});
