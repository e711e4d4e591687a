// What Lighthouse measures of the login page. It measures time, and so it runs alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import lighthouse from 'lighthouse';
import { launch } from './chromium.mjs';
import { base, freePort } from './instance.mjs';

test('the login page has at least 98 points in everything', async (t) => {
  const port = await freePort();
  await launch({ args: [`--remote-debugging-port=${port}`] });
  const { lhr } = await lighthouse(`${base}/login`, {
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
});
