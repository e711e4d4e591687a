// Accessibility: no violation of WCAG 2.2 A or AA on any page, in any state, theme or width. Every
// state is also taken as a picture, into screenshots/: `node --test tests/browser/access.test.mjs`,
// and have a look.

import './localhost.mjs';

import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { test } from 'node:test';
import { shoot } from './chromium.mjs';
import { LANGUAGES } from './texts.mjs';
import { tour } from './tour.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Languages share their colours and their places: together, they show each theme in each width. */
const CHECKED = { en: ['360 light', '1280 dark'], fr: ['360 dark'], de: ['1280 light'] };

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
        if (CHECKED[lang].includes(`${width} ${colorScheme}`))
          await check(page, `${name}, ${lang}, ${width}, ${colorScheme}`);
      }),
    );
  });
}
