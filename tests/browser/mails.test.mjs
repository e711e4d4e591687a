// A preview of every mail, in every language: its picture in screenshots/, and that it is open to
// everybody and fits on a phone.

import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SHOTS, close, open } from './chromium.mjs';
import { LANGUAGES } from './texts.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The mails, written by a test of the library: their name and their HTML. */
function mails() {
  const folder = mkdtempSync(join(tmpdir(), 'nox-mails-'));
  try {
    execFileSync(
      'cargo',
      ['test', '--locked', '--quiet', '--lib', '--', '--ignored', 'previews_of_every_mail'],
      {
        cwd: fileURLToPath(new URL('../../', import.meta.url)),
        env: { ...process.env, MAIL_PREVIEWS: folder },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return readdirSync(folder)
      .filter((name) => name.endsWith('.html'))
      .map((name) => ({
        name: name.replace(/-[a-z]+\.html$/, ''),
        lang: name.match(/([a-z]+)\.html$/)[1],
        html: readFileSync(join(folder, name), 'utf8'),
      }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function check(page, mail) {
  const { passes, violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(TAGS)
    .analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  assert.deepEqual(found, [], mail);
  assert.ok(passes.length > 5, `${mail} was looked at`);
}

test('every mail is open to everybody and fits on a phone, in every language', async () => {
  const all = mails();
  assert.ok(all.length >= 20 * LANGUAGES.length, `${all.length} mails`);
  const page = await open('/login');
  // The pages allow no style within them, which mails need.
  await page.goto('about:blank');
  for (const { name, lang, html } of all) {
    await page.setContent(html);
    for (const [width, colorScheme] of [
      [360, 'light'],
      [360, 'dark'],
      [1280, 'light'],
    ]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(SHOTS, `mail-${name}-${lang}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${name} (${lang}) is wider than ${width} pixels`);
      // Other languages have the same colours.
      if (width === 360 && lang === 'en') await check(page, `${name}, ${colorScheme}`);
    }
  }
  await close(page);
});
