// Passkeys: added on the account page, and used for the login.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close, enter, logIn, open, pathOf, refused, shoot, told, unfold } from './chromium.mjs';
import { add, device, loginButton, press } from './device.mjs';
import { PASSWORD, base, nox, person } from './instance.mjs';
import { LANGUAGES, TEXTS, locale } from './texts.mjs';

const { en } = TEXTS;
/** A page of a user who has a passkey, on the login page, with the device that has it. */
async function owner(settings, path = '/login') {
  const ada = person();
  const page = await logIn(ada, settings);
  const phone = await device(page);
  await add(page, 'Phone');
  await page.waitForURL('**/account?done=passkey#message');
  await phone.answer(false);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(base + path);
  return { ada, page, phone };
}

for (const lang of LANGUAGES) {
  const t = TEXTS[lang];
  test(`a passkey is added, renamed and removed (${lang})`, async () => {
    const ada = person();
    const page = await logIn(ada, { locale: locale(lang) });
    const phone = await device(page);
    await add(page);
    await told(page, t.passkey_added);
    await page.locator('.passkeys strong', { hasText: 'Passkey' }).waitFor();
    await page.getByText(t.passkey_synced, { exact: true }).waitFor();
    await page.getByText(t.passkey_never_used).waitFor();
    assert.equal((await phone.credentials()).length, 1);

    await add(page);
    await refused(page, t.passkey_known);
    await shoot(page, 'passkeys-known');

    const rename = await unfold(page, '/account/passkeys/rename');
    await rename.locator('[name=name]').fill('');
    await rename.locator('[name=name]').fill('x'.repeat(64));
    await rename.locator('> button').click();
    await told(page, t.passkey_renamed);
    await unfold(page, '/account/passkeys/rename');
    await unfold(page, '/account/passkeys/add');
    await shoot(page, 'passkeys-unfolded');
    await unfold(page, '/account/passkeys/remove');
    await page.locator('form[action="/account/passkeys/remove"] > button').click();
    await told(page, t.passkey_removed);
    assert.equal(await page.locator('.passkeys').count(), 0);
    await close(page);
  });
}

test('the button logs in by a passkey, and leads on', async () => {
  const { page, phone } = await owner({}, '/login?return_to=/account/activity');
  await loginButton(page).waitFor();
  await shoot(page, 'login-passkey');
  const fields = page.locator('#identifier');
  assert.equal(await fields.getAttribute('autocomplete'), 'username webauthn');
  // The offer beside the fields still waits: the button ends it.
  await press(page, phone);
  await page.waitForURL(`${base}/account/activity`);
  await page.goto(`${base}/account`);
  await page.getByText(en.passkey_last_used).waitFor();
  await close(page);
});

test('the fields offer the passkey, and it logs in by itself', async () => {
  const { page, phone } = await owner({});
  await phone.answer(true);
  await page.reload();
  await page.waitForURL(`${base}/account`);
  await close(page);
});

test('who does not use the passkey can go on by all other ways', async () => {
  const { ada, page, phone } = await owner({});
  await phone.verify(false);
  await page.waitForLoadState('networkidle');
  await phone.answer(true);
  await loginButton(page).click();
  await refused(page, en.passkey_unused);
  await shoot(page, 'login-passkey-unused');
  await phone.answer(false);
  await page.locator('#identifier').fill(ada.name);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('form[action="/login"] > button').click();
  await page.waitForURL(`${base}/account`);
  await close(page);
});

test('a passkey that was removed is refused in words, and its device forgets it', async () => {
  const { ada, page, phone } = await owner({});
  nox(['passkey', 'remove', ada.name, '--all', '--yes']);
  const [{ credentialId }] = await phone.credentials();
  const forgotten = phone.next('credentialDeleted');
  await press(page, phone);
  await refused(page, en.passkey_unknown);
  await shoot(page, 'login-passkey-unknown');
  assert.equal((await forgotten).credentialId, credentialId);
  assert.deepEqual(await phone.credentials(), []);
  await close(page);
});

