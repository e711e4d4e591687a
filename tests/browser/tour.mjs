// Every page and state, one after the other, for whoever wants to look at them all.

import {
  arrive,
  button,
  close,
  enter,
  enterCode,
  logIn,
  open,
  refused,
  unfold,
} from './chromium.mjs';
import {
  CODE,
  PASSWORD,
  base,
  code,
  mail,
  nox,
  operatorCode,
  person,
  resetLimits,
  serve,
  wrongCode,
} from './instance.mjs';
import { tourPasskeys } from './passkey_tour.mjs';
import { PICTURE } from './picture.mjs';
import { TEXTS, locale } from './texts.mjs';

/** Goes through all in a language, and calls `look` with a page and the name of what it shows. */
export async function tour(lang, look) {
  const visit = { lang, t: TEXTS[lang], settings: { locale: locale(lang) }, look };
  await enterWrongly(visit);
  await come(visit);
  await setUp(visit);
  await change(visit);
  await leave(visit);
  await tourPasskeys(visit);
  await wait(visit);
}

/** The login, and why it is refused. */
async function enterWrongly({ lang, t, settings, look }) {
  const [ada, bob, eve] = [person(), person({ totp: true }), person()];
  const page = await open('/login', settings);
  await look(page, 'login');
  await enter(page, { name: ada.name, password: 'wrong horse' });
  await refused(page, t.wrong_login);
  await page.locator('#password').fill('wrong horse');
  await page.locator('[data-reveal]').click();
  await look(page, 'login-wrong');
  nox(['user', 'disable', eve.name, '--until', '3d', '--reason', 'Spam in the lobby']);
  await enter(page, eve);
  await refused(page, t.suspended_until);
  await look(page, 'login-disabled');
  const busy = (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback());
  await page.route('**/login', busy);
  await enter(page, ada);
  await refused(page, t.unreachable);
  await look(page, 'login-unreachable');
  page.faults = page.faults.filter((fault) => !/ERR_FAILED/.test(fault));
  await page.unroute('**/login', busy);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await enter(page, { name: `nobody-${lang}`, password: 'wrong horse' });
    await answered;
    await refused(page, t.wrong_login);
  }
  await enter(page, { name: `nobody-${lang}`, password: 'wrong horse' });
  await refused(page, t.too_many_before);
  await look(page, 'login-too-many');
  await page.goto(`${base}/login?because=session`);
  await look(page, 'login-session-over');
  await enter(page, bob);
  await page.waitForURL('**/login/code');
  await look(page, 'code');
  await enterCode(page, wrongCode(bob));
  await refused(page, t.wrong_code);
  await look(page, 'code-wrong');
  await page.goto(`${base}/nothing`);
  await look(page, 'nothing-here');
  await close(page);
}

/** Joining and coming back: invitations, and links for passwords and addresses. */
async function come({ lang, t, settings, look }) {
  const [ada, zoe] = [person({ email: true }), person()];
  const page = await open('/register', settings);
  await look(page, 'register');
  await page.locator('#username').fill(ada.name);
  await page.locator('#new-password').fill(PASSWORD);
  await button(page, '/register').click();
  await refused(page, t.username_taken);
  await look(page, 'register-taken');
  const invited = ['invite', 'add', '--email', `invited-${lang}@example.org`];
  await page.goto(nox(invited).trim());
  await look(page, 'register-invited');
  await page.goto(`${base}/register/x`);
  await look(page, 'register-over');
  await page.goto(`${base}/reset`);
  await look(page, 'reset');
  await page.locator('#identifier').fill(ada.name);
  await button(page, '/reset').click();
  await page.waitForURL('**/reset?done=link');
  await look(page, 'reset-asked');
  await page.goto(nox(['user', 'passwd', zoe.name, '--link']).trim());
  await look(page, 'new-password');
  await page.locator('#new-password').fill('password');
  await button(page, '/reset/password').click();
  await refused(page, t.common_password);
  await look(page, 'new-password-refused');
  await page.goto(`${base}/login?because=reset&name=${ada.name}`);
  await look(page, 'login-after-reset');
  await page.goto(`${base}/reset/x`);
  await look(page, 'reset-over');
  await page.goto(`${base}/email/confirmation?token=x`);
  await look(page, 'confirmation');
  await button(page, '/email/confirmation').click();
  await refused(page, t.link_expired);
  await look(page, 'confirmation-over');
  await close(page);
}

