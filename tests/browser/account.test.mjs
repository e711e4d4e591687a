// The account page: who I am, my sessions, and what I change.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { button, close, enter, logIn, open, pathOf, refused, told, unfold } from './chromium.mjs';
import { LINK, PASSWORD, base, mail, nox, operatorCode, person } from './instance.mjs';
import { BOTH, TEXTS, WAYS, around } from './texts.mjs';

// One red pixel.
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
// Two by two.
const WIDER = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGN4VmFj03OCIWpL3odL' +
      'UQAtmgbDiwwGnQAAAABJRU5ErkJggg==',
  'base64',
);

for (const { name, settings, t, js, lang } of WAYS) {
  test(`the page shows who I am, and takes what I change (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await page.getByText(`${ada.name}@localhost:53032`).waitFor();
    assert.equal(await page.locator('.tags li').count(), 0, 'everybody may edit');
    assert.equal(await page.locator('.initial').textContent(), 'A');

    const profile = page.locator('form[action="/account/profile"]');
    await profile.getByLabel(t.display_name).fill('Countess <b>&');
    await profile.getByLabel(t.bio).fill('One line\nand another');
    await profile.getByRole('button', { name: t.save }).click();
    await told(page, t.saved);
    assert.equal(await page.locator('.summary strong').textContent(), 'Countess <b>&');
    assert.equal(await page.getByLabel(t.bio).inputValue(), 'One line\nand another');
    await profile.getByLabel(t.display_name).fill(' ');
    await profile.getByRole('button', { name: t.save }).click();
    await refused(page, t.bad_display);

    const upload = page.locator('form[action="/account/picture"]');
    await upload
      .getByLabel(t.picture)
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PICTURE });
    await upload.locator('> button').click();
    await told(page, t.picture_saved);
    assert.equal(
      await page
        .locator('.summary img')
        .evaluate((image) => image.decode().then(() => image.naturalWidth)),
      1,
    );
    await upload
      .getByLabel(t.picture)
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await upload.locator('> button').click();
    await refused(page, t.not_a_picture);
    await upload.locator('[type=file]').evaluate((field) => {
      field.required = false;
    });
    await upload.locator('> button').click();
    await refused(page, t.no_picture);
    await page.goto(`${base}/account`);
    const before = await page.locator('.summary img').getAttribute('src');
    await upload
      .getByLabel(t.picture)
      .setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: WIDER });
    await upload.locator('> button').click();
    await told(page, t.picture_saved);
    assert.notEqual(await page.locator('.summary img').getAttribute('src'), before);
    const width = await page
      .locator('.summary img')
      .evaluate((image) => image.decode().then(() => image.naturalWidth));
    assert.equal(width, 2, 'a new picture is seen at once');

    const other = t === TEXTS.en ? 'fr' : 'en';
    await page.locator('#profile-language').selectOption(other);
    await page.locator('#profile-display').fill('Ada again');
    await button(page, '/account/profile').click();
    await told(page, TEXTS[other].saved);
    assert.equal(
      await page.locator('html').getAttribute('lang'),
      other,
      'the account has a language of its own',
    );
    assert.equal(
      await page
        .locator('time')
        .first()
        .getAttribute('title')
        .then((text) => / UTC$/.test(text)),
      !js,
      'a script knows the clock',
    );
    await close(page);
  });
}

for (const { name, settings, t } of BOTH) {
  test(`the password and the address change by the password (${name})`, async () => {
    const ada = person();
    const [page, elsewhere] = [await logIn(ada, settings), await logIn(ada, settings)];
    let form = await unfold(page, '/account/password');
    await form.getByLabel(t.current_password).fill('wrong horse');
    await form.getByLabel(t.new_password).fill('another horse');
    await form.locator('> button').click();
    await refused(page, t.wrong_password);
    form = await unfold(page, '/account/password');
    await form.getByLabel(t.current_password).fill(PASSWORD);
    await form.getByLabel(t.new_password).fill('short');
    await form.locator('> button').click();
    await refused(page, t.bad_password);
    form = await unfold(page, '/account/password');
    await form.getByLabel(t.current_password).fill(PASSWORD);
    await form.getByLabel(t.new_password).fill('another horse');
    await form.locator('> button').click();
    await told(page, t.password_changed);
    await elsewhere.goto(`${base}/account`);
    assert.equal(pathOf(elsewhere).split('?')[0], '/login', 'other sessions have ended');
    await enter(elsewhere, { ...ada, password: 'another horse' });
    await elsewhere.waitForURL('**/account');

    form = await unfold(page, '/account/email');
    await form.getByLabel(t.new_email).fill(`new-${ada.email}`);
    await form.getByLabel(t.current_password).fill('another horse');
    await form.locator('> button').click();
    await told(page, t.email_changed_link_mailed);
    await page.getByText(t.not_verified).waitFor();
    const link = await mail({ email: `new-${ada.email}` }, LINK);
    await page.goto(link);
    await button(page, '/email/confirmation').click();
    await told(page, t.address_confirmed);
    await page.getByRole('link', { name: t.your_account }).click();
    await page.getByText(t.verified, { exact: true }).waitFor();
    await close(page, elsewhere);
  });

  test(`with a second factor, the same take a code (${name})`, async () => {
    const ada = person({ totp: true });
    const page = await logIn(ada, settings);
    let form = await unfold(page, '/account/email');
    await form.getByLabel(t.new_email).fill(`new-${ada.email}`);
    await form.getByLabel(t.code_of_app, { exact: true }).fill('ABCDE-FGHJK');
    await form.locator('> button').click();
    await refused(page, t.wrong_code);
    form = await unfold(page, '/account/email');
    await form.getByLabel(t.new_email).fill(`new-${ada.email}`);
    await form.getByLabel(t.code_of_app, { exact: true }).fill(operatorCode(ada));
    await form.locator('> button').click();
    await told(page, t.email_changed_link_mailed);
    form = await unfold(page, '/account/password');
    await form.getByLabel(t.current_password).fill(PASSWORD);
    await form.getByLabel(t.new_password).fill('another horse');
    await form.getByLabel(t.code_of_app, { exact: true }).fill(operatorCode(ada));
    await form.locator('> button').click();
    await told(page, t.password_changed);
    await close(page);
  });

  test(`sessions are shown, and end one by one or all at once (${name})`, async () => {
    const ada = person();
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const page = await logIn(ada, settings);
    const others = [];
    for (let index = 0; index < 3; index += 1)
      others.push(await logIn(ada, { ...settings, userAgent }));
    await page.reload();
    const sessions = page.locator('#devices li');
    assert.equal(await sessions.count(), 4);
    assert.equal(await page.getByText(t.this_session, { exact: true }).count(), 1);
    await sessions.getByText('127.0.0.1').first().waitFor();
    const device = t.program_on_system.replace('{program}', 'Firefox').replace('{system}', 'Linux');
    await page
      .getByRole('button', { name: `${t.end_session_of} ${device}` })
      .first()
      .click();
    await told(page, t.session_ended);
    assert.equal(await sessions.count(), 3);
    await page.getByRole('button', { name: t.end_all_others }).click();
    await told(page, t.sessions_ended);
    assert.equal(await sessions.count(), 1);
    assert.equal(await page.getByRole('button', { name: t.end_all_others }).count(), 0);
    for (const other of others) {
      await other.reload();
      assert.equal(pathOf(other).split('?')[0], '/login');
    }
    await close(page, ...others);
  });

  test(`a session that ends on an open page leads to the login and back (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    nox(['session', 'revoke', '--user', ada.name]);
    await button(page, '/account/profile').click();
    await page.waitForURL('**/login?because=session**');
    await refused(page, t.session_expired);
    await enter(page, ada);
    await page.waitForURL(`${base}/account`);
    nox(['session', 'revoke', '--user', ada.name]);
    await button(page, '/account/logout').click();
    await page.waitForURL('**/login**');
    await close(page);
  });

  test(`whoever may not edit is not asked to (${name})`, async () => {
    const page = await logIn(person({ tags: '' }), settings);
    await page.getByRole('heading', { name: t.devices }).waitFor();
    for (const heading of [t.profile, t.email, t.password]) {
      assert.equal(await page.getByRole('heading', { name: heading, exact: true }).count(), 0);
    }
    await close(page);
  });

  test(`a link in a mail confirms an address by a button, and once (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await page.getByRole('button', { name: t.mail_a_link }).first().click();
    await told(page, t.link_mailed);
    const link = await mail(ada, LINK);
    // Whoever opens it need not be logged in.
    const reader = await open(link.slice(base.length), settings);
    await reader.getByText(t.confirm_address_text).waitFor();
    await page.reload();
    await page.getByText(t.not_verified).waitFor();
    await button(reader, '/email/confirmation').click();
    await told(reader, t.address_confirmed);
    await page.reload();
    await page.getByText(t.verified, { exact: true }).waitFor();
    await reader.goto(link);
    await told(reader, t.address_confirmed_before);
    await close(page, reader);
  });
}

test('a form that another site could send is not taken', async () => {
  const page = await logIn(person());
  await page.locator('form[action="/account/profile"] [name=token]').evaluate((field) => {
    field.value = 'x'.repeat(22);
  });
  await button(page, '/account/profile').click();
  await refused(page, TEXTS.en.form_expired);
  await close(page);
});

test('the texts of this test are those of the pages', () => {
  const list = readFileSync(new URL('../../src/words/pages.rs', import.meta.url), 'utf8');
  const names = [...list.matchAll(/^ {8}(\w+),$/gm)].map(([, name]) => name);
  assert.ok(names.length > 100);
  for (const texts of Object.values(TEXTS)) assert.deepEqual(Object.keys(texts), names);
});
