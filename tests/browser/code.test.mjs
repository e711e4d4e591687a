// The code step of the login.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alert,
  button,
  close,
  enter,
  enterCode,
  focused,
  launch,
  logIn,
  open,
  pathOf,
  refused,
  told,
} from './chromium.mjs';
import { CODE, base, code, mail, nox, operatorCode, person, wrongCode } from './instance.mjs';
import { BOTH, TEXTS, WAYS } from './texts.mjs';

const spaced = (digits) => ` ${digits.slice(0, 3)} ${digits.slice(3)}`;

/** A page that waits for a code. */
async function atCode(someone, settings, path = '/login') {
  const page = await open(path, settings);
  await enter(page, someone);
  await page.waitForURL('**/login/code**');
  return page;
}

for (const { name, settings, t, js } of WAYS) {
  test(`a wrong code shows the server's time; one with blanks logs in (${name})`, async () => {
    const ada = person({ totp: true });
    const page = await atCode(ada, settings, '/login?return_to=/account%3Fdone%3Dsaved');
    const field = page.getByLabel(t.code_from_app);
    await focused(page, 'code');
    await enterCode(page, wrongCode(ada), js);
    await refused(page, t.wrong_code);
    assert.match(await alert(page).textContent(), /\b\d\d:\d\d:\d\d UTC/);
    assert.equal(await field.inputValue(), '');
    const typed = spaced(code(ada));
    if (js) await field.pressSequentially(typed);
    else await enterCode(page, typed, js);
    await page.waitForURL(`${base}/account?done=saved`);
    await close(page);
  });
}

for (const { name, settings, t, js } of BOTH) {
  test(`a recovery code stands in for one of the app (${name})`, async () => {
    const ada = person({ totp: true });
    const [first, second] = nox(['totp', 'recovery', ada.name]).match(/[A-Z2-9]{5}-[A-Z2-9]{5}/g);
    const page = await atCode(ada, settings);
    await enterCode(page, ` ${first.toLowerCase().replace('-', ' ')} `, js);
    await page.waitForURL('**/account');
    await page.getByText(t.codes_left.replace('{}', 9)).waitFor();
    await button(page, '/account/logout').click();
    await page.waitForURL('**/login?because=out');
    await enter(page, ada);
    await page.waitForURL('**/login/code');
    await enterCode(page, first, js);
    await refused(page, t.wrong_code);
    await enterCode(page, second, js);
    await page.waitForURL('**/account');
    await close(page);
  });

  test(`back, forward and a reload in the middle of the step do no harm (${name})`, async () => {
    const ada = person({ totp: true });
    const page = await atCode(ada, settings);
    await page.reload();
    await page.locator('#code').waitFor();
    await page.goBack();
    await page.locator('#password').waitFor();
    await page.goForward();
    await page.locator('#code').waitFor();
    await page.goBack();
    await enter(page, ada);
    await page.waitForURL('**/login/code');
    await enterCode(page, code(ada), js);
    await page.waitForURL('**/account');
    await page.goBack();
    await page.waitForURL('**/account');
    await page.getByText(`${ada.name}@localhost`).waitFor();
    await close(page);
  });

  test(`two tabs with different logins do not take the code of each other (${name})`, async () => {
    const [ada, bob] = [person({ totp: true }), person({ totp: true })];
    const one = await atCode(ada, settings);
    const other = await open('/login', settings, one.context());
    await enter(other, bob);
    await other.waitForURL('**/login/code');
    await enterCode(one, code(bob), js);
    await one.waitForURL('**/login?because=other');
    await refused(one, t.login_replaced);
    await enter(one, ada);
    await one.waitForURL('**/login/code');
    await enterCode(one, code(ada), js);
    await one.waitForURL('**/account');
    await one.getByText(`${ada.name}@localhost`).waitFor();
    await enterCode(other, code(bob), js);
    await other.waitForURL((url) => url.pathname !== '/login/code');
    await one.reload();
    await one.getByText(`${ada.name}@localhost`).waitFor();
    await close(one);
  });

  test(`a code comes by mail, and another when it is asked for (${name})`, async () => {
    const ada = person({ totp: true, email: true });
    // The app is on already: the account page switches the other factor on.
    const setup = await logIn(ada, settings);
    await setup.locator('#mail-codes summary').click();
    await button(setup, '/account/mail-codes/send').click();
    await told(setup, t.code_mailed);
    const mailed = await mail(ada, CODE);
    await setup.locator('[name=mailed_code]').fill(mailed);
    const form = setup.locator('form[action="/account/mail-codes/enable"]');
    await form.locator('[name=code]').fill(code(ada));
    await form.locator('[name=current_password]').fill(ada.password);
    await form.locator('> button').click();
    await told(setup, t.mail_codes_enabled);
    await close(setup);

    const page = await atCode(ada, settings);
    await page.getByLabel(t.code_from_either).waitFor();
    await button(page, '/login/send').click();
    // One a minute, and one went out just now.
    await refused(page, t.too_many_before);
    await enterCode(page, code(ada), js);
    await page.waitForURL('**/account');
    await close(page);
  });
}

