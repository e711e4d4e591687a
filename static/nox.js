'use strict';

// Everything works without this script: it keeps what was typed where the server is out of reach,
// sends a code as soon as it is whole, counts down, and shows times as the reader's clock does.

const all = (selector, use) => document.querySelectorAll(selector).forEach(use);

/** Shows what went wrong, above the form or after an element, and leads the focus there. */
function showError(text, place = document.querySelector('h1')) {
  document.getElementById('message')?.remove();
  const error = document.createElement('p');
  Object.assign(error, { id: 'message', className: 'error', role: 'alert', tabIndex: -1 });
  error.textContent = text;
  place.after(error);
  error.focus();
}

/** How long a form that leaves the page stays on its way, where the reader may stop it. */
const STOPPED = 10_000;

/** Lets a form be sent again. */
const release = (form) => { form.ariaBusy = 'false'; };

/** Sends what a form holds. */
const post = (form, url) => {
  const body = new URLSearchParams(new FormData(form));
  return fetch(url, { method: 'POST', body });
};

/** Shows the page of an answer in the place of this one. */
async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = page.querySelector('main[data-unreachable]');
  // An answer that is none of our pages is a proxy's.
  if (!main) throw new TypeError(answer.statusText);
  document.querySelector('main').replaceWith(main);
  document.title = page.title;
  attachHandlers();
  dispatchEvent(new Event('shown'));
  main.querySelector('[autofocus]')?.focus();
}

/** Sends a form without leaving the page: a refusal takes the page's place, a success leads on. */
async function send(form) {
  // Password managers save what they find in a password field.
  form.querySelectorAll('[data-reveal]').forEach((button) => reveal(button, false));
  try {
    const answer = await post(form, form.action);
    if (answer.redirected) {
      setTimeout(release, STOPPED, form);
      return location.assign(answer.url);
    }
    await show(answer);
  } catch {
    showError(document.querySelector('main').dataset.unreachable);
  }
  release(form);
}

function reveal(button, shown) {
  const field = document.getElementById(button.getAttribute('aria-controls'));
  button.dataset.show ??= button.textContent;
  field.type = shown ? 'text' : 'password';
  button.ariaPressed = shown;
  button.textContent = shown ? button.dataset.reveal : button.dataset.show;
}

function attachHandlers() {
  all('form[data-stay] .code', (field) => field.addEventListener('input', () => {
    if (/^\d{6}$/.test(field.value.replace(/\s/g, ''))) field.form.requestSubmit();
  }));
  all('[data-reveal]', (button) => {
    button.hidden = false;
    button.addEventListener('click', () => reveal(button, button.ariaPressed !== 'true'));
  });
  all('[data-copy]', (button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
      button.textContent = button.dataset.copied;
    });
  });
  all('[data-print]', (button) => {
    button.hidden = false;
    button.addEventListener('click', () => print());
  });
  all('time', (time) => {
    const { lang } = document.documentElement;
    // The page's language as the reader's country writes it.
    const locale = navigator.languages.find((tag) => tag.startsWith(lang)) ?? lang;
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
    const full = format.format(new Date(time.dateTime));
    // What is told by its distance stays so.
    if (time.textContent === time.title) time.textContent = full;
    time.title = full;
  });
  all('[data-seconds]', (count) => {
    const end = performance.now() + 1000 * count.dataset.seconds;
    const { lang } = document.documentElement;
    const format = new Intl.NumberFormat(lang, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
    const timer = setInterval(() => {
      const left = Math.ceil((end - performance.now()) / 60_000);
      if (left <= 0 || !count.isConnected) return clearInterval(timer);
      count.textContent = format.format(left);
    }, 1000);
  });
}

attachHandlers();

// While a form is on its way, its buttons send nothing more.
addEventListener('submit', (event) => {
  const form = event.target;
  const isBusy = form.ariaBusy === 'true';
  form.ariaBusy = 'true';
  if (isBusy || 'stay' in form.dataset) event.preventDefault();
  if (isBusy) return;
  if ('stay' in form.dataset) send(form);
  else setTimeout(release, STOPPED, form);
});

// A page from the browser's memory may show somebody who has logged out since.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
