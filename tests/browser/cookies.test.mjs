// The session cookie in a browser that keeps the forms of earlier settings.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { button, enter, launch } from './chromium.mjs';
import { NOX, PASSWORD, cleanup, freePort } from './instance.mjs';

const HOST = 'nox.example.org';
const DOMAINS = ['', HOST, 'example.org'];

const folder = mkdtempSync(join(tmpdir(), 'nox-cookies-'));
cleanup.push(() => rmSync(folder, { recursive: true }));
const port = await freePort();
const base = `http://${HOST}:${port}`;

/** Starts the server with a domain for the cookie, and answers how it is stopped. */
async function serve(domain) {
  const server = `[server]\nlisten = "127.0.0.1:${port}"\npublic_url = "${base}"\n`;
  const rest = '[password]\nmemory_kib = 1024\n[log]\nlevel = "error"\n';
  const cookie = domain ? `[cookie]\ndomain = "${domain}"\n` : '';
  writeFileSync(join(folder, 'nox.toml'), server + rest + cookie);
  const stdio = ['ignore', 'pipe', 'inherit'];
  const child = spawn(NOX, ['serve'], { cwd: folder, stdio });
  const ended = once(child, 'exit');
  const stop = () => child.kill() && ended;
  cleanup.push(stop);
  await once(child.stdout, 'data');
  return stop;
}

test('no change of cookie.domain keeps a browser out', async () => {
  await (await serve(''))();
  const add = ['user', 'add', 'ada', '--password-stdin'];
  execFileSync(NOX, add, { cwd: folder, input: PASSWORD, stdio: ['pipe', 'ignore', 'ignore'] });
  const browser = await launch({ args: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`] });
  const logIn = async (page) => {
    await page.goto(`${base}/login`);
    await enter(page, { name: 'ada', password: PASSWORD });
    await page.waitForURL(`${base}/account`);
  };
  for (const before of DOMAINS) {
    for (const after of DOMAINS.filter((domain) => domain !== before)) {
      const context = await browser.newContext();
      const page = await context.newPage();
      let stop = await serve(before);
      await logIn(page);
      await stop();
      stop = await serve(after);
      await page.goto(`${base}/account`);
      assert.equal(page.url(), `${base}/account`, 'the session goes on');
      await button(page, '/account/logout').click();
      await page.waitForURL(`${base}/login?because=out`);
      await page.goto(`${base}/account`);
      assert.match(page.url(), /[/]login/, `${before} to ${after}: it is logged out`);
      await logIn(page);
      const kept = (await context.cookies()).filter(({ name }) => name === '_uid');
      assert.equal(kept.length, 1, `${before} to ${after}`);
      const lifetime = kept[0].expires - Date.now() / 1000;
      assert.ok(Math.abs(lifetime - 30 * 86_400) < 60, `${lifetime} seconds`);
      await stop();
      await context.close();
    }
  }
});
