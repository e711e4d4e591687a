// Second factors, switched on and off on the account page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { arrive, button, close, logIn, refused, told, unfold } from './chromium.mjs';
import { CODE, PASSWORD, base, code, mail, operatorCode, person, wrongCode } from './instance.mjs';
import { BOTH, TEXTS } from './texts.mjs';

/** Sends a code with the form at an address. */
async function prove(page, action, text) {
  const form = await unfold(page, action);
  await form.locator('[name=code]').fill(text);
  await form.locator('> button').click();
}

/** The recovery codes of the page that a form leads to. */
async function newCodes(page) {
  await arrive(page, '#codes');
  return (await page.locator('#codes li').allTextContents()).map((text) => text.trim());
}

/** Leaves that page. */
async function leave(page, t) {
  await page.getByLabel(t.codes_saved).check();
  await page.getByRole('button', { name: t.done }).click();
  await page.waitForURL('**/account');
}

for (const { name, settings, t } of BOTH) {
  test(`an app is set up by its secret, and lost with a recovery code (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await button(page, '/account/totp/setup').click();
    await page.waitForURL('**/account/totp');
    await page.locator('.qr svg').waitFor();
    const secret = await page.locator('#secret').textContent();
    assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    // It is shown where an app may be, which is where a finger points.
    const link = page.getByRole('link', { name: t.open_app, includeHidden: true });
    assert.match(await link.getAttribute('href'), /^otpauth:\/\/totp\//);
    assert.equal(await link.isVisible(), false);
    ada.secret = secret.replaceAll(' ', '');

    const enable = async (digits, password) => {
      await page.getByLabel(t.first_code).fill(digits);
      await page.getByLabel(t.current_password).fill(password);
      await button(page, '/account/totp/enable').click();
    };
    await enable(wrongCode(ada), PASSWORD);
    await refused(page, t.wrong_code);
    assert.equal(
      await page.locator('#secret').textContent(),
      secret,
      'the app that was scanned is still the one',
    );
    await enable(code(ada), PASSWORD);
    await page.getByRole('heading', { name: t.recovery_codes }).waitFor();
    const codes = await newCodes(page);
    assert.equal(new Set(codes).size, 10);
    codes.forEach((text) => assert.match(text, /^[A-Z2-9]{5}-[A-Z2-9]{5}$/));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: t.download }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'recovery-codes.txt');
    assert.deepEqual(
      readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n'),
      codes,
    );

    await leave(page, t);
    await page.getByText(t.codes_left.replace('{}', 10)).waitFor();
    await prove(page, '/account/recovery', codes[0]);
    const renewed = await newCodes(page);
    assert.ok(renewed.every((text) => !codes.includes(text)));
    await leave(page, t);
    await prove(page, '/account/totp/disable', codes[1]);
    await refused(page, t.wrong_code);
    await prove(page, '/account/totp/disable', renewed[0].toLowerCase());
    await told(page, t.app_disabled);
    assert.equal(await page.getByText(t.recovery_codes, { exact: true }).count(), 0);
    await close(page);
  });

  test(`codes by mail are switched on and off (${name})`, async () => {
    const ada = person({ email: true });
    const page = await logIn(ada, settings);
    await unfold(page, '/account/mail-codes/send');
    await button(page, '/account/mail-codes/send').click();
    await told(page, t.code_mailed);
    // It is unfolded: that is where the code goes.
    await page.getByLabel(t.code_from_mail).fill(await mail(ada, CODE));
    await page.locator('#mail-codes-current-password').fill(PASSWORD);
    await button(page, '/account/mail-codes/enable').click();
    const [one] = await newCodes(page);
    await leave(page, t);
    await page.getByText(t.codes_left.replace('{}', 10)).waitFor();
    await prove(page, '/account/mail-codes/disable', one);
    await told(page, t.mail_codes_disabled);
    await close(page);
  });

  test(`a second one is switched on by a code of the first (${name})`, async () => {
    const ada = person({ totp: true });
    const page = await logIn(ada, settings);
    await page.getByText(t.mail_needs_address).waitFor();
    await prove(page, '/account/recovery', operatorCode(ada));
    assert.equal((await newCodes(page)).length, 10);
    await page.goto(`${base}/account/totp`);
    await page.waitForURL('**/account');
    await close(page);
  });

  test(`a wrong password on the way keeps the app that was scanned (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await button(page, '/account/totp/setup').click();
    await page.waitForURL('**/account/totp');
    const secret = await page.locator('#secret').textContent();
    ada.secret = secret.replaceAll(' ', '');
    await page.getByLabel(t.first_code).fill(code(ada));
    await page.getByLabel(t.current_password).fill('wrong horse');
    await button(page, '/account/totp/enable').click();
    await refused(page, t.wrong_password);
    assert.equal(await page.locator('#secret').textContent(), secret);
    await close(page);
  });
}

test('the secret and the recovery codes are copied', async () => {
  const ada = person();
  const page = await logIn(ada, { permissions: ['clipboard-read', 'clipboard-write'] });
  const copied = async () => {
    await page.getByRole('button', { name: TEXTS.en.copy, exact: true }).click();
    await page.getByRole('button', { name: TEXTS.en.copied }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  await button(page, '/account/totp/setup').click();
  await page.waitForURL('**/account/totp');
  const secret = await page.locator('#secret').textContent();
  assert.equal(await copied(), secret);
  ada.secret = secret.replaceAll(' ', '');
  await page.getByLabel(TEXTS.en.first_code).fill(code(ada));
  await page.getByLabel(TEXTS.en.current_password).fill(PASSWORD);
  await button(page, '/account/totp/enable').click();
  const codes = await newCodes(page);
  assert.deepEqual((await copied()).split(/\s+/).filter(Boolean), codes);
  await page.evaluate(() => {
    window.print = () => {
      document.title = 'printed';
    };
  });
  await page.getByRole('button', { name: TEXTS.en.print }).click();
  await page.waitForFunction(() => document.title === 'printed');
  await close(page);
});
