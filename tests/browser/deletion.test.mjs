// The form that deletes the account: by the password, and by a code where a second factor is on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alert,
  button,
  close,
  enter,
  logIn,
  open,
  pathOf,
  refused,
  unfold,
} from './chromium.mjs';
import {
  CODE,
  PASSWORD,
  base,
  resetLimits,
  mail,
  operatorCode,
  person,
  wrongCode,
} from './instance.mjs';
import { BOTH, WAYS, around } from './texts.mjs';

const ACTION = '/account/delete';

/** Fills in the form and sends it. */
async function leave(page, t, password, code) {
  const form = await unfold(page, ACTION);
  await form.getByLabel(t.current_password).fill(password);
  if (code !== undefined) await form.locator('[name=code]').fill(code);
  await form.locator('> button').click();
}

/** What is shown to somebody who is gone. */
async function isGone(page, t, someone) {
  await page.waitForURL('**/account/deleted');
  await page.getByRole('heading', { name: t.account_deleted }).waitFor();
  assert.equal(await alert(page).count(), 0);
  await page.getByRole('link', { name: t.to_start }).click();
  await page.waitForURL('**/login');
  await enter(page, someone);
  await refused(page, t.wrong_login);
  await page.goto(`${base}/account`);
  assert.equal(pathOf(page).split('?')[0], '/login');
}

for (const { name, settings, t } of WAYS) {
  test(`whoever has the password can leave, whatever else they may (${name})`, async () => {
    const ada = person({ tags: '' });
    const [page, elsewhere] = [await logIn(ada, settings), await logIn(ada, settings)];
    await page.getByRole('heading', { name: t.delete_account }).waitFor();
    assert.ok(!(await page.getByText(t.delete_text).isVisible()), 'it is folded');
    await unfold(page, ACTION);
    await page.getByText(t.delete_text).waitFor();
    await leave(page, t, 'wrong horse');
    await refused(page, t.wrong_password);
    assert.ok(await page.getByText(t.delete_text).isVisible(), 'it is open');
    assert.equal(await page.locator('details[open]').count(), 1);
    await leave(page, t, PASSWORD);
    await isGone(page, t, ada);
    await elsewhere.reload();
    assert.equal(pathOf(elsewhere).split('?')[0], '/login');
    await close(page, elsewhere);
  });
}

for (const { name, settings, t } of BOTH) {
  test(`with an app, leaving takes a code (${name})`, async () => {
    const ada = person({ totp: true });
    const page = await logIn(ada, settings);
    await leave(page, t, PASSWORD, wrongCode(ada));
    await refused(page, t.wrong_code);
    await leave(page, t, PASSWORD, '12');
    await refused(page, t.no_code);
    await leave(page, t, PASSWORD, operatorCode(ada));
    await isGone(page, t, ada);
    await close(page);
  });

  test(`where mail is the only factor, a code comes by itself (${name})`, async () => {
    const ada = person({ email: true });
    const page = await logIn(ada, settings);
    await unfold(page, '/account/mail-codes/send');
    await button(page, '/account/mail-codes/send').click();
    await page.waitForURL('**/account?done=code*');
    const form = page.locator('form[action="/account/mail-codes/enable"]');
    await form.locator('[name=mailed_code]').fill(await mail(ada, CODE));
    await form.locator('[name=current_password]').fill(PASSWORD);
    await form.locator('> button').click();
    await page.locator('#codes').waitFor();
    await page.goto(`${base}/account`);
    await leave(page, t, PASSWORD, '');
    await refused(page, t.too_many_before);
    resetLimits();
    await leave(page, t, 'wrong horse', '');
    await refused(page, t.wrong_password);
    await leave(page, t, PASSWORD, '');
    await refused(page, t.mailed_code_required);
    await leave(page, t, PASSWORD, await mail(ada, CODE));
    await isGone(page, t, ada);
    await close(page);
  });

  test(`the keyboard is enough to leave (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await page
      .locator('details', { has: page.locator(`form[action="${ACTION}"]`) })
      .locator('summary')
      .focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/deleted');
    await close(page);
  });

  test(`an unconfigured front is named; the login leads to the account (${name})`, async () => {
    const ada = person();
    const page = await open('/login?return_to=https://elsewhere.example:8443/welcome', settings);
    const note = page.locator('.note');
    assert.match(await note.textContent(), around(t.unknown_front));
    assert.match(await note.textContent(), /https:\/\/elsewhere\.example:8443[ .]/);
    await enter(page, { ...ada, password: 'wrong horse' });
    await refused(page, t.wrong_login);
    await note.waitFor();
    await enter(page, ada);
    await page.waitForURL(`${base}/account`);
    await close(page);
  });
}
