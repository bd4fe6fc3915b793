/** The built board in a real browser against the fixture, under the real Content-Security-Policy. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { boardBrowser, chromiumPath } from '../harness/board-browser.ts';
import type { BoardFixture, BoardFixtureOptions } from '../harness/board-fixture.ts';

if (chromiumPath === null) console.log('board in a browser: skipped, no chromium on this machine');

describe.skipIf(chromiumPath === null)('the board in a browser', () => {
  const board = boardBrowser();

  async function open(
    path: string,
    o: Omit<BoardFixtureOptions, 'dist'> & { width?: number; height?: number; dark?: boolean; still?: boolean } = {},
  ): Promise<{ page: Page; fixture: BoardFixture }> {
    const { width = 1440, height = 900, dark = false, still = false, ...rest } = o;
    return board.open(
      path,
      { tickMs: 500, ...rest },
      {
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: still ? 'reduce' : 'no-preference',
        timezoneId: 'America/New_York',
        locale: 'en-US',
      },
    );
  }

  function first(f: BoardFixture): string {
    return `.card[data-id="${f.cards()[0]?.id}"]`;
  }

  /** The feed is there and the lists are loaded behind it: from now on only the feed changes the page. */
  async function live(page: Page): Promise<void> {
    await page.locator('.stream li').first().waitFor();
    await expect.poll(() => page.locator('.feed').textContent()).toBe('Trực tiếp');
  }

  /** The card that has the focus; '' when none has. */
  function focused(page: Page): Promise<unknown> {
    return page.evaluate("document.activeElement?.closest('.card')?.getAttribute('data-id') ?? ''");
  }

  it('shows the incidents of the shift, each in its column, and complains of nothing', async () => {
    const { page, fixture: f } = await open('/');
    await page.locator('.card').first().waitFor();
    for (const state of ['new', 'triage', 'investigating', 'contained'] as const) {
      const want = f.cards().filter((c) => c.state === state).length;
      expect(await page.locator(`.col[data-state="${state}"] .card`).count()).toBe(want);
    }
    expect(await page.locator('h1').textContent()).toBe('Bảng sự cố');
    await expect.poll(() => page.locator('.feed').textContent()).toBe('Trực tiếp');
    expect(board.complaints).toEqual([]);
  });

  it('signs in, says what was wrong, and comes back to the address that was asked for', async () => {
    const { page } = await open('/search?q=host&last=24h', { signedIn: false });
    await page.getByLabel('Tên tài khoản').fill('hồng.ánh');
    await page.getByLabel('Mật khẩu').fill('sai');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[role=alert]').textContent()).toBe('Sai tên tài khoản hoặc mật khẩu.');
    await page.getByLabel('Mật khẩu').fill('mat-khau-dung-1');
    await page.keyboard.press('Enter');
    await page.locator('.rowbtn').first().waitFor();
    expect(await page.locator('#q').inputValue()).toBe('host');
  });

  it('sets up the first administrator from a one-time link and takes the code out of the address', async () => {
    const { page } = await open('/setup#code=abc', { signedIn: false });
    await page.getByLabel('Tên tài khoản').fill('trưởng ca');
    await page.getByLabel('Mật khẩu, ít nhất').fill('mat-khau-dung-1');
    await page.getByLabel('Nhập lại').fill('mat-khau-dung-2');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[role=alert]').textContent()).toContain('chỉ gồm chữ, số');
    await page.getByLabel('Tên tài khoản').fill('trưởng.ca');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[role=alert]').textContent()).toContain('không giống nhau');
    expect(page.url()).not.toContain('abc');
    await page.getByLabel('Nhập lại').fill('mat-khau-dung-1');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Bảng sự cố' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('shows an alert that arrives live, tinted, and counts it on its card', async () => {
    const { page, fixture: f } = await open('/');
    await live(page);
    const alert = f.raise({ situation: 1, opens: true });
    // One wait for both: the tint is gone after a few seconds.
    await page.locator(`.stream li[data-id="${alert.id}"][data-new]`).waitFor();
    await page.locator(`.col[data-state="new"] .card[data-id="${alert.incident}"]`).waitFor();
  });

  it('holds the stream under the pointer and on Space, with the count of what waits on top', async () => {
    const { page, fixture: f } = await open('/');
    await live(page);
    await page.locator('.stream ol').hover();
    const before = await page.locator('.stream li').first().getAttribute('data-id');
    for (let i = 0; i < 5; i += 1) f.raise({ situation: i });
    await expect.poll(() => page.locator('button.hold').textContent()).toContain('5 mới');
    expect(await page.locator('.stream li').first().getAttribute('data-id')).toBe(before);
    await page.locator('button.hold').click();
    await page.mouse.move(300, 400);
    await expect.poll(() => page.locator('.stream li').first().getAttribute('data-id')).toContain('live-');
    await page.keyboard.press('Space');
    f.raise({ situation: 2 });
    await expect.poll(() => page.locator('button.hold').textContent()).toContain('1 mới');
  });

  it('reconnects by itself, gets exactly what it missed, and says so', async () => {
    const { page, fixture: f } = await open('/');
    await live(page);
    f.raise({ situation: 0 });
    await page.locator('.stream li[data-id="live-1"]').waitFor();
    f.cutFeed(true);
    await expect.poll(() => page.locator('.feed').textContent()).toContain('đang nối lại');
    const missed = [f.raise({ situation: 3, opens: true }), f.raise({ situation: 4, opens: true })];
    f.allowFeed();
    for (const alert of missed) await page.locator(`.stream li[data-id="${alert.id}"]`).waitFor();
    expect(f.feedQueries.at(-1)).toMatch(/^epoch=e1&since=\d+$/);
    await expect.poll(() => page.locator('.stream .gap').textContent()).toContain('đã nhận bù 4 bản tin');
    expect(await page.locator('.stream li[data-id="live-1"]').count()).toBe(1);
  });

  it('loads the lists again when the gap is too old', async () => {
    const { page, fixture: f } = await open('/');
    await live(page);
    f.cutFeed(true);
    const missed = f.raise({ situation: 5, opens: true });
    f.forget();
    f.allowFeed();
    await page.locator(`.card[data-id="${missed.incident}"]`).waitFor();
    await expect.poll(() => page.locator('.stream .gap').textContent()).toContain('đã tải lại danh sách');
  });

  it('shows what was raised while the feed could not be had yet, once it can', async () => {
    const { page, fixture: f } = await open('/', { refuseFeed: true });
    await page.locator('.stream li').first().waitFor();
    const missed = f.raise({ situation: 5, opens: true });
    f.allowFeed();
    await page.locator(`.card[data-id="${missed.incident}"]`).waitFor();
    await page.locator(`.stream li[data-id="${missed.id}"]`).waitFor();
  });

  it('tries a rule on a pasted line in the browser: hit, reasons, fields, problems with a caret', async () => {
    const { page } = await open('/try');
    const verdict = page.locator('.verdict b');
    await page.getByRole('button', { name: 'Xem ví dụ' }).click();
    await expect.poll(() => verdict.textContent()).toBe('Khớp');
    await expect.poll(() => page.locator('.reasons mark').first().textContent()).toBe('\\powershell.exe');
    expect(await page.locator('.kv', { hasText: 'ParentImage' }).count()).toBe(1);

    await page
      .locator('#try-line')
      .fill('<38>Nov 22 12:00:00 web-01 sshd[8]: Failed password for root from 203.0.113.9');
    await expect.poll(() => verdict.textContent()).toBe('Không khớp');
    expect(await page.locator('tr[data-foreign]').count()).toBe(2);
    expect(await page.locator('.reasons .held').first().textContent()).toBe('sự kiện không có trường này');

    const rule = await page.locator('#try-rule').inputValue();
    await page.locator('#try-rule').fill(rule.replace('Image|endswith', 'Image|endwith'));
    await expect.poll(() => verdict.textContent()).toBe('Luật bị từ chối');
    expect(await page.locator('.probs li').first().textContent()).toContain('"endwith" is no modifier');
    expect(await page.locator('.probs pre').first().textContent()).toMatch(/^ {4}Image\|endwith:\n {10}\^$/);

    await page.locator('#try-line').fill('x'.repeat(131_073));
    await page.getByText('chỉ thử được tới 131.072').waitFor();
    expect(board.complaints).toEqual([]);
  });

  it('reads pasted lines of several kinds, and makes a mapping out of choices', async () => {
    const { page } = await open('/read');
    await page.getByRole('button', { name: 'Xem ví dụ' }).click();
    const lines = page.locator('.readlines button');
    await lines.nth(3).waitFor();
    expect(await lines.count()).toBe(4);
    expect(await lines.nth(1).locator('.tag').textContent()).toBe('syslog-3164+sshd');
    await lines.nth(0).click();
    await page.locator('.kv dt', { hasText: 'cs-uri-stem' }).waitFor();
    await page.getByRole('button', { name: 'ECS' }).click();
    await page.locator('.kv dt', { hasText: 'url.path' }).waitFor();
    await page.getByRole('button', { name: 'Sigma' }).click();
    await page.locator('#read-text').fill('{"nguoi_dung":"nva","thao_tac":"<img src=x onerror=alert(1)>"}');
    await page.getByText('Tạo ánh xạ từ tên trường của nguồn').click();
    await page.getByLabel('nguoi_dung là').selectOption('user');
    await page.getByLabel('Sản phẩm').fill('tthc');
    await page.getByRole('button', { name: 'Viết ánh xạ' }).click();
    await expect.poll(() => page.locator('#read-mapping').inputValue()).toContain('user: nguoi_dung');
    await page.locator('.tag', { hasText: 'tthc' }).waitFor();
    await page.locator('.kv .tag', { hasText: 'ánh xạ thêm' }).waitFor();
    await page.locator('#read-mapping').fill('mapping: x');
    await page.getByText('"about" is missing').waitFor();
    expect(await page.locator('.answered img').count()).toBe(0);
    expect(board.complaints).toEqual([]);
  });

  it('shows that personal data is masked, and a value only for a reason', async () => {
    const { page, fixture: f } = await open('/search');
    await page.locator('.rowbtn').first().click();
    const masked = page.locator('.masked').first();
    await masked.getByRole('button', { name: 'Xem giá trị thật' }).click();
    const button = masked.locator('button[type=submit]');
    expect(await button.isDisabled()).toBe(true);
    await masked.locator('input').fill('gọi lại cho người bị hại');
    await button.click();
    await expect.poll(() => masked.locator('.revealed').textContent()).toBe('0912345678');
    expect(f.revealed).toHaveLength(1);
    expect(board.complaints).toEqual([]);
  });

  it('takes a running rule to the page for trying, and what is typed never becomes markup', async () => {
    const { page } = await open('/rules');
    await page.locator('.rule a').first().click();
    await page.getByText('Thử luật này với một dòng nhật ký').click();
    await expect.poll(() => page.locator('#try-rule').inputValue()).toContain('title:');
    await page.locator('#try-line').fill('{"<img src=x onerror=alert(1)>":"<b>bold</b>","Image":"a"}');
    await page.locator('.kv dt', { hasText: '<img src=x' }).waitFor();
    expect(await page.locator('.answered img, .kv b').count()).toBe(0);
    expect(board.complaints).toEqual([]);
  });

  it('can be worked without a mouse: find, take, open, change the step, note, close with a verdict', async () => {
    const { page, fixture: f } = await open('/');
    const id = f.cards()[0]?.id ?? '';
    await live(page);
    const column: (string | undefined)[] = await page
      .locator('.col[data-state="new"] .card')
      .evaluateAll((cards: { dataset: { id?: string } }[]) => cards.map((card) => card.dataset.id));
    expect(column).toContain(id);
    for (const next of column.slice(0, column.indexOf(id) + 1)) {
      await page.keyboard.press('j');
      await expect.poll(() => focused(page)).toBe(next);
    }
    await page.keyboard.press('a');
    await expect.poll(() => f.card(id)?.assignee).toBe('hồng.ánh');
    await page.keyboard.press('Enter');
    await page.locator('.steps').waitFor();
    await page.keyboard.press('t');
    await page.locator('#steps [data-next]:focus').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => f.card(id)?.state).toBe('triage');
    await page.keyboard.press('n');
    await page.locator('#note:focus').waitFor();
    await page.keyboard.type('jk: đã gọi trực đơn vị');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => f.card(id)?.comments).toBe(1);
    await page.locator('.tl .said', { hasText: 'đã gọi trực đơn vị' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#note:focus').waitFor({ state: 'detached' });
    await page.keyboard.press('v');
    await page.locator('#verdict:focus').waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.locator('.verdict textarea:focus').waitFor();
    await page.keyboard.type('đã cô lập máy');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => f.card(id)?.state).toBe('resolved');
    expect(f.card(id)?.reason).toBe('Tấn công thật: đã cô lập máy');
    // The form, which takes letters, is gone. A chord is two keys within a moment: once more where that took too long.
    await expect.poll(() => page.locator('.verdict button').textContent()).toBe('Mở lại để xử lý');
    await expect
      .poll(async () => {
        await page.keyboard.press('g');
        await page.keyboard.press('b');
        return page.locator('.cols').count();
      })
      .toBe(1);
    expect(board.complaints).toEqual([]);
  });

  it('takes and changes the step faster than the server answers, without quarrelling with itself', async () => {
    const { page, fixture: f } = await open('/incidents/inc-0000');
    await page.locator('.steps').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('t');
    await page.keyboard.press('Enter');
    await expect.poll(() => f.card('inc-0000')).toMatchObject({ assignee: 'hồng.ánh', state: 'triage', version: 2 });
    expect(await page.locator('.notice').count()).toBe(0);
  });

  it('takes a refused change back and says who was first', async () => {
    const { page, fixture: f } = await open('/');
    const id = f.cards()[0]?.id ?? '';
    await live(page);
    f.elsewhere(id, { action: 'assign', version: 0, assignee: 'trực-ban.1' }, 'trực-ban.1', true);
    await page.locator(`${first(f)} h3 a`).focus();
    await page.keyboard.press('a');
    await expect.poll(() => page.locator('.notice').textContent()).toContain('trực-ban.1 đã đổi người xử lý lúc');
    await expect.poll(() => page.locator(`${first(f)} .c4n`).textContent()).toBe('trực-ban.1');
    expect(f.card(id)?.assignee).toBe('trực-ban.1');
  });

  it('keeps the focus on the card that others move and the view that filters made', async () => {
    const { page, fixture: f } = await open('/?sev=5%2C4&origin=real');
    await live(page);
    const shown = await page
      .locator('.cols .card')
      .evaluateAll((cards) => cards.map((c) => c.getAttribute('data-sev')));
    expect(shown.every((sev) => sev === '5' || sev === '4')).toBe(true);
    await page.locator(`${first(f)} h3 a`).focus();
    const id = f.cards()[0]?.id ?? '';
    f.elsewhere(id, { action: 'state', version: 0, state: 'investigating' }, 'trực-ban.1');
    await page.locator(`.col[data-state="investigating"] ${first(f)}`).waitFor();
    await expect.poll(() => focused(page)).toBe(id);
    await page.keyboard.press('Enter');
    await page.locator('.steps').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.cols').waitFor();
    await expect.poll(() => page.url()).toContain('sev=5%2C4');
  });

  it('leaves letters alone while an input method composes or a field has the focus', async () => {
    const { page } = await open('/');
    await page.locator('.card').first().waitFor();
    await page.keyboard.press('/');
    await page.locator('[data-slash]:focus').waitFor();
    await page.keyboard.type('gs jk');
    await expect.poll(() => page.locator('[data-slash]').inputValue()).toBe('gs jk');
    await page.keyboard.press('Escape');
    await page.locator('[data-slash]:focus').waitFor({ state: 'detached' });
    await page.evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "?", isComposing: true }))');
    expect(await page.locator('dialog.keys[open]').count()).toBe(0);
    await page.keyboard.press('?');
    await page.locator('dialog.keys[open]').waitFor();
    await page.getByLabel('Dùng phím chữ làm lệnh').uncheck();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog.keys[open]').count()).toBe(0);
    await page.keyboard.press('?');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await page.locator('dialog.keys[open]').count()).toBe(0);
  });

  it('shows why a rule matched, the whole event and the rule’s text', async () => {
    const { page } = await open('/incidents/inc-0000');
    await page.locator('.proof[open] mark').first().waitFor();
    expect(await page.locator('.proof[open] mark').allTextContents()).toEqual([
      '\\w3wp.exe',
      '\\cmd.exe',
      'whoami',
      'net user',
    ]);
    await page.locator('.proof[open] .raw summary').first().click();
    expect(await page.locator('.proof[open] .kv.all').textContent()).toContain('IIS APPPOOL\\iGatePool');
    await page.locator('.rulefold summary').first().click();
    await expect.poll(() => page.locator('.yaml').first().textContent()).toContain('logsource:');
    expect(await page.locator('.credits').first().textContent()).toContain('Apache-2.0');
    expect(await page.locator('.chain li').count()).toBeGreaterThan(2);
  });

  it('searches: total, rows, all fields, a value kept, a fault with its place', async () => {
    const { page } = await open('/search?last=24h');
    await page.locator('.rowbtn').first().click();
    await page.locator('.det .kv.all').waitFor();
    const whole = await page.locator('.qm b').textContent();
    await page
      .getByRole('button', { name: /^Chỉ lấy/ })
      .first()
      .click();
    await expect.poll(() => page.locator('#q').inputValue()).toMatch(/^\w+:"/);
    await expect.poll(() => page.locator('.qm b').textContent()).not.toBe(whole);
    await page.goBack();
    await expect.poll(() => page.locator('#q').inputValue()).toBe('');
    await page.locator('#q').fill('host:A (b');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.fault').textContent()).toContain('Ngoặc mở này chưa được đóng.');
    expect(await page.locator('.fault pre').textContent()).toBe('host:A (b\n       ^');
  });

  it('speaks English on a switch, and remembers', async () => {
    const { page } = await open('/');
    await page.locator('.card').first().waitFor();
    await page.getByRole('button', { name: 'Switch to English' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Incident board');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Incident board');
    expect(await page.locator(`.card h3`).first().textContent()).toMatch(/^[\x20-\x7e]+$/);
  });

  it('writes times in +07:00, whatever the zone of the machine', async () => {
    const { page, fixture: f } = await open('/incidents/inc-0000');
    await page.locator('.facts').waitFor();
    const opened = new Date((f.card('inc-0000')?.openedMs ?? 0) + 7 * 3_600_000).toISOString();
    const want = `${opened.slice(8, 10)}/${opened.slice(5, 7)}/${opened.slice(0, 4)} ${opened.slice(11, 19)} +07:00`;
    expect(await page.locator('.facts').textContent()).toContain(want);
  });

  it('says so when there is nothing, and draws nothing for an owner that owners may not see', async () => {
    const { page } = await open('/', { incidents: 0, role: 'owner' });
    await expect.poll(() => page.locator('.col .none').count()).toBe(4);
    expect(await page.locator('.stream .empty').textContent()).toContain('Chưa có cảnh báo trong ca');
    expect(await page.locator('.nav a').allTextContents()).not.toContain('Luật phát hiện');
    expect(board.complaints).toEqual([]);
  });

  it.each([
    [390, '/'],
    [390, '/incidents/inc-0000'],
    [390, '/search?last=24h'],
    [390, '/rules'],
    [390, '/health'],
    [390, '/wall'],
    [768, '/'],
    [1280, '/'],
    [2560, '/'],
    [2560, '/wall'],
  ])('fits %i px without scrolling sideways: %s', async (width, path) => {
    const { page } = await open(path, { width, height: 844, incidents: 60, drill: true });
    await page.locator('#main').waitFor();
    await expect.poll(() => page.locator('h1, .wclock').count()).toBeGreaterThan(0);
    await page.locator('.card, .rowbtn, .rule, .wlist li, .evh, tbody tr').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(board.complaints).toEqual([]);
  });

  it.each(['06:00:00', '12:00:00', '14:59:00', '15:30:00', '16:20:00', '17:59:58', '04:20:00'])(
    'fits a phone at every hour of the shift: %s',
    async (at) => {
      const { page } = await open('/', { width: 390, height: 844, drill: true });
      await page.clock.setFixedTime(new Date(`2026-12-31T${at}+07:00`));
      await page.locator('.ruler .now b', { hasText: at }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    },
  );

  it('ends where its content ends on a phone: what is only spoken does not lengthen the page', async () => {
    const { page } = await open('/', { width: 390, height: 844, incidents: 60 });
    await page.locator('.stream li').first().waitFor();
    const below = await page.evaluate(
      "document.documentElement.scrollHeight - document.querySelector('.app').getBoundingClientRect().bottom - scrollY",
    );
    expect(below).toBeLessThanOrEqual(1);
  });

  it('goes on with the next card when the one under the keys was closed, on the board or on its page', async () => {
    const { page } = await open('/', { incidents: 40 });
    await page.locator('.col[data-state="new"] .card').nth(3).waitFor();
    const ids = await page
      .locator('.col[data-state="new"] .card')
      .evaluateAll((cards: { dataset: { id?: string } }[]) => cards.map((card) => card.dataset.id));
    const close = async (): Promise<void> => {
      await page.keyboard.press('v');
      await page.locator('#verdict:focus').waitFor();
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      await page.locator('.verdict textarea:focus').waitFor();
      await page.keyboard.type('đã xem');
      await page.keyboard.press('Control+Enter');
    };
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).toBe(ids[1]);
    await close();
    await expect.poll(() => page.locator(`.col .card[data-id="${ids[1]}"]`).count()).toBe(0);
    // The card is gone at once; the form, which takes keys, stays until the server has answered.
    await page.locator('.dock').waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).toBe(ids[2]);
    await page.keyboard.press('Enter');
    await page.locator('.evh').first().waitFor();
    await close();
    await expect.poll(() => page.locator('.verdict button').textContent()).toBe('Mở lại để xử lý');
    await page.keyboard.press('Escape');
    await page.locator('.col[data-state="new"] .card').first().waitFor();
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).toBe(ids[3]);
  });

  it('says the age of a new card to the second, not to the end of the minute', async () => {
    const { page, fixture: f } = await open('/');
    await live(page);
    const alert = f.raise({ situation: 1, opens: true });
    const age = page.locator(`.card[data-id="${alert.incident}"] .age`);
    await age.waitFor();
    const seconds = async (): Promise<number> => Number.parseInt((await age.textContent()) ?? '', 10);
    const opened = Date.parse((await age.getAttribute('datetime')) ?? '');
    await expect.poll(async () => Math.abs((await seconds()) - (Date.now() - opened) / 1000)).toBeLessThan(3);
    const before = await seconds();
    await expect.poll(seconds).toBeGreaterThan(before);
  });

  it.each([
    ['light', '/'],
    ['dark', '/'],
    ['light', '/incidents/inc-0000'],
    ['dark', '/incidents/inc-0000'],
    ['light', '/sources/xa'],
    ['dark', '/sources/xa'],
    ['light', '/agents/tok-xa'],
    ['dark', '/agents/tok-xa'],
    ['light', '/indicators/ncsc'],
    ['dark', '/indicators/ncsc'],
  ])('keeps every text readable in %s: %s', async (scheme, path) => {
    const role = path.startsWith('/agents') ? 'admin' : 'analyst';
    const { page } = await open(path, { dark: scheme === 'dark', drill: true, still: true, role });
    await page.locator('.card, .evh, .srcdetail').first().waitFor();
    const worst = (await page.evaluate(contrastScript)) as { ratio: number; text: string }[];
    expect(worst.filter((w) => w.ratio < 4.5)).toEqual([]);
  });

  it.each([
    ['light', 390],
    ['dark', 1440],
  ])('the page for trying rules is readable in %s and fits %i px', async (scheme, width) => {
    const { page } = await open('/try', { dark: scheme === 'dark', width, still: true });
    await page.getByRole('button', { name: 'Xem ví dụ' }).click();
    // A hit, and then a rule that is refused: both verdicts have colours of their own.
    for (const wrong of [false, true]) {
      const rule = page.locator('#try-rule');
      if (wrong) await rule.fill((await rule.inputValue()).replace('level: high', 'level: hihg\nlevel: low'));
      await page.locator(`.verdict[data-at="${wrong ? 'refused' : 'hit'}"]`).waitFor();
      const worst = (await page.evaluate(contrastScript)) as { ratio: number; text: string }[];
      expect(worst.filter((w) => w.ratio < 4.5)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
    expect(board.complaints).toEqual([]);
  });

  it('draws 120 incidents and goes on while alerts pour in', async () => {
    const { page, fixture: f } = await open('/', { incidents: 120 });
    await live(page);
    for (let i = 0; i < 600; i += 1) f.raise({ situation: i % 13 });
    await page.locator('.stream li[data-id="live-600"]').waitFor();
    expect(await page.locator('.stream li:not(.gap)').count()).toBe(500);
    expect(await page.locator('.stream .cutnote').textContent()).toContain('500');
    expect(board.complaints).toEqual([]);
  });
});

/** Contrast of every visible text against what lies behind it; run in the page, so it is text. */
const contrastScript = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const f = (v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] > 250) return c;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!element || text === '' || element.closest('.vh, noscript, script, dialog, [disabled]')) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || !element.checkVisibility()) continue;
    const a = light(rgba(getComputedStyle(element).color));
    const b = light(behind(element));
    found.push({ ratio: Math.round(((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)) * 100) / 100, text: text.slice(0, 40) + ' .' + element.className });
  }
  return found.sort((x, y) => x.ratio - y.ratio).slice(0, 12);
})()`;
