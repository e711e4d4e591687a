// The account page: a passkey that is asked for after the password, and the codes that one gives.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrive,
  close,
  enter,
  enterCode,
  focused,
  logIn,
  open,
  refused,
  shoot,
  told,
  unfold,
} from './chromium.mjs';
import { add, device, press } from './device.mjs';
import { PASSWORD, age, base, nox, person } from './instance.mjs';
import { LANGUAGES, TEXTS, locale } from './texts.mjs';

const { en } = TEXTS;
const CODE = '/account/passkeys/code';
const codeButton = (page) => page.locator('#device-code button');
const fillButton = (form) => form.locator('[data-fill]');

/** The account page of a user who has just added a passkey, with the device that has it. */
async function owner(settings, someone = person()) {
  const page = await logIn(someone, settings);
  const phone = await device(page);
  await add(page, 'Phone');
  await page.waitForURL('**/account?done=passkey#message');
  await phone.answer(false);
  return { ada: someone, page, phone };
}

/** Switches the passkey on as a second factor, and goes back to the account page. */
async function switchOn(page, t = en) {
  const form = await unfold(page, '/account/passkeys/enable');
  await form.locator('[type=password]').fill(PASSWORD);
  await form.locator('> button').click();
  await arrive(page, '#codes');
  await page.getByLabel(t.codes_saved).check();
  await page.getByRole('button', { name: t.done }).click();
  await page.waitForURL('**/account');
  await page.waitForLoadState('networkidle');
}

for (const lang of LANGUAGES) {
  const t = TEXTS[lang];
  test(`a code is taken to another device, where the passkey is the second factor (${lang})`, async () => {
    const settings = { locale: locale(lang) };
    const { ada, page, phone } = await owner(settings);
    await unfold(page, '/account/passkeys/enable');
    await page.getByText(t.passkey_factor_vr).waitFor();
    await shoot(page, 'passkey-factor');
    await switchOn(page, t);
    await unfold(page, '/account/passkeys/disable');
    await shoot(page, 'passkey-factor-on');
    await press(page, phone, codeButton(page), CODE);
    await focused(page, 'given-code');
    await page.getByRole('heading', { name: t.device_code }).waitFor();
    await shoot(page, 'device-code');
    const given = await page.locator('#given-code').textContent();
    assert.match(given, /^\d{6}$/);
    const headset = await open('/login', settings);
    await enter(headset, ada);
    await headset.waitForURL('**/login/code');
    await shoot(headset, 'code-passkey-only');
    await enterCode(headset, given);
    await headset.waitForURL('**/account');
    await close(headset);
    // It is not shown again.
    await page.reload();
    await page.locator('#device-code').waitFor();
    assert.equal(await page.locator('#given-code').count(), 0);

    const off = await unfold(page, '/account/passkeys/disable');
    await press(page, phone, fillButton(off), CODE);
    await focused(page, 'passkey-factor-code');
    assert.match(await off.locator('[name=code]').inputValue(), /^\d{6}$/);
    await page.keyboard.press('Enter');
    await told(page, t.passkey_factor_disabled);
    await close(page);
  });
}

test('who does not use the passkey is told so at the field, and what was typed stays', async () => {
  const { page, phone } = await owner();
  await switchOn(page);
  const form = await unfold(page, '/account/username');
  await form.locator('[name=username]').fill('countess');
  await phone.verify(false);
  await phone.answer(true);
  await fillButton(form).click();
  await refused(page, en.passkey_unused_code);
  await form.locator('label + #message').waitFor();
  await shoot(page, 'account-passkey-unused');
  assert.equal(await form.locator('[name=username]').inputValue(), 'countess');
  await codeButton(page).click();
  await refused(page, en.passkey_unused_code);
  await page.locator('#device-code #message').waitFor();
  await phone.answer(false);
  await phone.verify(true);
  await press(page, phone, fillButton(form), CODE);
  await focused(page, 'username-code');
  await page.keyboard.press('Enter');
  await told(page, en.username_changed);
  await close(page);
});

test('what was typed into other forms is there after a code was shown', async () => {
  const { page, phone } = await owner();
  await page.locator('#profile-display').fill('Countess');
  await press(page, phone, codeButton(page), CODE);
  await focused(page, 'given-code');
  await page.getByRole('link', { name: en.done }).click();
  await page.locator('#device-code').waitFor();
  assert.equal(await page.locator('#profile-display').inputValue(), 'Countess');
  await close(page);
});

