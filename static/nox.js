'use strict';

const $ = (id) => document.getElementById(id);

/** Asks the API; resolves to the HTTP status and the envelope, or to status 0 where the server is out of reach. */
async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (body) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch('/api' + path, options);
    const { data, error } = await response.json();
    // An answer without either is a proxy's, not the server's.
    return data || error ? { status: response.status, data, error } : { status: 0 };
  } catch {
    return { status: 0 };
  }
}

/** Shows what went wrong; the focus goes there, or stays in the field that is to be filled again. */
function showError(text, field = null) {
  $('error').textContent = text;
  $('error').hidden = false;
  (field ?? $('error')).focus();
}

/** What a refusal means to a person: by the API's error codes, or 0 where no answer came. */
function explain({ status, error }) {
  switch (status && error.code) {
    case 0: return 'The server is out of reach. Check your connection and try again.';
    case 2: return 'The username or the password is wrong.';
    case 5: return error.message.includes('factor_code')
      ? 'That code is wrong, has expired or was used already.'
      : 'The username or the password is wrong.';
    case 10: return 'The server is busy. Try again in a moment.';
    case 8: case 1001: return error.message;
    default: return 'Something went wrong on the server. Try again later.';
  }
}

function loginPage(form) {
  const code = $('factor_code');
  const isCodeStep = () => !code.disabled;

  const step = (toCode) => {
    $('credentials').hidden = toCode;
    $('factor').hidden = !toCode;
    $('back').hidden = !toCode;
    code.disabled = !toCode;
    code.value = '';
    $('who').textContent = $('identifier').value.trim();
    $('title').textContent = toCode ? 'One more step' : 'Log in';
    $('submit').textContent = toCode ? 'Continue' : 'Log in';
    $('error').hidden = true;
    (toCode ? code : $('identifier')).focus();
  };

  const reveal = (shown) => {
    $('password').type = shown ? 'text' : 'password';
    $('reveal').setAttribute('aria-pressed', shown);
    $('reveal').textContent = shown ? 'Hide' : 'Show';
  };

  let busy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    $('submit').setAttribute('aria-busy', 'true');
    // Password managers save what they find in a password field.
    reveal(false);
    const credentials = { identifier: $('identifier').value, password: $('password').value };
    if (isCodeStep()) credentials.factor_code = code.value.replace(/\s/g, '');
    const answer = await ask('POST', '/auth/login', credentials);
    busy = false;
    $('submit').setAttribute('aria-busy', 'false');
    if (answer.status === 200) return location.replace('/account');
    if (answer.status === 428) return step(true);
    if (isCodeStep()) code.value = '';
    showError(explain(answer), isCodeStep() ? code : null);
  });

  code.addEventListener('input', () => {
    if (/^\d{6}$/.test(code.value.replace(/\s/g, ''))) form.requestSubmit();
  });
  $('reveal').addEventListener('click', () => reveal($('password').type === 'password'));
  $('back').addEventListener('click', () => { $('password').value = ''; step(false); });
}

async function accountPage(form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await ask('POST', '/auth/logout');
    // 7: somebody else ended this session already.
    if (answer.status === 200 || answer.error?.code === 7) return location.replace('/login');
    showError(explain(answer));
  });
  const answer = await ask('GET', '/users/@me');
  if (answer.error?.code === 7) return location.replace('/login');
  if (answer.status !== 200) return showError(explain(answer));
  $('display').textContent = answer.data.display;
  $('address').textContent = answer.data.username + '@' + answer.data.server;
}

// A page from the browser's memory may show somebody who has logged out since.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

if ($('login')) loginPage($('login'));
if ($('logout')) accountPage($('logout'));
