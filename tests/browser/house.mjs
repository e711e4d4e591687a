// What all browser tests share: an instance with a mail server, people who live there, and a Chromium that minds what
// pages do.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const NOX = process.env.NOX ?? at('../../target/debug/nox');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Bytes a second: on a slow line, whatever looks before it has waited fails. */
const SLOW = Number(process.env.SLOW ?? 0);
const SHOTS = at('screenshots/');
const WIDTHS = [360, 768, 1280];
const SIZE = { width: 1280, height: 800 };
export const PASSWORD = 'correct horse';

/** The texts of the pages, from their own tables: the tests hold that the right one is shown. */
const texts = (name) => Object.fromEntries(
  [...readFileSync(at(`../../src/http/pages/texts/${name}.rs`), 'utf8').matchAll(/^ {4}(\w+): "(.*)",$/gm)]
    .map(([, key, text]) => [key, text.replaceAll('\\u{a0}', '\u{a0}')]));
export const TEXTS = { en: texts('english'), fr: texts('french') };

/** Every page works in each of these ways. */
export const WAYS = [true, false].flatMap((js) => ['en', 'fr'].map((lang) => ({
  js,
  lang,
  t: TEXTS[lang],
  name: `${lang}, ${js ? 'with' : 'without'} JavaScript`,
  settings: { javaScriptEnabled: js, locale: lang === 'en' ? 'en-GB' : 'fr-FR' },
})));

/** Enough where the language decides nothing: one way with the script, the other without. */
export const BOTH = [WAYS[0], WAYS[3]];

/** Everything that stands before and after the value that a text has a place for. */
export const around = (text) => new RegExp(text.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));

const cleanup = [];
after(async () => {
  for (const end of cleanup.reverse()) await end();
});

/** A port below those that connections get by themselves, so that none takes it meanwhile. */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((closed) => server.close(closed));
    if (isFree) return port;
  }
}

/** Starts a program, and answers its lines. */
function run(program, args, settings) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...settings });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  cleanup.push(() => child.kill() && ended);
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

const folder = mkdtempSync(join(tmpdir(), 'nox-browser-'));
cleanup.push(() => rmSync(folder, { recursive: true }));
mkdirSync(SHOTS, { recursive: true });

// Debian's Python has the module; another one in the path may not.
const post = run('/usr/bin/python3', [at('../smtp/server.py')]);
const mailPort = Number((await post.next()).value);
const mails = [];
let arrived = () => {};
(async () => {
  for await (const line of post) {
    mails.push(JSON.parse(line));
    arrived();
  }
})();

/** The next mail to a person whose text holds something; it is taken out of the box. */
export async function mail(person, pattern) {
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    const index = mails.findIndex(({ to, text }) => to.includes(person.email) && pattern.test(text));
    if (index >= 0) return mails.splice(index, 1)[0].text.match(pattern)[0];
    await new Promise((resolve, reject) => {
      arrived = resolve;
      late.onabort = () => reject(new Error(`no mail to ${person.email} with ${pattern}`));
    });
  }
}

export const CODE = /\b\d{6}\b/;
export const LINK = /http\S+\/email\/confirmation\S+/;

const port = await freePort();
export const base = `http://127.0.0.1:${port}`;
/** Another site that logins may lead to; it answers nothing by itself. */
export const FRONT = 'https://front.example';
writeFileSync(join(folder, 'nox.toml'), `
[server]
listen = "127.0.0.1:${port}"
public_url = "${base}"
allowed_origins = ["${FRONT}"]
[instance]
links = [{ label = "Terms", url = "https://example.org/terms" }]
[users]
default_tags = []
[password]
memory_kib = 1024
# The code of the step before must outlast a step that ends while it is on its way.
[totp]
skew = 2
[mail]
host = "127.0.0.1"
port = ${mailPort}
tls = "none"
from = "Nox <nox@example.org>"
[log]
level = "error"
`);

const lines = run(NOX, ['serve'], { cwd: folder });
assert.equal((await lines.next()).value, `listening on ${base}`);

export const nox = (args, input = '') =>
  execFileSync(NOX, args, { cwd: folder, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });

/** Forgets what was counted, such as a code a minute. */
export const forgetBudgets = () => execFileSync('/usr/bin/python3',
  ['-c', 'import sqlite3; sqlite3.connect("nox.db", isolation_level=None).execute("DELETE FROM rate_limits")'], { cwd: folder });

