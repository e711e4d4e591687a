// The picture of the profile: one that is too large is told by a page of ours, whatever its size,
// and made smaller before it is sent where there is a script.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { button, close, logIn, pathOf, refused, told } from './chromium.mjs';
import { cleanup, person } from './instance.mjs';
import { WAYS } from './texts.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nox-pictures-'));
cleanup.push(() => rmSync(folder, { recursive: true }));

/** A file of so many bytes, which is no picture. */
const file = (megabytes) => {
  const path = join(folder, `${megabytes}.png`);
  writeFileSync(path, Buffer.alloc(megabytes * 1e6));
  return path;
};

/** A bitmap of 3000 by 1500 pixels, which is 18 MB. */
const bitmap = () => {
  const [width, height] = [3000, 1500];
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54 + width * height * 4, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  const path = join(folder, 'large.bmp');
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(width * height * 4, 0x7f)]));
  return path;
};

const limits = { en: '4\u00a0MiB', fr: '4\u00a0Mio', de: '4\u00a0MiB' };
const field = (page) => page.locator('#picture-file');

for (const { name, settings, t, lang, js } of WAYS) {
  const large = t.picture_too_large.replace('{}', limits[lang]);

  test(`a file that is no picture is refused by our page at every size (${name})`, async () => {
    const page = await logIn(person(), settings);
    await page.getByText(t.picture_hint.replace('{}', limits[lang])).waitFor();
    for (const megabytes of [1.06, 1.2, 30]) {
      await field(page).setInputFiles(file(megabytes));
      if (js && megabytes === 30) {
        // The script keeps it from being sent.
        await page.waitForFunction(() => !document.getElementById('picture-file').checkValidity());
        const words = await field(page).evaluate((input) => input.validationMessage);
        assert.equal(words, large);
        continue;
      }
      await button(page, '/account/picture').click();
      await refused(page, megabytes === 30 ? large : t.not_a_picture);
      assert.equal(pathOf(page), '/account/picture');
    }
    await close(page);
  });
}

for (const { name, settings, t } of WAYS.filter(({ js }) => js)) {
  test(`a picture that is too large is made smaller and sent (${name})`, async () => {
    const page = await logIn(person(), settings);
    await field(page).setInputFiles(bitmap());
    await page.waitForFunction(() => {
      const [chosen] = document.getElementById('picture-file').files;
      return chosen.type === 'image/webp' && chosen.size < 4194304;
    });
    await button(page, '/account/picture').click();
    await told(page, t.picture_saved);
    await page.locator('.summary img').waitFor();
    await close(page);
  });
}