test('a passkey takes the place of the password', async () => {
  const { page, phone } = await owner();
  age();
  await page.goto(`${base}/account`);
  await page.waitForLoadState('networkidle');
  await phone.answer(true);
  const more = await unfold(page, '/account/passkeys/add');
  await fillButton(more).click();
  // It is taken, and the device asked for another passkey.
  await refused(page, en.passkey_known);
  assert.equal(await more.locator('[name=code]').inputValue(), '');
  const form = await unfold(page, '/account/passkeys/enable');
  await fillButton(form).click();
  await arrive(page, '#codes');
  await close(page);
});

test('a passkey of another account, and one that was removed, fill nothing in', async () => {
  const { ada, page, phone } = await owner();
  await switchOn(page);
  const form = await unfold(page, '/account/passkeys/disable');
  await page.route(`**${CODE}`, async (route) => {
    nox(['passkey', 'remove', ada.name, '--all', '--yes']);
    await route.fallback();
  });
  await phone.answer(true);
  await fillButton(form).click();
  await page.waitForURL('**/login?because=session**');
  await close(page);

  const other = await owner();
  await switchOn(other.page);
  const bob = await owner();
  const [theirs] = await bob.phone.credentials();
  await other.phone.clear();
  await other.phone.keep(theirs);
  const off = await unfold(other.page, '/account/passkeys/disable');
  await other.phone.answer(true);
  await fillButton(off).click();
  await refused(other.page, en.passkey_of_other);
  assert.equal(await off.locator('[name=code]').inputValue(), '');
  await close(other.page, bob.page);
});

test('the keyboard alone switches the factor on, gets a code and fills one in', async () => {
  const { page, phone } = await owner();
  const tabTo = async (locator) => {
    for (let tabs = 0; tabs < 80; tabs += 1) {
      if (await locator.evaluate((it) => it === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail('out of the keyboard’s reach');
  };
  await tabTo(page.locator('#passkey-factor summary'));
  await page.keyboard.press('Enter');
  await tabTo(page.locator('#passkey-factor [type=password]'));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await arrive(page, '#codes');
  await page.goto(`${base}/account`);
  await page.waitForLoadState('networkidle');
  await tabTo(codeButton(page));
  await phone.answer(true);
  await page.keyboard.press('Enter');
  await focused(page, 'given-code');
  await tabTo(page.getByRole('link', { name: en.done }));
  await page.keyboard.press('Enter');
  await page.locator('#device-code').waitFor();
  await page.waitForLoadState('networkidle');
  await tabTo(page.locator('#passkey-factor summary'));
  await page.keyboard.press('Enter');
  await tabTo(page.locator('#passkey-factor [data-fill]'));
  await page.keyboard.press('Enter');
  await focused(page, 'passkey-factor-code');
  await page.keyboard.press('Enter');
  await told(page, en.passkey_factor_disabled);
  await close(page);
});

test('without a script, and at another address, nothing asks for a passkey', async () => {
  const { ada, page } = await owner();
  await switchOn(page);
  await close(page);
  const plain = await open('/login', { javaScriptEnabled: false });
  await enter(plain, ada);
  await plain.waitForURL('**/login/code');
  nox(['totp', 'reset', ada.name]);
  await plain.goto(`${base}/login`);
  await enter(plain, ada);
  await plain.waitForURL('**/account');
  assert.equal(await plain.locator('#device-code').isVisible(), false);
  // The switch is a plain form, and its codes are plain fields.
  const on = await unfold(plain, '/account/passkeys/enable');
  await on.locator('[type=password]').fill(PASSWORD);
  await on.locator('> button').click();
  await plain.waitForURL('**/account/recovery-codes');
  const [recovery] = await plain.locator('#codes code').allTextContents();
  await plain.goto(`${base}/account`);
  const off = await unfold(plain, '/account/passkeys/disable');
  assert.equal(await fillButton(off).isVisible(), false);
  await shoot(plain, 'passkey-factor-plain');
  await off.locator('[name=code]').fill(recovery);
  await off.locator('> button').click();
  await told(plain, en.passkey_factor_disabled);
  await close(plain);
});
