// Joining: by an invitation, with and without the script, also by two clicks on a slow line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, close, focused, open, pathOf, refused } from './chromium.mjs';
import { base, mail, nox } from './instance.mjs';
import { WAYS } from './texts.mjs';

let count = 0;
const nameOf = (js) => `new-${js ? 'js' : 'plain'}-${(count += 1)}`;

async function fill(page, name, password) {
  await page.locator('#username').fill(name);
  await page.locator('#new-password').fill(password);
  await button(page, '/register').click();
}

for (const { name: way, settings, t, js } of WAYS) {
  test(`a visitor joins by an invitation (${way})`, async () => {
    const name = nameOf(js);
    const link = nox(['invite', 'add']).trim();
    const page = await open(link.slice(base.length), settings);
    await focused(page, 'username');
    for (const [selector, words] of [
      ['#username', 'username'],
      ['#new-password', 'new-password'],
    ])
      assert.equal(await page.locator(selector).getAttribute('autocomplete'), words);
    await fill(page, 'no', 'correct horse');
    await refused(page, t.bad_username);
    await fill(page, name, 'password');
    await refused(page, t.common_password);
    await fill(page, name, 'correct horse');
    await page.waitForURL('**/account');
    await page.getByText(`${name}@`).waitFor();
    const again = await open(link.slice(base.length), settings);
    await again.getByText(t.invitation_over).waitFor();
    await close(page, again);
  });
}

test('a mailed invitation leads to an account with a confirmed address', async () => {
  const name = nameOf(true);
  const email = `${name}@example.org`;
  nox(['invite', 'add', '--email', email]);
  const link = await mail({ email }, /http\S+\/register\/\S+/);
  const page = await open(link.slice(base.length));
  await page.getByText(email).waitFor();
  await fill(page, name, 'correct horse');
  await page.waitForURL('**/account');
  assert.equal(pathOf(page), '/account');
  const user = JSON.parse(nox(['user', 'show', name, '--json']));
  assert.deepEqual([user.email, user.email_verified], [email, true]);
  await close(page);
});
