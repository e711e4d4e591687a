// The whole way of a player, on a phone: joining, coming back, looking around, leaving. The
// operator prints an invitation, and nothing more.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { close, open, refused, told, unfold } from './chromium.mjs';
import { LINK, base, code, mail, nox, serve } from './instance.mjs';
import { PICTURE } from './picture.mjs';
import { EVENTS, LANGUAGES, TEXTS, locale } from './texts.mjs';

const DEMAND = { NOX_LOGIN__REQUIRE_SECOND_FACTOR: 'everybody' };
const GRACE = { ...DEMAND, NOX_LOGIN__SECOND_FACTOR_GRACE: '7d' };
const phone = (lang) => ({
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  locale: locale(lang),
});

/** Fills in the form at an address of a page that fits, sends it, and waits for where it leads. */
async function send(page, action, fields, to) {
  const form = await unfold(page, action);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${page.url()} is as wide as the phone`);
  for (const [name, text] of Object.entries(fields))
    await form.locator(`[name=${name}]`).fill(text);
    // Six digits send themselves.
  if (action !== '/login/set-up') await form.locator('> button').tap();
  if (to) await page.waitForURL(to);
}

for (const lang of LANGUAGES) {
  const t = TEXTS[lang];
  test(`a player joins, comes back, looks around and leaves (${lang})`, async () => {
    await serve(GRACE);
    const ada = { name: `ada-${lang}`, email: `ada-${lang}@example.org`, password: 'correct horse' };
    const tags = ['--tag', 'can_self_edit', '--tag', 'can_file_upload'];
    const invitation = nox(['invite', 'add', ...tags]).trim();

    const page = await open(invitation.slice(base.length), phone(lang));
    const joining = { username: ada.name, email: ada.email, new_password: ada.password };
    await send(page, '/register', joining, '**/account');
    await page.getByText(t.factor_grace.split('{}')[0]).waitFor();
    await page.goto(await mail(ada, LINK));
    await send(page, '/email/confirmation', {});
    await told(page, t.address_confirmed);
    await page.goto(`${base}/account`);
    await send(page, '/account/logout', {}, '**/login?because=out');

    await serve(DEMAND);
    await page.getByRole('link', { name: t.forgotten_password }).tap();
    await page.waitForURL('**/reset');
    await send(page, '/reset', { identifier: ada.email });
    await told(page, t.password_link_requested);
    const reset = await mail(ada, /http\S+\/reset\/\S+/);
    await page.goto(reset);
    ada.password = 'another horse';
    await send(page, '/reset/password', { new_password: ada.password });
    await told(page, t.password_reset);
    await send(page, '/login', { password: ada.password }, '**/login/set-up');

    await page.getByRole('heading', { name: t.set_up_login }).waitFor();
    await page.getByRole('link', { name: t.open_app }).waitFor();
    ada.secret = (await page.locator('#secret').innerText()).replaceAll(' ', '');
    await send(page, '/login/set-up', { code: code(ada) }, '**/account/recovery-codes');
    const recoveryCodes = (await page.locator('#codes li').allInnerTexts()).map((c) => c.trim());
    await page.getByLabel(t.codes_saved).tap();
    await send(page, '/account/recovery-codes', {}, '**/account');

    const { account_created, email_confirmed, password_reset, totp_enabled } = EVENTS[lang];
    const activity = page.locator('#activity');
    for (const text of [account_created, email_confirmed, password_reset, totp_enabled])
      await activity.getByText(text, { exact: true }).waitFor();

    ada.name = `eva-${lang}`;
    await send(page, '/account/username', { username: ada.name, code: code(ada) });
    await told(page, t.username_changed);
    await page.getByText(`${ada.name}@localhost`).waitFor();

    await page.locator('#picture-file').setInputFiles(PICTURE);
    await send(page, '/account/picture', {});
    await told(page, t.picture_saved);

    const downloaded = page.waitForEvent('download');
    await send(page, '/account/export', { current_password: ada.password });
    const file = readFileSync(await (await downloaded).path(), 'utf8');
    const cookies = (await page.context().cookies()).map(({ value }) => value);
    isWhole(JSON.parse(file), ada);
    const links = [invitation, reset].map((link) => link.split('/').at(-1));
    for (const secret of [ada.password, ada.secret, ...recoveryCodes, ...links, ...cookies, '$argon'])
      assert.ok(!file.includes(secret), `${secret} is not in the file`);

    const leaving = { current_password: ada.password, code: code(ada) };
    await send(page, '/account/delete', leaving, '**/account/deleted');
    await page.getByRole('heading', { name: t.account_deleted }).waitFor();
    await page.getByRole('link', { name: t.to_start }).tap();
    await page.waitForURL('**/login');
    await send(page, '/login', { identifier: ada.name, password: ada.password });
    await refused(page, t.wrong_login);
    await close(page);
  });
}

/** The parts of the document about an account, which name everything that is kept about it. */
const PARTS = [
  'account',
  'suspension',
  'second_factors',
  'passkeys',
  'email_confirmations',
  'password_link',
  'invitations',
  'sessions',
  'devices',
  'lockouts',
  'pictures',
  'audit',
];

/** Checks that a downloaded document tells everything about an account, in words too. */
function isWhole(data, { name, email }) {
  assert.deepEqual(Object.keys(data), ['about', 'exported_at', 'server', ...PARTS]);
  for (const part of PARTS) assert.ok(data[part].about.length > 20, part);
  const { username, email_verified } = data.account;
  assert.deepEqual([username, data.account.email, email_verified], [name, email, true]);
  assert.equal(data.second_factors.authenticator_app, true);
  assert.deepEqual(data.email_confirmations.content, []);
  assert.equal(data.invitations.content.length, 1);
  assert.equal(data.sessions.content.length, 1);
  const [{ media_type, base64 }] = data.pictures.content;
  assert.deepEqual([media_type, base64], ['image/png', PICTURE.buffer.toString('base64')]);
  assert.deepEqual(
    data.audit.content.map(({ event }) => event),
    [
      'account.created',
      'session.opened',
      'email.confirmed',
      'session.ended',
      'password_link.made',
      'password.reset',
      'totp.enabled',
      'session.opened',
      'account.renamed',
      'profile.changed',
      'account.exported',
    ],
  );
}
