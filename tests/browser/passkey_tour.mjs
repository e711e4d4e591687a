// Every state of passkeys on the pages, a part of the tour.

import { arrive, close, enter, focused, logIn, refused, told, unfold } from './chromium.mjs';
import { add, device, loginButton, press } from './device.mjs';
import { PASSWORD, age, base, nox, person, serve, sql } from './instance.mjs';

/** Goes through all of them as a user who adds passkeys until no more are possible. */
export async function tourPasskeys({ t, settings, look }) {
  const ada = person();
  const page = await logIn(ada, settings);
  const phone = await device(page);
  await unfold(page, '/account/passkeys/add');
  await look(page, 'passkeys-none');
  await add(page, 'A phone with a rather long name, which is not the shortest, but fits');
  await told(page, t.passkey_added);
  await look(page, 'passkeys-added');
  await add(page);
  await refused(page, t.passkey_known);
  await look(page, 'passkeys-known');
  await page.goto(`${base}/account`);
  await phone.verify(false);
  await add(page);
  await refused(page, t.passkey_not_added);
  await look(page, 'passkeys-unused');
  await phone.verify(true);
  copyPasskey(ada, 'Laptop', 'old.example.org');
  copyPasskey(ada, 'x'.repeat(64), 'a.rather.long.name.of.a.former.address.example.org');
  await page.goto(`${base}/account`);
  await look(page, 'passkeys');
  await unfoldPasskeys(page);
  await look(page, 'passkeys-unfolded');

  age();
  await page.goto(`${base}/account`);
  await unfoldPasskeys(page);
  await look(page, 'passkeys-old-session');
  const form = page.locator('form[action="/account/passkeys/remove"]').first();
  await form.locator('[type=password]').fill('wrong horse');
  await form.locator('> button').click();
  await refused(page, t.wrong_password);
  await look(page, 'passkeys-refused');

  for (let count = 3; count < 20; count += 1) copyPasskey(ada, `Key ${count}`, 'localhost');
  await page.goto(`${base}/account`);
  await page.getByText(t.too_many_passkeys).waitFor();
  await look(page, 'passkeys-full');
  await enterByPasskey({ t, look }, page, phone);
  nox(['passkey', 'remove', ada.name, '--all', '--yes']);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await press(page, phone);
  await refused(page, t.passkey_unknown);
  await look(page, 'login-passkey-unknown');
  await close(page);
  await switchFactor({ t, settings, look });
  await switchOff({ t, settings, look });
}

/** A passkey that is asked for after the password, and a code that it gives. */
async function switchFactor({ t, settings, look }) {
  const ada = person();
  const page = await logIn(ada, settings);
  const phone = await device(page);
  await add(page, 'Phone');
  await told(page, t.passkey_added);
  const form = await unfold(page, '/account/passkeys/enable');
  await look(page, 'passkey-factor');
  await form.locator('[type=password]').fill(PASSWORD);
  await form.locator('> button').click();
  await arrive(page, '#codes');
  await page.goto(`${base}/account`);
  const off = await unfold(page, '/account/passkeys/disable');
  await look(page, 'passkey-factor-on');
  await phone.verify(false);
  await off.locator('[data-fill]').click();
  await refused(page, t.passkey_unused_code);
  await look(page, 'passkey-factor-unused');
  await phone.verify(true);
  await page.locator('#device-code button').click();
  await focused(page, 'given-code');
  await look(page, 'device-code');
  await phone.answer(false);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await enter(page, ada);
  await page.waitForURL('**/login/code');
  await loginButton(page).waitFor();
  await look(page, 'code-passkey');
  await phone.verify(false);
  await phone.answer(true);
  await loginButton(page).click();
  await refused(page, t.passkey_unused_code);
  await look(page, 'code-passkey-unused');
  await close(page);
}

/** The login, and a passkey that is not used. */
async function enterByPasskey({ t, look }, page, phone) {
  await phone.answer(false);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await loginButton(page).waitFor();
  await look(page, 'login-passkey');
  await phone.verify(false);
  await page.waitForLoadState('networkidle');
  await phone.answer(true);
  await loginButton(page).click();
  await refused(page, t.passkey_unused);
  await look(page, 'login-passkey-unused');
  await phone.verify(true);
  await press(page, phone);
  await page.waitForURL(`${base}/account`);
}

/** A server that takes no passkeys any more, for a user who has one. */
async function switchOff({ t, settings, look }) {
  const ada = person();
  const page = await logIn(ada, settings);
  await device(page);
  await add(page, 'Phone');
  await told(page, t.passkey_added);
  await serve({ NOX_PASSKEYS__ENABLED: 'false' });
  await page.goto(`${base}/account`);
  await unfoldPasskeys(page);
  await look(page, 'passkeys-off');
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await enter(page, ada);
  await page.waitForURL(`${base}/account`);
  await close(page);
  await serve();
}

/** Copies the first passkey of a user, as one of another name and domain. */
function copyPasskey({ name }, called, domain) {
  sql(
    `INSERT INTO passkeys
     SELECT randomblob(16), user_id, randomblob(16), public_key, ?, counter, is_syncable, 0, aaguid,
       transports, ?, created_at - 864000000, created_at - 86400000
     FROM passkeys WHERE user_id = (SELECT id FROM users WHERE username = ?)
     ORDER BY created_at DESC LIMIT 1`,
    domain,
    called,
    name,
  );
  sql(
    `UPDATE users SET passkeys = (SELECT count(*) FROM passkeys WHERE user_id = users.id)
     WHERE username = ?`,
    name,
  );
}

const unfoldPasskeys = (page) =>
  page.locator('#passkeys details').evaluateAll((all) =>
    all.forEach((details) => {
      details.open = true;
    }),
  );
