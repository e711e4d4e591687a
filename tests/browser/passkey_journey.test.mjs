// The whole way of a player with a passkey: it is added, logs in without anything typed, lets a
// headset in, and is lost and removed. Once on a phone, by touch, and once at a desk, by the
// keyboard alone.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHOTS, arrive, close, enter, enterCode, focused, logIn, open, refused, told } from './chromium.mjs';
import { device, loginButton, press } from './device.mjs';
import { PASSWORD, base, mail, person, sql } from './instance.mjs';
import { LANGUAGES, TEXTS, locale } from './texts.mjs';

const DAY = 86_400_000;
const ADD = '/account/passkeys/add';
const ENABLE = '/account/passkeys/enable';
const REMOVE = '/account/passkeys/remove';

const PHONE = {
  way: 'phone',
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  act: (page, target) => target.tap(),
};
const DESK = {
  way: 'desk',
  viewport: { width: 1280, height: 800 },
  colorScheme: 'dark',
  async act(page, target) {
    await tabTo(page, target);
    await page.keyboard.press('Enter');
  },
};

/** Goes on to an element by the tabulator. */
async function tabTo(page, target) {
  for (let tabs = 0; tabs < 80; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${target} is out of the keyboard's reach`);
}

/** What opens the part of the account page that holds a form. */
const opener = (page, action) =>
  page.locator('details', { has: page.locator(`form[action="${action}"]`) }).locator('summary');
const button = (page, action) => page.locator(`form[action="${action}"] > button`);

/** Logs in as a VR client does. */
const logInHeadset = (page, body) =>
  page.context().request.post(`${base}/api/auth/login`, { data: body, headers: { Cookie: '' } });

/** The browser forgets its session, as after a night. */
async function sleep(page) {
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  sql(`UPDATE sessions SET created_at = created_at - ${DAY}`);
}

/** Takes pictures of a page, which fits its window. */
function looker(page, lang, way) {
  return async (name) => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} is as wide as the window`);
    const path = join(SHOTS, `passkey-journey-${name}-${lang}-${way}.png`);
    await page.screenshot({ path, fullPage: true });
  };
}

for (const lang of LANGUAGES) {
  for (const { act, way, ...settings } of [PHONE, DESK]) {
    const t = TEXTS[lang];
    test(`a passkey is added, used, taken to a headset, lost and removed (${lang}, ${way})`, async () => {
      const ada = person({ email: true });
      const page = await logIn(ada, { ...settings, locale: locale(lang) });
      let look = looker(page, lang, way);
      const phone = await device(page);

      // Two clicks.
      await act(page, opener(page, ADD));
      await look('1-add');
      await act(page, button(page, ADD));
      await told(page, t.passkey_added);
      await look('2-added');
      await mail(ada, new RegExp(`${base}/account`));
      await phone.answer(false);

      await sleep(page);
      await page.goto(`${base}/login`);
      await loginButton(page).waitFor();
      await look('3-login');
      await press(page, phone, { click: () => act(page, loginButton(page)) });
      await page.waitForURL(`${base}/account`);
      await sleep(page);
      await phone.answer(true);
      await page.goto(`${base}/login`);
      await page.waitForURL(`${base}/account`);
      await phone.answer(false);

      // The headset is let in by the password alone, as long as its user wants no more.
      const body = { identifier: ada.name, password: PASSWORD };
      assert.equal((await logInHeadset(page, body)).status(), 200);
      await act(page, opener(page, ENABLE));
      await look('4-factor');
      const password = page.locator(`form[action="${ENABLE}"] [type=password]`);
      await act(page, password);
      await password.pressSequentially(PASSWORD);
      await act(page, button(page, ENABLE));
      await arrive(page, '#codes');
      await look('5-codes');
      const recovery = (await page.locator('#codes li').allInnerTexts()).map((c) => c.trim());
      const saved = page.getByLabel(t.codes_saved);
      await tabTo(page, saved);
      await page.keyboard.press('Space');
      await act(page, page.getByRole('button', { name: t.done }));
      await page.waitForURL('**/account');
      await page.waitForLoadState('networkidle');
      const due = await logInHeadset(page, body);
      assert.equal(due.status(), 428);
      const { methods } = (await due.json()).data;
      assert.deepEqual(methods.filter((it) => it.enabled).map(({ type }) => type), ['passkey']);
      const giver = page.locator('#device-code button');
      await press(page, phone, { click: () => act(page, giver) }, '/account/passkeys/code');
      await focused(page, 'given-code');
      await look('6-code');
      const factor_code = await page.locator('#given-code').innerText();
      const again = { ...body, factor_code };
      assert.equal((await logInHeadset(page, again)).status(), 200);
      assert.ok((await logInHeadset(page, again)).status() >= 400, 'a code is good once');

      // The device is lost: another browser knows the password, and its user a code.
      const other = await open('/login', { ...settings, locale: locale(lang) });
      look = looker(other, lang, way);
      await enter(other, ada);
      await other.waitForURL('**/login/code');
      await look('7-lost');
      await enterCode(other, recovery[0]);
      await other.waitForURL('**/account');
      await look('8-back');
      await act(other, opener(other, REMOVE));
      await other.getByText(t.last_passkey_removal).waitFor();
      await look('9-remove');
      await other.locator(`form[action="${REMOVE}"] [name=code]`).fill(recovery[1]);
      await act(other, button(other, REMOVE));
      await told(other, t.last_passkey_removed);
      await look('10-removed');
      assert.equal(await other.locator('.passkeys').count(), 0);

      // Who found the device gets in nowhere, and the player does by the password.
      await page.reload();
      await page.waitForURL('**/login?because=session**');
      await press(page, phone, { click: () => act(page, loginButton(page)) });
      await refused(page, t.passkey_unknown);
      assert.equal((await logInHeadset(page, body)).status(), 200);
      await close(page, other);
    });
  }
}
