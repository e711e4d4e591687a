// A login of an administrator, from whom this instance demands a second factor: the set-up comes
// before the session, with and without the script.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrive, button, close, enter, open, pathOf, refused, told } from './chromium.mjs';
import { CODE, code, mail, nox, person } from './instance.mjs';
import { WAYS } from './texts.mjs';

function administrator(settings) {
  const someone = person(settings);
  nox(['user', 'set', someone.name, '--admin', 'true']);
  return someone;
}

async function lead(settings, someone) {
  const page = await open('/login', settings);
  await enter(page, someone);
  await page.waitForURL('**/login/set-up');
  return page;
}

/** Sends a code; with JavaScript, six digits send themselves. */
async function send(page, text, js) {
  await page.locator('#code').fill(text);
  if (!js) await button(page, '/login/set-up').click();
}

for (const { name: way, settings, t, js } of WAYS) {
  test(`an app is set up before the session opens (${way})`, async () => {
    const someone = administrator();
    const page = await lead(settings, someone);
    someone.secret = (await page.locator('#secret').innerText()).replaceAll(' ', '');
    await page.locator('.qr svg').waitFor();
    await send(page, '000000', js);
    await refused(page, t.wrong_app_code);
    await send(page, code(someone), js);
    await page.waitForURL('**/account/recovery-codes');
    assert.equal(await page.locator('#codes li').count(), 10);
    await page.locator('input[type=checkbox]').check();
    await button(page, '/account/recovery-codes').click();
    await page.waitForURL('**/account');
    assert.equal(pathOf(page), '/account');
    await close(page);
  });

  test(`codes by mail are set up before the session opens (${way})`, async () => {
    const someone = administrator({ email: true });
    const page = await lead(settings, someone);
    await page.getByText(t.use_mail_codes).click();
    await page.getByText(someone.email).waitFor();
    await button(page, '/login/set-up/mail').click();
    await told(page, t.code_mailed);
    await send(page, await mail(someone, CODE), js);
    await page.waitForURL('**/account/recovery-codes');
    await arrive(page, '#codes');
    await close(page);
  });
}