/** The only administrator, who must have a second factor, and may not leave. */
async function setUp({ t, settings, look }) {
  const kay = person({ email: true });
  nox(['user', 'set', kay.name, '--admin', 'true']);
  const page = await open('/login', settings);
  await enter(page, kay);
  await page.waitForURL('**/login/set-up');
  await look(page, 'set-up');
  await page.locator('#code').fill('000000');
  await refused(page, t.wrong_app_code);
  await look(page, 'set-up-wrong');
  await page.goto(`${base}/login/set-up?by=mail`);
  await look(page, 'set-up-mail');
  await button(page, '/login/set-up/mail').click();
  await arrive(page, '#code');
  await look(page, 'set-up-mailed');
  await page.locator('#code').fill(await mail(kay, CODE));
  await page.waitForURL('**/account/recovery-codes');
  await page.goto(`${base}/account`);
  await unfoldAll(page);
  await look(page, 'account-last-administrator');
  await page.goto(`${base}/logout`);
  await look(page, 'log-out');
  await button(page, '/account/logout').click();
  await page.waitForURL('**/login?because=out');
  await look(page, 'login-logged-out');
  // One code a minute.
  resetLimits();
  await enter(page, kay);
  await page.waitForURL('**/login/code');
  await look(page, 'code-mailed');
  nox(['user', 'remove', kay.name, '--yes', '--last-administrator']);
  await close(page);
}

/** Somebody without a second factor, who changes the profile and switches both factors on. */
async function change({ t, settings, look }) {
  const ada = person({ email: true, display: 'Ada Lovelace' });
  const page = await logIn(ada, settings);
  await look(page, 'account');
  await page.locator('#picture-file').setInputFiles({ ...PICTURE, buffer: Buffer.from('none') });
  await button(page, '/account/picture').click();
  await refused(page, t.not_a_picture);
  await look(page, 'account-picture-refused');
  await (await unfold(page, '/account/username')).locator('#username-username').fill('root');
  await page.locator('#username-current-password').fill('wrong horse');
  await button(page, '/account/username').click();
  await refused(page, t.wrong_password);
  await look(page, 'account-username-refused');
  await (await unfold(page, '/account/export')).locator('[type=password]').fill('wrong horse');
  await button(page, '/account/export').click();
  await refused(page, t.wrong_password);
  await look(page, 'account-download-refused');
  await page.locator('#picture-file').setInputFiles(PICTURE);
  await button(page, '/account/picture').click();
  await arrive(page, '.summary img');
  await unfoldAll(page);
  await look(page, 'account-unfolded');
  await button(page, '/account/totp/setup').click();
  await page.waitForURL('**/account/totp');
  ada.secret = (await page.locator('#secret').textContent()).replaceAll(' ', '');
  await look(page, 'totp');
  await page.locator('form[action="/account/totp/enable"] [name=code]').fill(wrongCode(ada));
  await page.locator('#app-current-password').fill(PASSWORD);
  await button(page, '/account/totp/enable').click();
  await refused(page, t.wrong_code);
  await look(page, 'totp-wrong');
  await page.locator('form[action="/account/totp/enable"] [name=code]').fill(code(ada));
  await page.locator('#app-current-password').fill(PASSWORD);
  await button(page, '/account/totp/enable').click();
  await arrive(page, '#codes');
  await look(page, 'recovery-codes');
  await page.getByLabel(t.codes_saved).check();
  await page.getByRole('button', { name: t.done }).click();
  await page.waitForURL('**/account');
  await unfoldAll(page);
  await button(page, '/account/mail-codes/send').click();
  await page.waitForURL('**/account?done=code*');
  const form = page.locator('form[action="/account/mail-codes/enable"]');
  await form.locator('[name=mailed_code]').fill(await mail(ada, CODE));
  await form.locator('[name=code]').fill(operatorCode(ada));
  await form.locator('[name=current_password]').fill(PASSWORD);
  await form.locator('> button').click();
  await page.waitForURL('**/account?done=mail-codes*');
  // Others are logged in too.
  const other = await logIn(ada, {
    ...settings,
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1',
  });
  await close(other);
  await page.reload();
  await look(page, 'account-on');
  await unfoldAll(page);
  await look(page, 'account-on-unfolded');
  await page.locator('#profile-display').fill(' ');
  await button(page, '/account/profile').click();
  await refused(page, t.bad_display);
  await look(page, 'account-refused');
  await page.locator('#profile-display').fill('Ada Lovelace');
  await page.locator('[name=link_label_0]').fill('Notes on the engine');
  await page
    .locator('[name=link_url_0]')
    .fill('https://example.org/a/rather/long/path/that/does/not/fit/into/the/field?at=all');
  await page.locator('[name=link_label_1]').fill('Without a scheme');
  await page.locator('[name=link_url_1]').fill('example.org');
  await button(page, '/account/profile').click();
  await refused(page, t.bad_links);
  await look(page, 'account-link-refused');
  await page.locator('[name=link_url_1]').fill('https://example.org');
  await button(page, '/account/profile').click();
  await page.waitForURL('**/account?done=saved**');
  await look(page, 'account-links');
  await page.goto(`${base}/account/activity`);
  await look(page, 'activity');
  await page.context().clearCookies({ name: /_uid|nox_session/ });
  await page.goto(`${base}/login`);
  await enter(page, ada);
  await page.waitForURL('**/login/code');
  await look(page, 'code-either');
  await close(page);
}

