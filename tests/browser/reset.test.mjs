// Coming back: a forgotten password is set anew by a link, with and without the script.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, close, enter, focused, logIn, open, pathOf, refused, told } from './chromium.mjs';
import { base, code, mail, nox, person, resetLimits } from './instance.mjs';
import { BOTH, WAYS } from './texts.mjs';

const NEW = 'another horse';
const LINK = /http\S+\/reset\/\S+/;

async function set(page, password) {
  await page.locator('#new-password').fill(password);
  await button(page, '/reset/password').click();
}

for (const { name: way, settings, t } of WAYS) {
  test(`a user who forgot the password comes back by mail (${way})`, async () => {
    resetLimits();
    const ada = person({ email: true });
    const elsewhere = await logIn(ada, settings);
    const page = await open('/login', settings);
    await page.getByRole('link', { name: t.forgotten_password }).click();
    await page.getByRole('heading', { name: t.forgotten_password }).waitFor();
    await focused(page, 'identifier');
    await page.locator('#identifier').fill(ada.name);
    await page.keyboard.press('Enter');
    await told(page, t.password_link_requested);
    const link = await mail(ada, LINK);

    await page.goto(link);
    await page.getByText(ada.name).waitFor();
    await focused(page, 'new-password');
    for (const [selector, words] of [
      ['#username', 'username'],
      ['#new-password', 'new-password'],
    ])
      assert.equal(await page.locator(selector).getAttribute('autocomplete'), words);
    assert.equal(await page.locator('#username').inputValue(), ada.name);
    await set(page, 'password');
    await refused(page, t.common_password);
    await set(page, NEW);
    await told(page, t.password_reset);
    assert.equal(await page.locator('#identifier').inputValue(), ada.name);
    await enter(page, { ...ada, password: NEW });
    await page.waitForURL('**/account');

    await elsewhere.reload();
    assert.equal(pathOf(elsewhere).split('?')[0], '/login', 'the other session has ended');
    await page.goto(link);
    await page.getByText(t.password_link_over).waitFor();
    await page.getByRole('link', { name: t.mail_a_link }).click();
    await page.waitForURL(`${base}/reset`);
    await close(page, elsewhere);
  });
}

for (const { name: way, settings, t, js } of BOTH) {
  test(`two clicks on a slow line end in one place, before the second factor (${way})`, async () => {
    const ada = person({ totp: true });
    const page = await open(nox(['user', 'passwd', ada.name, '--link']).trim().slice(base.length), {
      ...settings,
    });
    await page.route('**/reset/password', async (route) => {
      await new Promise((later) => setTimeout(later, 300));
      await route.continue();
    });
    await page.locator('#new-password').fill(NEW);
    await button(page, '/reset/password').dblclick();
    await told(page, t.password_reset);
    page.faults = page.faults.filter((fault) => !/ERR_ABORTED/.test(fault));
    await enter(page, { ...ada, password: NEW });
    await page.waitForURL('**/login/code');
    await page.locator('#code').fill(code(ada));
    if (!js) await button(page, '/login/code').click();
    await page.waitForURL('**/account');
    await close(page);
  });
}
