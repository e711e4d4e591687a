// What Lighthouse measures of the pages of joining, coming back and leaving. It measures time, and
// so it runs alone.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import lighthouse from 'lighthouse';
import { button, enter, launch, logIn, open } from './chromium.mjs';
import { add, device } from './device.mjs';
import { base, freePort, nox, person, serve } from './instance.mjs';

const SETTINGS = {
  logLevel: 'error',
  onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
  disableFullPageScreenshot: true,
  // No page loads anything more once it is there.
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 250,
  cpuQuietThresholdMs: 250,
};

let port;
let devtools;
before(async () => {
  port = await freePort();
  const browser = await launch({ args: [`--remote-debugging-port=${port}`] });
  devtools = await browser.newBrowserCDPSession();
});

const pathOfLink = (args) => nox(args).trim().slice(base.length);

for (const [name, path] of [
  ['/login', () => '/login'],
  ['/register', () => '/register'],
  ['/register/{code}', () => pathOfLink(['invite', 'add'])],
  ['/reset', () => '/reset'],
  ['/reset/{secret}', () => pathOfLink(['user', 'passwd', person().name, '--link'])],
  ['/account/deleted', () => '/account/deleted'],
])
  test(`${name} has at least 98 points in everything`, (t) => measure(t, path()));

for (const path of ['/account', '/account/activity', '/logout'])
  test(`${path} has at least 98 points in everything`, async (t) =>
    measure(t, path, await logIn(person({ email: true }))));

test('/account with passkeys has at least 98 points in everything', async (t) => {
  const page = await logIn(person());
  await device(page);
  await add(page);
  await page.waitForURL('**/account?done=passkey#message');
  await measure(t, '/account', page);
});

test('/login/code with a passkey has at least 98 points in everything', async (t) => {
  const ada = person();
  const page = await logIn(ada);
  await device(page);
  await add(page);
  await page.waitForURL('**/account?done=passkey#message');
  ada.secret = JSON.parse(nox(['totp', 'enroll', ada.name, '--no-confirm', '--json'])).secret;
  const other = await open('/login');
  await enter(other, ada);
  await other.waitForURL('**/login/code');
  await button(other, '/login/passkey').waitFor();
  await measure(t, '/login/code', other);
});

test('/login/set-up has at least 98 points in everything', async (t) => {
  const kay = person({ email: true });
  nox(['user', 'set', kay.name, '--admin', 'true']);
  const page = await open('/login');
  await enter(page, kay);
  await page.waitForURL('**/login/set-up');
  await measure(t, '/login/set-up', page);
});

test('/login/confirmation has at least 98 points in everything', async (t) => {
  await serve({ NOX_USERS__REQUIRE_EMAIL: 'true' });
  const page = await open('/register');
  await page.locator('#username').fill('unconfirmed');
  await page.locator('#email').fill('unconfirmed@example.org');
  await page.locator('#new-password').fill('correct horse');
  await button(page, '/register').click();
  await page.waitForURL('**/login/confirmation');
  await measure(t, '/login/confirmation', page);
});

/** Measures the page at a path, which has the cookies of another page. */
async function measure(t, path, page) {
  const cookies = (await page?.context().cookies()) ?? [];
  await devtools.send('Storage.clearCookies');
  await devtools.send('Storage.setCookies', { cookies });
  const { lhr } = await lighthouse(base + path, { port, ...SETTINGS });
  assert.equal(lhr.finalDisplayedUrl, base + path, 'the page itself was measured');
  for (const { id, score, auditRefs } of Object.values(lhr.categories)) {
    t.diagnostic(`${id}: ${Math.round(score * 100)}`);
    const short = auditRefs
      .map((ref) => lhr.audits[ref.id])
      .filter((audit) => audit.score !== null && audit.score < 1);
    assert.ok(
      score >= 0.98,
      `${id} ${score}: ${short.map((audit) => `${audit.id} ${audit.displayValue ?? ''}`).join(', ')}`,
    );
  }
}
