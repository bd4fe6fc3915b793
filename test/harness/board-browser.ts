import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type BoardFixture, type BoardFixtureOptions, startBoardFixture } from './board-fixture.ts';

/** The Chromium of this machine; null when there is none, and then tests that need it are skipped. */
export const chromiumPath: string | null = findChromium();

function findChromium(): string | null {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next name.
    }
  }
  return null;
}

/** Ends a test that waits for what never comes; a busy machine takes its time. */
const guardMs = 60_000;

/** The built board in a real browser, a fixture and a window for each test. */
export interface BoardBrowser {
  /** Everything a console, a page or the security policy complained of since the last `open`. */
  readonly complaints: string[];
  open(
    path: string,
    fixture: Omit<BoardFixtureOptions, 'dist'>,
    context: BrowserContextOptions,
  ): Promise<{ readonly page: Page; readonly fixture: BoardFixture }>;
}

/** To be called inside `describe`: builds the board before its tests, and closes after each what that test opened. */
export function boardBrowser(): BoardBrowser {
  let dist = '';
  let browser: Browser;
  let context: BrowserContext | null = null;
  let fixture: BoardFixture | null = null;
  const complaints: string[] = [];

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'board-'));
    await build({
      configFile: fileURLToPath(new URL('../../dashboards/board/vite.config.ts', import.meta.url)),
      build: { outDir: dist, emptyOutDir: true },
      logLevel: 'error',
    });
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox'],
      headless: true,
      timeout: guardMs,
    });
  });

  afterAll(async () => {
    await browser?.close();
    await rm(dist, { recursive: true, force: true });
  });

  afterEach(async () => {
    await context?.close();
    await fixture?.close();
    context = null;
    fixture = null;
  });

  return {
    complaints,
    async open(path, options, contextOptions) {
      complaints.length = 0;
      fixture = await startBoardFixture({ dist, signedIn: true, ...options });
      context = await browser.newContext(contextOptions);
      context.setDefaultTimeout(guardMs);
      const page = await context.newPage();
      page.on('console', (m) => {
        if (m.type() === 'error' || m.type() === 'warning') complaints.push(m.text());
      });
      page.on('pageerror', (e) => complaints.push(e.message));
      await page.goto(fixture.url + path);
      return { page, fixture };
    },
  };
}
