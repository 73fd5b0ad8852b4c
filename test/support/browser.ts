// A real browser for pages: Debian's Chromium, or the one that CHROMIUM names. It contacts no server.
import { access } from 'node:fs/promises';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser. Prints a note if not. */
export async function hasBrowser(): Promise<boolean> {
  const found = await access(executablePath).then(
    () => true,
    () => false,
  );
  if (!found) process.stderr.write(`${executablePath} is missing, so the tests of pages in a browser are skipped\n`);
  return found;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export interface OpenPage {
  readonly page: Page;
  /** What the page has written to the console, thrown, or asked the network for. */
  readonly complaints: readonly string[];
}

/** @param file of the page @param fragment with its `#` */
export async function openPage(
  browser: Browser,
  file: string,
  { fragment = '', ...options }: BrowserContextOptions & { readonly fragment?: string } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`request of ${request.url()}`);
  });
  await page.goto(`file://${file}${fragment}`);
  return { page, complaints };
}

/** Faults that axe calls serious or critical. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} (${nodes.length}): ${nodes[0]?.failureSummary}`);
}
