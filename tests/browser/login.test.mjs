// The pages in a real Chromium, against the real binary. Screenshots of every step go to screenshots/, in two widths and
// both themes, for whoever changes the pages next.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const NOX = process.env.NOX ?? fileURLToPath(new URL('../../target/debug/nox', import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
const WIDTHS = [360, 1280];
const PASSWORD = 'correct horse';

let folder, server, base, browser, secret;

const nox = (args, input = '') =>
  execFileSync(NOX, args, { cwd: folder, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });

const code = (steps = 0) =>
  execFileSync('oathtool', ['--totp', '--base32', '--now', `now ${steps * 30} seconds`, secret], { encoding: 'utf8' }).trim();

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'nox-browser-'));
  nox(['user', 'add', 'ada', '--display', 'Ada Lovelace', '--password-stdin'], PASSWORD);
  nox(['user', 'add', 'bob', '--password-stdin'], PASSWORD);
  secret = JSON.parse(nox(['totp', 'enroll', 'bob', '--no-confirm', '--json'])).secret;
  server = spawn(NOX, ['serve', '--listen', '127.0.0.1:0'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface(server.stdout);
  for await (const line of lines) {
    base = line.replace('listening on ', '');
    break;
  }
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser?.close();
  server?.kill();
  if (folder) rmSync(folder, { recursive: true });
});

/** A page of a new browser profile that fails the test where it logs an error or asks elsewhere. */
async function open(path, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    const isAnswer = message.text().startsWith('Failed to load resource') && message.location().url.startsWith(`${base}/api/`);
    if (message.type() === 'error' && !isAnswer) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${base}/`)) page.faults.push(`asks ${request.url()}`);
  });
  await page.goto(base + path);
  return page;
}

async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

async function shoot(page, name) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} is wider than ${width} pixels`);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(SHOTS, `${name}-${width}-${colorScheme}.png`) });
    }
  }
}

async function fill(page, name, password) {
  await page.getByLabel('Username').fill(name);
  await page.locator('#password').fill(password);
}

const submit = (page) => page.locator('#submit').click();
const alert = (page) => page.getByRole('alert');

test('a password logs in, and the button logs out', async () => {
  const page = await open('/');
  assert.equal(new URL(page.url()).pathname, '/login');
  await shoot(page, 'login');
  await fill(page, 'ada', PASSWORD);
  await submit(page);
  await page.waitForURL('**/account');
  await page.getByText('Ada Lovelace').waitFor();
  await page.getByText('ada@localhost:53032').waitFor();
  await shoot(page, 'account');
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ['_uid', true, 'Lax']);
  await page.goto(`${base}/login`);
  assert.equal(new URL(page.url()).pathname, '/account', 'who is logged in is not asked again');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL('**/login');
  assert.deepEqual(await page.context().cookies(), []);
  await page.goto(`${base}/account`);
  assert.equal(new URL(page.url()).pathname, '/login');
  await close(page);
});

test('a wrong password and an unknown name get the same clear words, and the name is kept', async () => {
  const page = await open('/login');
  for (const name of ['ada', 'nobody']) {
    await fill(page, name, 'wrong horse');
    const answered = page.waitForResponse('**/api/auth/login');
    await submit(page);
    await answered;
    await alert(page).getByText('The username or the password is wrong.').waitFor();
    assert.equal(await page.getByLabel('Username').inputValue(), name);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'error', 'focus is on the message');
  }
  await shoot(page, 'wrong-password');
  await close(page);
});

test('the code step takes a wrong code and then a right one, which submits itself', async () => {
  const page = await open('/login');
  await fill(page, 'bob', PASSWORD);
  await submit(page);
  const field = page.getByLabel('Code from your authenticator app');
  await field.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'factor_code');
  await shoot(page, 'code');
  const right = code();
  await field.fill(right === '000000' ? '000001' : '000000');
  await alert(page).getByText('That code is wrong, has expired or was used already.').waitFor();
  assert.equal(await field.inputValue(), '');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'factor_code', 'the field waits for another code');
  await shoot(page, 'wrong-code');
  await field.pressSequentially(`${right.slice(0, 3)} ${right.slice(3)}`);
  await page.waitForURL('**/account');
  await page.getByText('bob@localhost:53032').waitFor();
  await close(page);
});

