// A passkey in the place of a code, after the password.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close, enter, enterCode, focused, logIn, pathOf, refused, shoot, unfold } from './chromium.mjs';
import { device, loginButton, press } from './device.mjs';
import { base, nox, operatorCode, person } from './instance.mjs';
import { LANGUAGES, TEXTS, locale } from './texts.mjs';

const { en } = TEXTS;

/** A page that asks a user with an app and a passkey for a code, with the device that has it. */
async function atCode(settings) {
  const ada = person({ totp: true });
  const page = await logIn(ada, settings);
  const phone = await device(page);
  const form = await unfold(page, '/account/passkeys/add');
  await form.locator('[name=code]').fill(operatorCode(ada));
  await form.locator('> button').click();
  await page.waitForURL('**/account?done=passkey#message');
  await phone.answer(false);
  await again(page, ada);
  return { ada, page, phone };
}

/** Logs out, and types the password. */
async function again(page, ada) {
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login?return_to=/account/activity`);
  await page.waitForLoadState('networkidle');
  await enter(page, ada);
  await page.waitForURL('**/login/code**');
  await page.waitForLoadState('networkidle');
}

for (const lang of LANGUAGES) {
  test(`a passkey takes the place of the code (${lang})`, async () => {
    const { page, phone } = await atCode({ locale: locale(lang) });
    await focused(page, 'code');
    await loginButton(page).getByText(TEXTS[lang].use_passkey).waitFor();
    await shoot(page, 'code-passkey');
    await press(page, phone);
    await page.waitForURL(`${base}/account/activity`);
    await close(page);
  });
}

test('the keyboard alone uses the passkey', async () => {
  const { page, phone } = await atCode();
  await focused(page, 'code');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await loginButton(page).evaluate((it) => it === document.activeElement), true);
  await phone.answer(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/account/activity`);
  await close(page);
});

test('who does not use the passkey can try again, or type a code', async () => {
  const { ada, page, phone } = await atCode();
  await phone.verify(false);
  await phone.answer(true);
  await loginButton(page).click();
  await refused(page, en.passkey_unused_code);
  await shoot(page, 'code-passkey-unused');
  await enterCode(page, operatorCode(ada));
  await page.waitForURL(`${base}/account/activity`);
  await close(page);
});

test('a passkey that was removed meanwhile leaves the code', async () => {
  const { ada, page, phone } = await atCode();
  // Its device is asked before the passkey goes, and answers after that.
  await page.route('**/login/passkey', async (route) => {
    nox(['passkey', 'remove', ada.name, '--all', '--yes']);
    await route.fallback();
  });
  await phone.answer(true);
  await loginButton(page).click();
  await refused(page, en.passkey_unknown);
  assert.equal(await loginButton(page).count(), 0);
  await enterCode(page, operatorCode(ada));
  await page.waitForURL(`${base}/account/activity`);
  await close(page);
});

test('a page that is older than its login leads to the start, and says why', async () => {
  const { page } = await atCode();
  await page.locator('form[data-challenge]').evaluate((form) => {
    form.dataset.challenge = 'AAAA';
  });
  await loginButton(page).click();
  await refused(page, en.login_expired);
  assert.equal(pathOf(page), '/login?because=time&return_to=%2Faccount%2Factivity');
  page.faults = page.faults.filter((fault) => !/status of 400/.test(fault));
  await close(page);
});

test('a challenge that was answered too late leaves the login at its code', async () => {
  const { page, phone } = await atCode();
  const isLate = (route) => route.fulfill({ contentType: 'application/json', body: late });
  const late = await page.evaluate(async () => {
    const answer = await fetch('/api/auth/passkey/login/options', { method: 'POST', credentials: 'omit' });
    return answer.text();
  });
  await page.route('**/api/auth/passkey/login/options', isLate);
  await page.reload();
  await press(page, phone);
  await refused(page, en.passkey_expired);
  await page.unroute('**/api/auth/passkey/login/options', isLate);
  await press(page, phone);
  await page.waitForURL(`${base}/account/activity`);
  await close(page);
});

test('without a script the page asks for a code alone', async () => {
  const { ada, page } = await atCode();
  const plain = await logInPlain(page, ada);
  assert.equal(await loginButton(plain).isVisible(), false);
  await enterCode(plain, operatorCode(ada), false);
  await plain.waitForURL('**/account');
  await close(plain);
  await close(page);
});

async function logInPlain(page, ada) {
  const browser = page.context().browser();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  plain.faults = [];
  await plain.goto(`${base}/login`);
  await enter(plain, ada);
  await plain.waitForURL('**/login/code');
  return plain;
}
