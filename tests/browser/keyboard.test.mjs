// Joining, coming back and looking after an account by the keyboard alone, with and without the
// script.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrive, close, focused, logIn, open, told } from './chromium.mjs';
import { device, loginButton, press } from './device.mjs';
import { PASSWORD, base, code, mail, nox, person, resetLimits } from './instance.mjs';
import { BOTH, TEXTS } from './texts.mjs';

/** Goes on to an element by the tabulator. */
async function tabTo(page, selector) {
  for (let tabs = 0; tabs < 40; tabs += 1) {
    if (await page.locator(`${selector}:focus`).count()) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${selector} is out of the keyboard's reach`);
}

/** Types into one field after the other, and sends them. */
async function type(page, ...fields) {
  for (const [selector, text] of fields) {
    await tabTo(page, selector);
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
}

/** Unfolds a line of the account page. */
async function unfold(page, line) {
  await tabTo(page, `${line} summary`);
  await page.keyboard.press('Enter');
}

for (const { name: way, settings, t, js } of BOTH) {
  test(`a visitor joins by the keyboard (${way})`, async () => {
    const page = await open(nox(['invite', 'add']).trim().slice(base.length), settings);
    await focused(page, 'username');
    const name = `keys-${js ? 'js' : 'plain'}`;
    await type(page, ['#username', name], ['#email', ''], ['#new-password', PASSWORD]);
    await page.waitForURL('**/account');
    await page.getByText(`${name}@`).waitFor();
    await close(page);
  });

  test(`a demanded factor is set up by the keyboard (${way})`, async () => {
    const kay = person();
    nox(['user', 'set', kay.name, '--admin', 'true']);
    const page = await open('/login', settings);
    await type(page, ['#identifier', kay.name], ['#password', PASSWORD]);
    await page.waitForURL('**/login/set-up');
    kay.secret = (await page.locator('#secret').innerText()).replaceAll(' ', '');
    await tabTo(page, '#code');
    await page.keyboard.type(code(kay));
    if (!js) await page.keyboard.press('Enter');
    await arrive(page, '#codes');
    await tabTo(page, '[type=checkbox]');
    await page.keyboard.press('Space');
    await tabTo(page, 'form > button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    await close(page);
  });

  test(`a user comes back by the keyboard (${way})`, async () => {
    resetLimits();
    const ada = person({ email: true });
    const page = await open('/login', settings);
    await tabTo(page, '[href^="/reset"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/reset');
    await type(page, ['#identifier', ada.name]);
    await told(page, t.password_link_requested);
    await page.goto(await mail(ada, /http\S+\/reset\/\S+/));
    await type(page, ['#new-password', 'another horse']);
    await told(page, t.password_reset);
    await type(page, ['#password', 'another horse']);
    await page.waitForURL('**/account');
    await close(page);
  });

  test(`a user renames the account, takes the data along and goes by the keyboard (${way})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await unfold(page, '#username');
    const name = `${ada.name}-new`;
    const password = ['#username-current-password', PASSWORD];
    await type(page, ['#username-username', name], password);
    await told(page, t.username_changed);
    await page.getByText(`${name}@`).waitFor();
    await unfold(page, '#data');
    const download = page.waitForEvent('download');
    await type(page, ['#data-current-password', PASSWORD]);
    assert.equal((await download).suggestedFilename(), `${name}.json`);
    await page.goto(`${base}/logout`);
    await tabTo(page, 'main button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login?because=out');
    await close(page);
  });
}

test('a passkey is added, renamed, used and removed by the keyboard', async () => {
  const { en } = TEXTS;
  const page = await logIn(person());
  const phone = await device(page);
  await unfold(page, '#passkeys');
  await type(page, ['#passkeys-name', 'Phone']);
  await told(page, en.passkey_added);
  await unfold(page, '.passkeys');
  await tabTo(page, '.passkeys [name=name]');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Old phone');
  await page.keyboard.press('Enter');
  await told(page, en.passkey_renamed);
  await page.locator('.passkeys strong', { hasText: 'Old phone' }).waitFor();

  await phone.answer(false);
  await page.goto(`${base}/logout`);
  await tabTo(page, 'main button');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/login?because=out');
  await loginButton(page).waitFor();
  await tabTo(page, 'form[action="/login/passkey"] > button');
  await press(page, phone, { click: () => page.keyboard.press('Enter') });
  await page.waitForURL(`${base}/account`);

  await unfold(page, '.passkeys');
  await tabTo(page, 'form[action="/account/passkeys/remove"] > button');
  await page.keyboard.press('Enter');
  await told(page, en.passkey_removed);
  assert.equal(await page.locator('.passkeys').count(), 0);
  await close(page);
});
