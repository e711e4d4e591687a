// The login by password, and where it leads.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alert, button, close, enter, focused, logIn, open, pathOf, refused } from './chromium.mjs';
import { FRONT, PASSWORD, base, nox, person } from './instance.mjs';
import { BOTH, LANGUAGES, TEXTS, WAYS } from './texts.mjs';

for (const { name, settings, t, js } of WAYS) {
  test(`a password logs in, and the button logs out (${name})`, async () => {
    const ada = person();
    const page = await open('/', settings);
    assert.equal(pathOf(page), '/login');
    await page.getByRole('heading', { name: t.log_in }).waitFor();
    await focused(page, 'identifier');
    assert.equal(
      await page.locator('[data-reveal]').isVisible(),
      js,
      'a button that needs a script is there with one',
    );
    await enter(page, ada);
    await page.waitForURL('**/account');
    await page.getByText('Ada Lovelace').waitFor();
    await page.goto(`${base}/`);
    assert.equal(pathOf(page), '/account');
    await page.goto(`${base}/login`);
    assert.equal(pathOf(page), '/account', 'who is logged in is not asked again');
    const session = (await page.context().cookies()).find((cookie) => cookie.name === '_uid');
    assert.deepEqual([session.httpOnly, session.sameSite], [true, 'Lax']);
    await page.getByRole('button', { name: t.log_out }).click();
    await page.waitForURL('**/login?because=out');
    assert.ok(!(await page.context().cookies()).some((cookie) => cookie.name === '_uid'));
    await page.goto(`${base}/account`);
    assert.equal(pathOf(page), '/login');
    await close(page);
  });

  test(`wrong password or unknown name: the same words, the name is kept (${name})`, async () => {
    const ada = person();
    const page = await open('/login?return_to=/account%3Fdone%3Dsaved', settings);
    for (const who of [ada.name, `${ada.name}x`]) {
      await enter(page, { name: who, password: 'wrong horse' });
      await page.locator(`#identifier[value="${who}"]`).waitFor();
      await refused(page, t.wrong_login);
      assert.equal(await page.locator('#identifier').inputValue(), who);
      assert.equal(await page.locator('#password').inputValue(), '');
    }
    await enter(page, ada);
    await page.waitForURL(`${base}/account?done=saved`);
    await close(page);
  });
}

for (const { name, settings, t, js } of BOTH) {
  test(`too many attempts and a disabled account have words of their own (${name})`, async () => {
    const [ada, eve] = [person(), person()];
    const page = await open('/login', settings);
    nox(['user', 'disable', eve.name]);
    await enter(page, eve);
    await refused(page, t.suspended);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await enter(page, { ...ada, password: `wrong ${attempt}` });
      await answered;
      await refused(page, t.wrong_login);
    }
    await enter(page, ada);
    await refused(page, t.too_many_before);
    const seconds = page.locator('[data-seconds]');
    const left = Number(await seconds.getAttribute('data-seconds'));
    assert.ok(left > 800 && left <= 900, `${left} seconds are left`);
    assert.match(await seconds.textContent(), /^1[45] \w+$/, 'in minutes');
    await close(page);
  });

  test(`a login leads back to paths and configured origins alone (${name})`, async () => {
    const ada = person();
    const page = await logIn(ada, settings, '/account?done=saved&x=%C3%A4%26');
    for (const target of [
      '//evil.example/',
      'https://evil.example/',
      'javascript:alert(1)',
      '/\\evil.example',
      'data:,x',
      `${FRONT}.evil.example/`,
      'account',
    ]) {
      await page.goto(`${base}/login?return_to=${encodeURIComponent(target)}`);
      assert.equal(pathOf(page), '/account', target);
    }
    await button(page, '/account/logout').click();
    await page.waitForURL('**/login?because=out');
    await page.goto(`${base}/login?return_to=${encodeURIComponent('//evil.example/')}`);
    await enter(page, ada);
    await page.waitForURL(`${base}/account`);
    assert.deepEqual(page.faults, []);
    await page.context().clearCookies();

    // The other site is played here.
    await page.route(`${FRONT}/**`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>front</title>' }),
    );
    await page.goto(`${base}/login?return_to=${encodeURIComponent(`${FRONT}/room?a=b&c`)}`);
    await enter(page, ada);
    await page.waitForURL(`${FRONT}/room?a=b&c`);
    assert.deepEqual(
      [...new Set(page.faults)].filter((fault) => !fault.startsWith(`asks ${FRONT}/`)),
      [],
    );
    await page.context().close();
  });
}

