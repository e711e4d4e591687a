// The instance that all browser tests share, with a mail server and its users.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
export const NOX = process.env.NOX ?? at('../../target/debug/nox');
export const PASSWORD = 'correct horse';

/** What ends with the tests, the last first. */
export const cleanup = [];
after(async () => {
  for (const end of cleanup.reverse()) await end();
});

/** A port below those that connections get by themselves, so that none takes it meanwhile. */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((closed) => server.close(closed));
    if (isFree) return port;
  }
}

/** Starts a program, and answers its lines and what ends it. */
function run(program, args, settings) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...settings });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const end = () => child.kill() && ended;
  cleanup.push(end);
  return { lines: createInterface(child.stdout)[Symbol.asyncIterator](), end };
}

const folder = mkdtempSync(join(tmpdir(), 'nox-browser-'));
cleanup.push(() => rmSync(folder, { recursive: true }));

// Debian's Python has the module; another one in the path may not.
const { lines: post } = run('/usr/bin/python3', [at('../smtp/server.py')]);
const mailPort = Number((await post.next()).value);
const mails = [];
let arrived = () => {};
(async () => {
  for await (const line of post) {
    mails.push(JSON.parse(line));
    arrived();
  }
})();

/** The next mail to a person whose text holds something; it is taken out of the box. */
export async function mail(person, pattern) {
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    const index = mails.findIndex(
      ({ to, text }) => to.includes(person.email) && pattern.test(text),
    );
    if (index >= 0) return mails.splice(index, 1)[0].text.match(pattern)[0];
    await new Promise((resolve, reject) => {
      arrived = resolve;
      late.onabort = () => reject(new Error(`no mail to ${person.email} with ${pattern}`));
    });
  }
}

export const CODE = /\b\d{6}\b/;
export const LINK = /http\S+\/email\/confirmation\S+/;

const port = await freePort();
/** Passkeys belong to a name, and never to an address. */
const host = process.env.BROWSER_HOST ?? '127.0.0.1';
export const base = `http://${host}:${port}`;
/** Another site that logins may lead to; it answers nothing by itself. */
export const FRONT = 'https://front.example';
writeFileSync(
  join(folder, 'nox.toml'),
  `
[server]
listen = "127.0.0.1:${port}"
public_url = "${base}"
allowed_origins = ["${FRONT}"]
[instance]
links = [{ label = "Terms", url = "https://example.org/terms" }]
[users]
registration = "open"
default_tags = []
[login]
require_second_factor = "administrators"
[password]
memory_kib = 1024
# The code of the step before must outlast a step that ends while it is on its way.
[totp]
skew = 2
[mail]
host = "127.0.0.1"
port = ${mailPort}
tls = "none"
from = "Nox <nox@example.org>"
[log]
level = "error"
`,
);

let env = process.env;
let server;
/** Starts the server again, with variables that go before the configuration file. */
export async function serve(variables = {}) {
  await server?.end();
  env = { ...process.env, ...variables };
  server = run(NOX, ['serve'], { cwd: folder, env });
  assert.equal((await server.lines.next()).value, `listening on http://127.0.0.1:${port}`);
}
await serve();

export const nox = (args, input = '') =>
  execFileSync(NOX, args, {
    cwd: folder,
    env,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });

/** Changes the database, for what takes long in the pages. */
export const sql = (statement, ...values) =>
  execFileSync(
    '/usr/bin/python3',
    [
      '-c',
      'import sqlite3, sys\n' +
        'database = sqlite3.connect("nox.db", isolation_level=None)\n' +
        'database.execute(sys.argv[1], sys.argv[2:])',
      statement,
      ...values,
    ],
    { cwd: folder },
  );

/** Resets all rate limits, such as a code a minute. */
export const resetLimits = () => sql('DELETE FROM rate_limits');

/** Makes all sessions older than those that need no password. */
export const age = () => sql('UPDATE sessions SET created_at = created_at - 601000');

let count = 0;
/** A new user, so that no test shares the rate limits of another. */
export function person({
  totp = false,
  email = false,
  display = 'Ada Lovelace',
  tags = 'can_self_edit,can_file_upload',
} = {}) {
  count += 1;
  const name = `ada-${count}`;
  const someone = { name, password: PASSWORD, display, email: `${name}@example.org` };
  nox(
    ['user', 'add', name, '--display', display, '--email', someone.email, '--password-stdin'],
    PASSWORD,
  );
  nox(['user', 'set', name, '--tags', tags, '--verified', String(email)]);
  if (totp)
    someone.secret = JSON.parse(nox(['totp', 'enroll', name, '--no-confirm', '--json'])).secret;
  return someone;
}

/** What an authenticator app shows; another step than the last, since each is good once. */
export function code(someone) {
  const now = Math.floor(Date.now() / 30_000);
  const step = Math.max(now - 1, (someone.step ?? 0) + 1);
  assert.ok(step <= now + 1, 'too many codes within a minute');
  someone.step = step;
  return oathtool(someone.secret, step);
}

const oathtool = (secret, step) =>
  execFileSync('oathtool', ['--totp', '--base32', '--now', `@${step * 30}`, secret], {
    encoding: 'utf8',
  }).trim();

/** A code of an operator, for steps that are no matter of the app. */
export const operatorCode = ({ name }) => nox(['totp', 'code', name]).match(CODE)[0];

/** Six digits that no step near now has. */
export function wrongCode({ secret }) {
  const now = Math.floor(Date.now() / 30_000);
  const right = [-3, -2, -1, 0, 1, 2, 3].map((step) => oathtool(secret, now + step));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
    (digits) => !right.includes(digits),
  );
}