test('devices keep the passkeys that the account has, under its present name', async () => {
  const ada = person();
  const page = await logIn(ada);
  const phone = await device(page);
  await add(page);
  await told(page, en.passkey_added);
  const [{ credentialId, userName }] = await phone.credentials();
  assert.equal(userName, ada.name);

  const renamed = phone.next('credentialUpdated');
  const rename = await unfold(page, '/account/username');
  await rename.locator('[name=username]').fill(`${ada.name}-new`);
  await rename.locator('[name=current_password]').fill(PASSWORD);
  await rename.locator('> button').click();
  await told(page, en.username_changed);
  assert.equal((await renamed).credential.userName, `${ada.name}-new`);
  const shown = phone.next('credentialUpdated');
  await page.locator('#profile-display').fill('Countess');
  await page.locator('form[action="/account/profile"] > button').click();
  await told(page, en.saved);
  assert.equal((await shown).credential.userDisplayName, 'Countess');
  assert.equal((await phone.credentials()).length, 1, 'what the account has stays');

  const forgotten = phone.next('credentialDeleted');
  await unfold(page, '/account/passkeys/remove');
  await page.locator('form[action="/account/passkeys/remove"] > button').click();
  await told(page, en.passkey_removed);
  assert.equal((await forgotten).credentialId, credentialId);
  assert.deepEqual(await phone.credentials(), []);
  await close(page);
});

test('a browser without signals notices nothing of them', async () => {
  const page = await open('/healthz');
  await page.addInitScript(() => {
    const names = Object.getOwnPropertyNames(PublicKeyCredential);
    names.filter((name) => /^signal/.test(name)).forEach((name) => delete PublicKeyCredential[name]);
  });
  const ada = person();
  const phone = await device(page);
  await page.goto(`${base}/login`);
  await enter(page, ada);
  await page.waitForURL(`${base}/account`);
  await add(page);
  await told(page, en.passkey_added);
  await unfold(page, '/account/passkeys/remove');
  await page.locator('form[action="/account/passkeys/remove"] > button').click();
  await told(page, en.passkey_removed);
  assert.equal((await phone.credentials()).length, 1, 'it was told nothing');
  await phone.answer(false);
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await press(page, phone);
  await refused(page, en.passkey_unknown);
  assert.equal((await phone.credentials()).length, 1);
  await close(page);
});

test('a challenge of another page is refused, and the next one logs in', async () => {
  const { page, phone } = await owner({});
  const other = await open('/login');
  const late = await other.evaluate(async () => {
    const answer = await fetch('/api/auth/passkey/login/options', { method: 'POST' });
    return answer.text();
  });
  await close(other);
  await page.route('**/api/auth/passkey/login/options', (route) =>
    route.fulfill({ contentType: 'application/json', body: late }),
  );
  await press(page, phone);
  await refused(page, en.passkey_expired);
  await page.unroute('**/api/auth/passkey/login/options');
  await press(page, phone);
  await page.waitForURL(`${base}/account`);
  await close(page);
});

test('a page that is left open renews its offer', async () => {
  const page = await open('/healthz');
  const phone = await device(page, { answers: false });
  let asked = 0;
  page.on('request', (request) => {
    asked += request.url().endsWith('/passkey/login/options');
  });
  await page.clock.install();
  await page.goto(`${base}/login`);
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 1);
  await page.clock.runFor(220_000);
  assert.equal(asked, 1);
  const renewed = page.waitForRequest('**/passkey/login/options');
  await page.clock.runFor(10_000);
  await renewed;
  await page.waitForLoadState('networkidle');
  assert.equal(asked, 2);
  assert.equal((await phone.credentials()).length, 0);
  await close(page);
});

test('an old session proves more before it adds a passkey', async () => {
  const ada = person({ totp: true });
  const page = await logIn(ada);
  await device(page);
  const form = await unfold(page, '/account/passkeys/add');
  await page.locator('#profile-display').fill('Countess');
  await form.locator('[name=code]').fill('AAAAA-AAAAA');
  await form.locator('> button').click();
  await refused(page, en.wrong_code);
  assert.equal(pathOf(page), '/account');
  assert.equal(await page.locator('#profile-display').inputValue(), 'Countess', 'it is kept');
  const code = nox(['totp', 'code', ada.name]).match(/\b\d{6}\b/)[0];
  await form.locator('[name=code]').fill(code);
  await form.locator('> button').click();
  await told(page, en.passkey_added);
  await close(page);
});

test('another host and a browser without a script have no button', async () => {
  const page = await open('/login');
  await page.goto(`${base.replace('localhost', '127.0.0.1')}/login`);
  await page.waitForLoadState('networkidle');
  assert.equal(await loginButton(page).isVisible(), false);
  page.faults = page.faults.filter((fault) => !fault.startsWith('asks http://127.0.0.1'));
  await close(page);

  const plain = await logIn(person(), { javaScriptEnabled: false });
  await unfold(plain, '/account/passkeys/add');
  await plain.getByText(en.passkey_needs_script).waitFor();
  await close(plain);
  const login = await open('/login', { javaScriptEnabled: false });
  assert.equal(await loginButton(login).isVisible(), false);
  await close(login);
});