/** Somebody who leaves. */
async function leave({ t, settings, look }) {
  const zoe = person({ tags: '' });
  const page = await open('/login?return_to=https://elsewhere.example:8443/welcome', settings);
  await look(page, 'login-unknown-front');
  await enter(page, zoe);
  await page.waitForURL('**/account');
  await (await unfold(page, '/account/delete')).locator('[type=password]').fill('wrong horse');
  await button(page, '/account/delete').click();
  await refused(page, t.wrong_password);
  await look(page, 'account-delete-refused');
  await page.locator('#delete-current-password').fill(PASSWORD);
  await button(page, '/account/delete').click();
  await page.waitForURL('**/account/deleted');
  await look(page, 'account-deleted');
  await close(page);
}

/** What an instance says that demands more, and mails nothing in the end. */
async function wait({ lang, t, settings, look }) {
  const strict = {
    NOX_INSTANCE__DESCRIPTION: 'Eight worlds, and a café in the middle.',
    NOX_INSTANCE__MAINTENANCE: '2026-12-24, 18:00–20:00 UTC',
    NOX_INSTANCE__CONTACT: 'help@nox.example',
    NOX_LOGIN__REQUIRE_SECOND_FACTOR: 'everybody',
    NOX_LOGIN__SECOND_FACTOR_GRACE: '7d',
    NOX_USERS__REQUIRE_EMAIL: 'true',
  };
  await serve(strict);
  const ada = person({ email: true });
  const page = await open('/login', settings);
  await look(page, 'login-dressed');
  await enter(page, ada);
  await page.waitForURL('**/account');
  await look(page, 'account-grace');
  await button(page, '/account/logout').click();
  await page.waitForURL('**/login?because=out');
  await page.goto(`${base}/register`);
  await look(page, 'register-with-address');
  await page.locator('#username').fill(`new-${lang}`);
  await page.locator('#email').fill(`a.rather.long.address.of-${lang}@mail.example.org`);
  await page.locator('#new-password').fill(PASSWORD);
  await button(page, '/register').click();
  await page.waitForURL('**/login/confirmation');
  await look(page, 'unconfirmed');
  await button(page, '/login/confirmation').click();
  await refused(page, t.too_many_before);
  await look(page, 'unconfirmed-refused');
  await serve({ ...strict, NOX_MAIL__HOST: '', NOX_USERS__REQUIRE_EMAIL: 'false' });
  await page.goto(`${base}/reset`);
  await look(page, 'reset-without-mail');
  await close(page);
  await serve();
}

async function unfoldAll(page) {
  await page.locator('details').evaluateAll((all) =>
    all.forEach((details) => {
      details.open = true;
    }),
  );
}
