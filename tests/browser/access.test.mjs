// Accessibility: no violation of WCAG 2.2 A or AA on any page, in any state, theme or width. Every
// state is also taken as a picture, into screenshots/: `node --test tests/browser/access.test.mjs`,
// and have a look.

import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { test } from 'node:test';
import { shoot } from './chromium.mjs';
import { LANGUAGES } from './texts.mjs';
import { tour } from './tour.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function check(page, state) {
  // Frames would be looked at too; there are none.
  const { passes, violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(TAGS)
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
  assert.deepEqual(found, [], state);
  assert.ok(passes.length > 10, `${state} was looked at`);
}

for (const lang of LANGUAGES) {
  test(`every page and state is open to everybody (${lang})`, async () => {
    await tour(lang, (page, name) =>
      shoot(page, name, async (width, colorScheme) => {
        // The other languages have the same colours and no other places.
        const isNew = lang === 'en' ? width !== 768 : width === 360 && colorScheme === 'light';
        if (isNew) await check(page, `${name}, ${lang}, ${width}, ${colorScheme}`);
      }),
    );
  });
}