let count = 0;
/** Somebody new, so that no test waits for the budget of another. */
export function person({ totp = false, email = false, display = 'Ada Lovelace', tags = 'can_self_edit,can_file_upload' } = {}) {
  count += 1;
  const name = `ada-${count}`;
  const someone = { name, password: PASSWORD, display, email: `${name}@example.org` };
  nox(['user', 'add', name, '--display', display, '--email', someone.email, '--password-stdin'], PASSWORD);
  nox(['user', 'set', name, '--tags', tags, '--verified', String(email)]);
  if (totp) someone.secret = JSON.parse(nox(['totp', 'enroll', name, '--no-confirm', '--json'])).secret;
  return someone;
}

/** What an authenticator app shows; another step than the last, since each is good once. */
export function code(someone) {
  const now = Math.floor(Date.now() / 30_000);
  const step = Math.max(now - 1, (someone.step ?? 0) + 1);
  assert.ok(step <= now + 1, 'too many codes within a minute');
  someone.step = step;
  return oathtool(someone.secret, step);
}

const oathtool = (secret, step) =>
  execFileSync('oathtool', ['--totp', '--base32', '--now', `@${step * 30}`, secret], { encoding: 'utf8' }).trim();

/** A code of an operator, for steps that are no matter of the app. */
export const operatorCode = ({ name }) => nox(['totp', 'code', name]).match(CODE)[0];

/** Six digits that no step near now has. */
export function wrongCode({ secret }) {
  const now = Math.floor(Date.now() / 30_000);
  const right = [-3, -2, -1, 0, 1, 2, 3].map((step) => oathtool(secret, now + step));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((digits) => !right.includes(digits));
}

export const launch = async (settings = {}) => {
  const started = await chromium.launch({
    executablePath: CHROMIUM,
    ...settings,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', ...(settings.args ?? [])],
  });
  cleanup.push(() => started.close());
  return started;
};

let browser;
/** A page of a new browser profile, or of one that is there, whose faults are counted until it is closed. */
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
    const isRefusal = /^Failed to load resource: the server responded with a status of 4/.test(message.text())
      && !/^\/(static|api)\//.test(pathname);
    if (message.type() === 'error' && !isRefusal) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(`${base}/`)) page.faults.push(`asks ${request.url()}`);
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
 * Takes a page in every width and theme; nothing may be wider than the window. More can be looked at in each:
 * `check(width, colorScheme)`.
 */
export async function shoot(page, name, check = () => {}) {
  const lang = await page.locator('html').getAttribute('lang');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} (${lang}) is wider than ${width} pixels`);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(SHOTS, `${name}-${lang}-${width}-${colorScheme}.png`), fullPage: true });
      await check(width, colorScheme);
    }
  }
  await page.setViewportSize(SIZE);
  await page.emulateMedia({ colorScheme: null });
}

export const alert = (page) => page.getByRole('alert');
export const pathOf = (page) => page.url().slice(base.length);
/** Waits for the focus: browsers give it to a field of a new page some time after the page is there. */
export const focused = (page, id) => page.locator(`#${id}:focus`).waitFor();
/** The button that sends the form at an address. */
export const button = (page, action) => page.locator(`form[action="${action}"] > button`);

/** Waits for what a form leads to, and for all of its page; tells what is shown where it does not come. */
export async function arrive(page, selector) {
  try {
    await page.locator(selector).waitFor();
    await page.waitForLoadState();
  } catch (error) {
    throw new Error(`${page.url()} shows: ${await page.locator('main').innerText()}`, { cause: error });
  }
}

/** Waits for the words of a success, and for all of the page that shows them. */
export async function told(page, text) {
  await page.getByRole('status').getByText(text).waitFor();
  await page.waitForLoadState();
}

/** Waits for the very words, which a refusal shows with the focus on them, and for all of the page. */
export async function refused(page, text) {
  await alert(page).getByText(around(text)).waitFor();
  await page.locator('.error:focus').waitFor();
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

/** A page of somebody who has just logged in. */
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
  if (await details.count() && await details.getAttribute('open') === null) await details.locator('summary').click();
  return page.locator(`form[action="${action}"]`);
}
