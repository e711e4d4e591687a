// Chromium, which records the faults of pages, and what a user does on them.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { base, cleanup, operatorCode } from './instance.mjs';
import { around } from './texts.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Bytes a second: on a slow line, whatever looks before it has waited fails. */
const SLOW = Number(process.env.SLOW ?? 0);
export const SHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
/** Of the width between, only what is too wide is of interest. */
const WIDTHS = [360, 768, 1280];
const SHOT_WIDTHS = [360, 1280];
const SIZE = { width: 1280, height: 800 };

mkdirSync(SHOTS, { recursive: true });

export const launch = async (settings = {}) => {
  const started = await chromium.launch({
    executablePath: CHROMIUM,
    ...settings,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(settings.args ?? []),
    ],
  });
  cleanup.push(() => started.close());
  return started;
};

let browser;
/** A page of a new browser profile or of a given one; its faults are recorded until `close`. */
export async function open(path, settings = {}, context) {
  browser ??= await launch();
  context ??= await browser.newContext({ viewport: SIZE, locale: 'en-GB', ...settings });
  const page = await context.newPage();
  if (SLOW) {
    const devtools = await context.newCDPSession(page);
    const pace = { offline: false, latency: 100, downloadThroughput: SLOW, uploadThroughput: -1 };
    await devtools.send('Network.emulateNetworkConditions', pace);
  }
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // Chromium logs a page that is itself a refusal.
    const { pathname } = new URL(message.location().url || base);
    const isRefusal =
      /^Failed to load resource: the server responded with a status of 4/.test(message.text()) &&
      !/^\/(static|api)\//.test(pathname);
    if (message.type() === 'error' && !isRefusal) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(`${base}/`))
      page.faults.push(`asks ${request.url()}`);
  });
  await page.goto(base + path);
  return page;
}

/** Ends a profile; nothing that its pages did may have been a fault. */
export async function close(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
}

/**
 * Takes screenshots of a page on a phone and on a desk, in both themes; in no width may anything be
 * wider than the window. More can be checked in each picture by `check(width, colorScheme)`.
 */
export async function shoot(page, name, check = () => {}) {
  const lang = await page.locator('html').getAttribute('lang');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} (${lang}) is wider than ${width} pixels`);
    for (const colorScheme of SHOT_WIDTHS.includes(width) ? ['light', 'dark'] : []) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({
        path: join(SHOTS, `${name}-${lang}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
      await check(width, colorScheme);
    }
  }
  await page.setViewportSize(SIZE);
  await page.emulateMedia({ colorScheme: null });
}

export const alert = (page) => page.getByRole('alert');
export const pathOf = (page) => page.url().slice(base.length);
/** Waits for the focus, which browsers set some time after a new page is there. */
export const focused = (page, id) => page.locator(`#${id}:focus`).waitFor();
/** The button that sends the form at an address. */
export const button = (page, action) => page.locator(`form[action="${action}"] > button`);

/** Waits for what a form leads to; fails with what is shown where it does not come. */
export async function arrive(page, selector) {
  try {
    await page.locator(selector).waitFor();
    await page.waitForLoadState();
  } catch (error) {
    throw new Error(`${page.url()} shows: ${await page.locator('main').innerText()}`, {
      cause: error,
    });
  }
}

/** Waits for the words of a success, and for all of the page that shows them. */
export async function told(page, text) {
  await page.getByRole('status').getByText(text).waitFor();
  await page.waitForLoadState();
}

/** Waits for the words of a refusal, which has the focus or describes what has, and for the page. */
export async function refused(page, text) {
  await alert(page).getByText(around(text)).waitFor();
  await page.locator('.error:focus, [aria-describedby~="message"]:focus').waitFor();
  await page.waitForLoadState();
}

/** Types a name and a password, and sends them. */
export async function enter(page, { name, password }) {
  await page.locator('#identifier').fill(name);
  await page.locator('#password').fill(password);
  await button(page, '/login').click();
}

/** Sends a code; with JavaScript, six digits send themselves. */
export async function enterCode(page, text, js = true) {
  await page.locator('#code').fill(text);
  if (!js || !/^\d{6}$/.test(text.replaceAll(' ', ''))) await button(page, '/login/code').click();
}

/** A page of a user who has just logged in. */
export async function logIn(someone, settings, path = '/account') {
  const page = await open(`/login?return_to=${encodeURIComponent(path)}`, settings);
  await enter(page, someone);
  if (someone.secret) {
    await page.waitForURL('**/login/code**');
    await enterCode(page, operatorCode(someone), settings?.javaScriptEnabled !== false);
  }
  await page.waitForURL(base + path);
  return page;
}

/** Opens the part of the account page that holds a form, where it is folded. */
export async function unfold(page, action) {
  const details = page.locator('details', { has: page.locator(`form[action="${action}"]`) });
  if ((await details.count()) && (await details.getAttribute('open')) === null)
    await details.locator('summary').click();
  return page.locator(`form[action="${action}"]`);
}
