// In which language a page speaks, and the pages for nothing in particular.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, close, logIn, open, pathOf } from './chromium.mjs';
import { base, nox, person } from './instance.mjs';
import { BOTH, LANGUAGES, NAMES, TEXTS, WAYS } from './texts.mjs';

const langOf = (page) => page.locator('html').getAttribute('lang');

for (const { name, settings, t, lang } of WAYS) {
  test(`an unknown page is a page of ours, and leads back (${name})`, async () => {
    const page = await open('/nothing/here?x=<b>', settings);
    assert.equal(
      await page.evaluate(() => performance.getEntriesByType('navigation')[0].responseStatus),
      404,
    );
    await page.getByRole('heading', { name: t.not_found }).waitFor();
    assert.equal(await langOf(page), lang);
    assert.match(await page.title(), new RegExp(t.not_found));
    await page.getByRole('link', { name: t.to_start }).click();
    await page.waitForURL('**/login');
    await page.getByRole('link', { name: 'Terms' }).waitFor();
    await close(page);
  });

  test(`every other language is one click away, and stays (${name})`, async () => {
    const page = await open('/login?return_to=/account%3Fx%3D1', settings);
    await page.getByRole('heading', { name: t.log_in }).waitFor();
    for (const other of [...LANGUAGES.filter((tag) => tag !== lang), lang]) {
      await page.getByRole('link', { name: NAMES[other], exact: true }).click();
      await page.getByRole('heading', { name: TEXTS[other].log_in }).waitFor();
      assert.equal(new URL(page.url()).searchParams.get('return_to'), '/account?x=1');
      assert.equal(await page.getByRole('link', { name: NAMES[other], exact: true }).count(), 0);
    }
    const [other] = LANGUAGES.filter((tag) => tag !== lang);
    await page.getByRole('link', { name: NAMES[other], exact: true }).click();
    await page.getByRole('heading', { name: TEXTS[other].log_in }).waitFor();
    await page.goto(`${base}/login`);
    assert.equal(await langOf(page), other);
    await page.goto(`${base}/login?lang=${lang}`);
    assert.equal(await langOf(page), lang);
    await page.goto(`${base}/login?lang=xx`);
    assert.equal(await langOf(page), lang, 'a language that nobody has changes nothing');
    await close(page);
  });
}

for (const { name, settings, lang } of BOTH) {
  test(`what the account has chosen goes before the browser (${name})`, async () => {
    const other = lang === 'en' ? 'fr' : 'en';
    const ada = person();
    nox(['user', 'set', ada.name, '--language', other]);
    const page = await logIn(ada, settings);
    assert.equal(await langOf(page), other);
    await page.goto(`${base}/account?lang=${lang}`);
    assert.equal(await langOf(page), lang, 'what the address says goes before all');
    await button(page, '/account/logout').click();
    await page.waitForURL('**/login?because=out');
    assert.equal(await langOf(page), lang);
    await close(page);
  });
}

test('a browser of none of the languages gets that of the instance', async () => {
  const page = await open('/login', { locale: 'fi-FI' });
  assert.equal(await langOf(page), 'en');
  await close(page);
});

test('languages say it as they should', async () => {
  for (const [lang, words] of [
    ['en', ['Log in', 'Username', 'Password', 'Français']],
    ['fr', ['Se connecter', 'Nom d’utilisateur', 'Mot de passe', 'English']],
  ]) {
    const page = await open(`/login?lang=${lang}`);
    const text = await page.locator('body').innerText();
    words.forEach((word) => assert.ok(text.includes(word), word));
    await close(page);
  }
});

test('times are written as the reader does', async () => {
  const ada = person();
  for (const [locale, timezoneId, pattern] of [
    ['en-GB', 'Asia/Tokyo', /^\d{1,2} \w+ \d{4} at \d\d:\d\d$/],
    ['en-US', 'America/New_York', /^\w+ \d{1,2}, \d{4} at \d{1,2}:\d\d\s(AM|PM)$/],
    ['fr-FR', 'Europe/Paris', /^\d{1,2}(er)? \S+ \d{4} à \d\d:\d\d$/],
    ['de-DE', 'Europe/Berlin', /^\d{1,2}\. \S+ \d{4} um \d\d:\d\d$/],
  ]) {
    const page = await logIn(ada, { locale, timezoneId });
    const time = page.locator('time').first();
    // A near instant is told by how long ago it was, and in full where the pointer rests.
    const full = await time.getAttribute('title');
    assert.match(full, pattern);
    const hour = Number(
      new Intl.DateTimeFormat('en', {
        timeZone: timezoneId,
        hour: 'numeric',
        hourCycle: 'h23',
      }).format(new Date(await time.getAttribute('datetime'))),
    );
    assert.ok(
      new RegExp(`\\b0?(${hour}|${hour % 12 || 12}):`).test(full),
      'by the clock on their wall',
    );
    await close(page);
  }
});

test('the root leads where it should, in every language', async () => {
  const ada = person();
  const page = await open('/?lang=fr');
  assert.equal(pathOf(page).split('?')[0], '/login');
  assert.equal(await langOf(page), 'fr');
  await close(page);
  const inside = await logIn(ada);
  await inside.goto(`${base}/`);
  assert.equal(pathOf(inside), '/account');
  await close(inside);
});