for (const js of [true, false]) {
  test(`a code by mail logs in, ${js ? 'with' : 'without'} JavaScript`, async () => {
    const ada = person({ email: true });
    nox(['user', 'set', ada.name, '--language', 'fr']);
    const settings = { javaScriptEnabled: js };
    const setup = await logIn(ada, settings);
    await setup.locator('#mail-codes summary').click();
    await button(setup, '/account/mail-codes/send').click();
    await told(setup, TEXTS.fr.code_mailed);
    await setup.locator('[name=mailed_code]').fill(await mail(ada, CODE));
    await setup.locator('#mail-codes-current-password').fill(ada.password);
    await button(setup, '/account/mail-codes/enable').click();
    await setup.locator('#codes').waitFor();
    await close(setup);
    const page = await open('/login', settings);
    await enter(page, ada);
    await page.waitForURL('**/login/code');
    await page.getByLabel(TEXTS.en.code_from_mail).waitFor();
    await enterCode(page, operatorCode(ada), js);
    await page.waitForURL('**/account');
    await close(page);
  });
}

test('the code step keeps the name where managers look for it', async () => {
  const ada = person({ totp: true });
  const page = await atCode(ada);
  const { name, autocomplete, readOnly, value, tabIndex } = await page
    .locator('#identifier')
    .evaluate(({ name, autocomplete, readOnly, value, tabIndex }) => ({
      name,
      autocomplete,
      readOnly,
      value,
      tabIndex,
    }));
  assert.deepEqual(
    [name, autocomplete, readOnly, value, tabIndex],
    ['identifier', 'username', true, ada.name, -1],
  );
  const box = await page.locator('#identifier').boundingBox();
  assert.ok(box.width <= 1 && box.height <= 1, 'nobody sees it');
  assert.equal(await page.locator('#code').getAttribute('autocomplete'), 'one-time-code');
  await page.getByRole('link', { name: TEXTS.en.use_another_account }).click();
  await page.waitForURL('**/login');
  assert.equal(await page.locator('#identifier').inputValue(), '');
  await close(page);
});

test('the keyboard alone is enough', async () => {
  const ada = person({ totp: true });
  const page = await open('/login');
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await focused(page, 'identifier');
  await page.keyboard.type(ada.name);
  await press('Tab');
  await page.keyboard.type('wrong horse');
  await press('Tab', 'Space');
  assert.equal(await page.locator('#password').getAttribute('type'), 'text');
  await press('Tab', 'Enter');
  await refused(page, TEXTS.en.wrong_login);
  await focused(page, 'password');
  await page.keyboard.type(ada.password);
  await press('Enter');
  await page.waitForURL('**/login/code');
  await focused(page, 'code');
  await page.keyboard.type(wrongCode(ada));
  await refused(page, TEXTS.en.wrong_code);
  await press('Tab');
  await focused(page, 'code');
  await page.keyboard.type(code(ada));
  await page.waitForURL('**/account');
  const name = () => page.evaluate(() => document.activeElement.textContent.trim());
  for (let tabs = 0; tabs < 9 && (await name()) !== TEXTS.en.log_out; tabs += 1) await press('Tab');
  await press('Enter');
  await page.waitForURL('**/login?because=out');
  await close(page);
});

test('without a login that waits, the step leads to the start', async () => {
  const page = await open('/login/code?return_to=/account');
  assert.equal(pathOf(page), '/login?return_to=%2Faccount');
  await close(page);
});

test('no page from the memory of the browser shows a user who has logged out', async () => {
  // The driver switches that memory off, and people have it.
  const browser = await launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const ada = person();
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await open('/login', {}, context);
  await enter(page, ada);
  await page.waitForURL('**/account');
  await button(page, '/account/logout').click();
  await page.waitForURL('**/login?because=out');
  await page.goBack();
  await page.waitForURL('**/login');
  await page.locator('#password').waitFor();
  assert.equal(await page.getByText(`${ada.name}@localhost`).count(), 0);
  await close(page);
});
