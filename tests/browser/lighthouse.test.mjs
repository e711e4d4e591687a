// What Lighthouse measures of the pages before the login. It measures time, and so it runs alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import lighthouse from 'lighthouse';
import { launch } from './chromium.mjs';
import { base, freePort, nox, person } from './instance.mjs';

for (const path of ['/login', '/register', '/reset'])
  test(`${path} has at least 98 points in everything`, (t) => measure(t, path));

test('/reset/{secret} has at least 98 points in everything', (t) => {
  const link = nox(['user', 'passwd', person().name, '--link']).trim();
  return measure(t, link.slice(base.length));
});

async function measure(t, path) {
  const port = await freePort();
  await launch({ args: [`--remote-debugging-port=${port}`] });
  const { lhr } = await lighthouse(`${base}${path}`, {
    port,
    logLevel: 'error',
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
  });
  for (const { id, score, auditRefs } of Object.values(lhr.categories)) {
    t.diagnostic(`${id}: ${Math.round(score * 100)}`);
    const short = auditRefs
      .map((ref) => lhr.audits[ref.id])
      .filter((audit) => audit.score !== null && audit.score < 1);
    assert.ok(
      score >= 0.98,
      `${id} ${score}: ${short.map((audit) => `${audit.id} ${audit.displayValue ?? ''}`).join(', ')}`,
    );
  }
}