for (const lang of LANGUAGES) {
  const t = TEXTS[lang];
  test(`a server out of reach or busy says so, and what was typed stays (${lang})`, async () => {
    const page = await open(`/login?lang=${lang}`);
    const html = await page.content();
    const busy = html.replace(
      '</h1>',
      `</h1><p class="error" role="alert" tabindex="-1" autofocus>${t.busy}</p>`,
    );
    for (const [answer, words] of [
      [(route) => route.abort(), t.unreachable],
      [(route) => route.fulfill({ status: 503, contentType: 'text/html', body: busy }), t.busy],
      [(route) => route.fulfill({ status: 502, body: '<html>' }), t.unreachable],
      [(route) => route.fulfill({ status: 504, json: { detail: 'a proxy' } }), t.unreachable],
    ]) {
      await page.route(
        '**/login',
        (route) => (route.request().method() === 'POST' ? answer(route) : route.fallback()),
        { times: 1 },
      );
      await enter(page, { name: 'ada', password: PASSWORD });
      await refused(page, words);
      if (words === t.unreachable)
        assert.equal(await page.locator('#password').inputValue(), PASSWORD);
    }
    // That the console speaks of those answers is right.
    page.faults = page.faults.filter((fault) => !/^Failed to load resource/.test(fault));
    await close(page);
  });
}

test('the button shows the password, and hides it before it is sent', async () => {
  const ada = person();
  const page = await open('/login');
  const [field, reveal] = [
    page.locator('#password'),
    page.getByRole('button', { name: TEXTS.en.show_password }),
  ];
  await field.fill('wrong horse');
  await reveal.click();
  assert.deepEqual(
    [await field.getAttribute('type'), await reveal.getAttribute('aria-pressed')],
    ['text', 'true'],
  );
  await reveal.click();
  assert.equal(await field.getAttribute('type'), 'password');
  await reveal.click();
  const types = [];
  await page.route(
    '**/login',
    async (route) => {
      types.push(await field.getAttribute('type'));
      await route.fallback();
    },
    { times: 1 },
  );
  await enter(page, ada);
  await page.waitForURL('**/account');
  assert.deepEqual(types, ['password']);
  await close(page);
});

test('password managers find what they look for', async () => {
  const page = await open('/login');
  const fields = await page
    .locator('form[action="/login"] input:not([type=hidden])')
    .evaluateAll((inputs) =>
      inputs.map(({ name, type, autocomplete }) => ({ name, type, autocomplete })),
    );
  assert.deepEqual(fields, [
    { name: 'identifier', type: 'text', autocomplete: 'username' },
    { name: 'password', type: 'password', autocomplete: 'current-password' },
  ]);
  await close(page);
});

test('nothing that the address or a field says becomes part of the page', async () => {
  const mark = '"><script>document.title="x"</script>';
  const page = await open(
    `/login?return_to=${encodeURIComponent(mark)}&because=${encodeURIComponent(mark)}`,
  );
  await enter(page, { name: mark, password: mark });
  await refused(page, TEXTS.en.wrong_login);
  assert.equal(await page.locator('#identifier').inputValue(), mark);
  assert.equal(await page.locator('main script').count(), 0);
  await close(page);
});

test('a form of another browser, or of none, is not taken', async () => {
  const page = await open('/login');
  await page.context().clearCookies();
  await enter(page, person());
  await refused(page, TEXTS.en.form_without_cookie);
  await close(page);
});

test('a first visit asks for three things at most, and nothing moves on it', async () => {
  const page = await open('/healthz');
  const asked = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.push(request.url());
  });
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => {
        window.shift += entry.value;
      }),
    ).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${base}/login`, { waitUntil: 'networkidle' });
  assert.ok(asked.length <= 3, asked.join(' '));
  assert.equal(await page.evaluate(() => window.shift), 0);
  await close(page);
});
