// A second click on a slow line: what the first one led to is shown, and nothing is lost.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { arrive, button, close, logIn } from './chromium.mjs';
import { PASSWORD, code, person } from './instance.mjs';
import { BOTH } from './texts.mjs';

/** Lets the answers to a form be slow, and counts how often the server gets it. */
async function slow(page, path) {
  const sent = { count: 0 };
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent.count += 1;
    const response = await route.fetch({ maxRedirects: 0 });
    await wait(1200);
    // The browser has given up a form that was sent again.
    return route.fulfill({ response }).catch(() => {});
  });
  return sent;
}

/** By the mouse alone: other clicks wait for the page that the first one leads to. */
async function clickTwice(page, target) {
  await target.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await target.boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  await wait(400);
  await page.mouse.click(x + width / 2, y + height / 2);
}

for (const { name, settings, t, js } of BOTH) {
  test(`a second click on a slow line loses no recovery codes (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings);
    await button(page, '/account/totp/setup').click();
    await page.waitForURL('**/account/totp');
    ada.secret = (await page.locator('#secret').textContent()).replaceAll(' ', '');
    await page.getByLabel(t.first_code).fill(code(ada));
    await page.getByLabel(t.current_password).fill(PASSWORD);
    const sent = await slow(page, '/account/totp/enable');
    await clickTwice(page, button(page, '/account/totp/enable'));
    await arrive(page, '#codes');
    assert.equal(await page.locator('#codes li').count(), 10);
    // With the script, the form is sent once.
    assert.equal(sent.count, js ? 1 : 2);
    await page.getByLabel(t.codes_saved).check();
    await page.getByRole('button', { name: t.done }).click();
    await page.waitForURL('**/account');
    await page.getByText(t.codes_left.replace('{}', 10)).waitFor();
    await close(page);
  });
}