test('the way back from the code step leads to an empty form', async () => {
  const page = await open('/login');
  await fill(page, 'bob', PASSWORD);
  await submit(page);
  await page.getByRole('button', { name: 'Use another account' }).click();
  assert.equal(await page.locator('#password').inputValue(), '');
  await fill(page, 'ada', PASSWORD);
  await submit(page);
  await page.waitForURL('**/account');
  await close(page);
});

test('the keyboard alone is enough', async () => {
  const page = await open('/login');
  const focused = () => page.evaluate(() => document.activeElement.id);
  assert.equal(await focused(), 'identifier', 'the first field has the focus');
  await page.keyboard.type('bob');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'reveal');
  await page.keyboard.press('Space');
  assert.equal(await page.locator('#password').getAttribute('type'), 'text');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'submit');
  await page.keyboard.press('Enter');
  await page.locator('#factor_code').waitFor();
  await page.keyboard.type(code(1));
  await page.waitForURL('**/account');
  await page.getByText('bob@').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/login');
  await close(page);
});

test('password managers find what they look for', async () => {
  const page = await open('/login');
  const fields = await page.locator('#login input').evaluateAll((inputs) =>
    inputs.map(({ name, type, autocomplete }) => ({ name, type, autocomplete })));
  assert.deepEqual(fields, [
    { name: 'identifier', type: 'text', autocomplete: 'username' },
    { name: 'password', type: 'password', autocomplete: 'current-password' },
    { name: 'factor_code', type: 'text', autocomplete: 'one-time-code' },
  ]);
  await close(page);
});

test('a server that is out of reach, busy or tired of guesses says so', async () => {
  const page = await open('/login');
  const answers = [
    [(route) => route.abort(), 'The server is out of reach'],
    [(route) => route.fulfill({ status: 503, json: { error: { code: 10 } } }), 'The server is busy'],
    [(route) => route.fulfill({ status: 502, body: '<html>' }), 'The server is out of reach'],
    [(route) => route.fulfill({ status: 504, json: { detail: 'a proxy' } }), 'The server is out of reach'],
    [(route) => route.fulfill({ status: 500, json: { error: { code: 9 } } }), 'Something went wrong on the server'],
    [(route) => route.fulfill({ status: 401, json: { error: { code: 8, message: 'You may not.' } } }), 'You may not.'],
  ];
  for (const [answer, words] of answers) {
    await page.route('**/api/auth/login', answer, { times: 1 });
    await fill(page, 'ada', PASSWORD);
    await submit(page);
    await alert(page).getByText(words).waitFor();
  }
  await page.route('**/api/auth/login', (route) => route.fulfill({
    status: 429, json: { error: { code: 1001, message: 'Too many attempts, try again in 90 seconds.' } },
  }));
  await submit(page);
  await alert(page).getByText('try again in 90 seconds').waitFor();
  await close(page);
});

test('a session that ended elsewhere leads from the account page to the login', async () => {
  const page = await open('/login');
  await fill(page, 'ada', PASSWORD);
  await submit(page);
  await page.waitForURL('**/account');
  await page.getByText('Ada Lovelace').waitFor();
  nox(['user', 'passwd', 'ada', '--password-stdin'], PASSWORD);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL('**/login');
  await close(page);
});

test('without JavaScript the page says what it needs, and no password lands in the address', async () => {
  const page = await open('/login', { javaScriptEnabled: false });
  assert.match(await page.locator('noscript').textContent(), /needs JavaScript/);
  await fill(page, 'ada', PASSWORD);
  await submit(page);
  await page.waitForLoadState();
  assert.equal(page.url(), `${base}/login`);
  await page.context().close();
});
