// The links of the profile, and its pronoun: rows that are filled in, changed and emptied.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, close, focused, logIn, refused, told } from './chromium.mjs';
import { base, person } from './instance.mjs';
import { BOTH, TEXTS, WAYS } from './texts.mjs';

const rows = (page) =>
  page
    .locator('.links > div')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('input')].map((field) => field.value)),
    );

/** A row by the names that a screen reader says. */
const row = (page, t, number) => ({
  label: page.getByLabel(t.link_label.replace('{}', number), { exact: true }),
  url: page.getByLabel(t.link_url.replace('{}', number), { exact: true }),
});

for (const { name, settings, t } of WAYS) {
  test(`links come, change and go (${name})`, async () => {
    const page = await logIn(person(), settings);
    await page.getByRole('group', { name: t.links }).waitFor();
    await page.getByLabel(t.pronoun).fill('she');
    await row(page, t, 1).label.fill('Notes <b>&');
    await row(page, t, 1).url.fill('https://notes.example/?a=b&c');
    await row(page, t, 2).url.fill(' http://second.example ');
    await button(page, '/account/profile').click();
    await told(page, t.saved);
    const stored = [
      ['Notes <b>&', 'https://notes.example/?a=b&c'],
      ['', 'http://second.example'],
    ];
    assert.deepEqual(await rows(page), [...stored, ['', ''], ['', '']], 'there are two more again');
    assert.equal(await page.getByLabel(t.pronoun).inputValue(), 'she');

    // What is wrong is told and marked, and nothing that was typed is lost.
    const label = 'ä'.repeat(33);
    for (const [wrong, mark] of [
      [['', 'second.example'], 'url'],
      [['x', 'javascript:alert(1)'], 'url'],
      [[label, 'https://b.example'], 'label'],
    ]) {
      await page.getByLabel(t.bio, { exact: true }).fill('Typed');
      await row(page, t, 2).label.fill(wrong[0]);
      await row(page, t, 2).url.fill(wrong[1]);
      await row(page, t, 4).url.fill('https://fourth.example');
      await button(page, '/account/profile').click();
      await refused(page, t.bad_links);
      assert.deepEqual(await rows(page), [
        stored[0],
        wrong,
        ['', ''],
        ['', 'https://fourth.example'],
      ]);
      assert.equal(await page.getByLabel(t.bio, { exact: true }).inputValue(), 'Typed');
      const marked = await page
        .locator('[aria-invalid=true]')
        .evaluateAll((all) => all.map((field) => field.name));
      assert.deepEqual(marked, [`link_${mark}_1`]);
    }

    await row(page, t, 1).url.fill('');
    await row(page, t, 2).label.fill('');
    await button(page, '/account/profile').click();
    await told(page, t.saved);
    assert.deepEqual(await rows(page), [
      ['', 'https://b.example'],
      ['', 'https://fourth.example'],
      ['', ''],
      ['', ''],
    ]);
    await close(page);
  });
}

test('what was typed is kept while another form is sent, with the script', async () => {
  const page = await logIn(person());
  const bio = page.locator('#profile-bio');
  await bio.fill('Not sent yet');
  await button(page, '/account/picture').evaluate((send) => { send.form.noValidate = true; });
  await button(page, '/account/picture').click();
  await refused(page, TEXTS.en.no_picture);
  assert.equal(await bio.inputValue(), 'Not sent yet');
  // Also by the link to the other language, from the page of the refusal.
  await page.locator('a[hreflang=fr]').click();
  await page.getByRole('heading', { name: TEXTS.fr.profile }).waitFor();
  assert.equal(await bio.inputValue(), 'Not sent yet');
  await button(page, '/account/profile').click();
  await told(page, TEXTS.fr.saved);
  assert.equal(await bio.inputValue(), 'Not sent yet');
  await page.reload();
  assert.equal(await page.evaluate(() => Object.keys(sessionStorage).length), 0);
  await close(page);
});

for (const { name, settings, t } of BOTH) {
  test(`rows are filled in by the keyboard alone, ten at most (${name})`, async () => {
    const page = await logIn(person(), settings);
    await page.getByLabel(t.bio, { exact: true }).focus();
    const type = (text) => page.keyboard.type(text);
    const next = () => page.keyboard.press('Tab');
    for (const words of ['First', 'https://1.example', '', 'https://2.example']) {
      await next();
      await type(words);
    }
    await page.keyboard.press('Enter');
    await told(page, t.saved);
    assert.deepEqual(await rows(page), [
      ['First', 'https://1.example'],
      ['', 'https://2.example'],
      ['', ''],
      ['', ''],
    ]);
    for (let count = 4; count <= 10; count += 2) {
      for (const number of [count - 1, count])
        await row(page, t, number).url.fill(`https://${number}.example`);
      await button(page, '/account/profile').click();
      await told(page, t.saved);
      await page.goto(`${base}/account`);
    }
    assert.equal((await rows(page)).filter(([, url]) => url).length, 10);
    assert.equal(await page.locator('.links > div').count(), 10);
    await page.locator('#profile-display').focus();
    await focused(page, 'profile-display');
    await close(page);
  });
}
