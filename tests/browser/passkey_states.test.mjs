// What the pages say of passkeys when something is in the way.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alert, close, enter, logIn, open, pathOf, refused, told, unfold } from './chromium.mjs';
import { add, device, loginButton, press } from './device.mjs';
import { PASSWORD, age, base, nox, person } from './instance.mjs';
import { LANGUAGES, TEXTS, around, locale } from './texts.mjs';

const { en } = TEXTS;
const ADD = '/account/passkeys/add';
const OPTIONS = '**/account/passkeys/options';
const button = (page, action) => page.locator(`form[action="${action}"] > button`);

for (const lang of LANGUAGES) {
  const t = TEXTS[lang];
  test(`an old session adds and removes a passkey with the password (${lang})`, async () => {
    const ada = person();
    const page = await logIn(ada, { locale: locale(lang) });
    await device(page);
    // The page is younger than the session.
    await unfold(page, ADD);
    assert.equal(await page.locator('#passkeys-current-password').count(), 0);
    age();
    await add(page, 'Phone');
    await refused(page, t.password_needed);
    assert.equal(await page.locator('#passkeys-name').inputValue(), 'Phone', 'it is kept');
    await page.locator('#passkeys-current-password').fill('wrong horse');
    await button(page, ADD).click();
    await refused(page, t.wrong_password);
    assert.equal(await page.locator('#passkeys-name').inputValue(), 'Phone', 'it is kept');
    await page.locator('#passkeys-current-password').fill(PASSWORD);
    await button(page, ADD).click();
    await told(page, t.passkey_added);
    await page.locator('.passkeys strong', { hasText: 'Phone' }).waitFor();

    const remove = await unfold(page, '/account/passkeys/remove');
    await remove.locator('[type=password]').fill('wrong horse');
    await remove.locator('> button').click();
    await refused(page, t.wrong_password);
    await remove.locator('[type=password]').fill(PASSWORD);
    await remove.locator('> button').click();
    await told(page, t.passkey_removed);
    await close(page);
  });
}

test('an account page that is older than its challenge says so, and the next try adds', async () => {
  const page = await logIn(person());
  const phone = await device(page);
  // What was asked for once, and has been answered.
  let used;
  await page.route(
    OPTIONS,
    async (route) => {
      const response = await route.fetch();
      used = await response.text();
      await route.fulfill({ response, body: used });
    },
    { times: 1 },
  );
  await add(page, 'Phone');
  await told(page, en.passkey_added);
  await phone.clear();
  const late = { contentType: 'application/json' };
  await page.route(OPTIONS, (route) => route.fulfill({ ...late, body: used }), { times: 1 });
  await add(page, 'Laptop');
  await refused(page, en.passkey_expired);
  assert.equal(await page.locator('#passkeys-name').inputValue(), 'Laptop', 'it is kept');
  await phone.clear();
  await button(page, ADD).click();
  await told(page, en.passkey_added);
  await page.locator('.passkeys strong', { hasText: 'Laptop' }).waitFor();
  await close(page);
});

test('who cancels adds nothing, keeps the name and may try again', async () => {
  const page = await logIn(person());
  const phone = await device(page, { verified: false });
  await add(page, 'Phone');
  await refused(page, en.passkey_not_added);
  assert.equal(await page.locator('#passkeys-name').inputValue(), 'Phone', 'it is kept');
  assert.equal(pathOf(page), '/account');
  await phone.verify(true);
  await button(page, ADD).click();
  await told(page, en.passkey_added);
  await close(page);
});

test('a tab that comes back renews its offer, and one that is hidden asks for nothing', async () => {
  const page = await open('/healthz');
  await device(page, { answers: false });
  let asked = 0;
  page.on('request', (request) => {
    asked += request.url().endsWith('/passkey/login/options');
  });
  await page.addInitScript(() => {
    Object.defineProperty(document, 'hidden', { get: () => window.isAway ?? false });
  });
  const turn = (isAway) =>
    page.evaluate((value) => {
      window.isAway = value;
      dispatchEvent(new Event('visibilitychange'));
    }, isAway);
  await page.clock.install();
  await page.goto(`${base}/login`);
  await page.waitForLoadState('networkidle');
  await turn(true);
  await page.clock.runFor(400_000);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 1);
  const renewed = page.waitForRequest('**/passkey/login/options');
  await turn(false);
  await renewed;
  await page.waitForLoadState('networkidle');
  await turn(true);
  await turn(false);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 2, 'a fresh offer is kept');
  await close(page);
});

test('an offer is made again after every refusal', async () => {
  const ada = person();
  const page = await logIn(ada);
  const phone = await device(page);
  await add(page);
  await told(page, en.passkey_added);
  await phone.answer(false);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  nox(['passkey', 'remove', ada.name, '--all', '--yes']);
  let asked = 0;
  page.on('request', (request) => {
    asked += request.url().endsWith('/passkey/login/options');
  });
  await page.goto(`${base}/login`);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 1);
  await enter(page, { name: ada.name, password: 'wrong horse' });
  await refused(page, en.wrong_login);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 2, 'after a wrong password');
  await press(page, phone);
  await refused(page, en.passkey_unknown);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 4, 'for the button, and after its refusal');
  await close(page);
});

test('at another address, the account page says where passkeys are added', async () => {
  const page = await logIn(person());
  await device(page);
  const elsewhere = base.replace('localhost', '127.0.0.1');
  const cookies = await page.context().cookies();
  await page.context().addCookies(cookies.map((one) => ({ ...one, domain: '127.0.0.1' })));
  await page.goto(`${elsewhere}/account`);
  const form = await unfold(page, ADD);
  await form.getByText(around(en.passkey_elsewhere)).waitFor();
  assert.ok((await form.innerText()).includes(base));
  assert.equal(await button(page, ADD).isVisible(), false);
  assert.equal(await page.locator('#passkeys-name').isVisible(), false);
  assert.equal(await alert(page).count(), 0);
  await page.goto(`${elsewhere}/login`);
  assert.equal(await loginButton(page).isVisible(), false);
  page.faults = page.faults.filter((fault) => !fault.startsWith('asks http://127.0.0.1'));
  await close(page);
});

test('without a script, passkeys are renamed and removed, and none is added', async () => {
  const ada = person();
  const page = await logIn(ada);
  await device(page);
  await add(page, 'Phone');
  await told(page, en.passkey_added);
  await close(page);
  const plain = await logIn(ada, { javaScriptEnabled: false });
  await unfold(plain, ADD);
  await plain.getByText(en.passkey_needs_script).waitFor();
  assert.equal(await button(plain, ADD).isVisible(), false);
  assert.equal(await plain.locator('#passkeys-name').isVisible(), false);
  const rename = await unfold(plain, '/account/passkeys/rename');
  await rename.locator('[name=name]').fill('Old phone');
  await rename.locator('> button').click();
  await told(plain, en.passkey_renamed);
  await plain.locator('.passkeys strong', { hasText: 'Old phone' }).waitFor();
  await unfold(plain, '/account/passkeys/remove');
  await button(plain, '/account/passkeys/remove').click();
  await told(plain, en.passkey_removed);
  await close(plain);
});
