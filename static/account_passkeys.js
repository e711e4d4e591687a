'use strict';

// What the account page does with passkeys beyond the other pages, behind their script.

/** What the server wants of the browser for a new passkey; a refusal takes the page's place. */
async function askToCreate(form) {
  const answer = await post(form, form.dataset.options);
  if (answer.headers.get('content-type').includes('json')) return answer.json();
  return answer.redirected ? location.assign(answer.url) : show(answer);
}

/** Where it is said why there is no passkey: at the field, or at the form. */
const placeOf = (form, field) =>
  (field?.labels?.length ? field.labels[0] : (field?.form ?? form).elements.token);

/** Fills a field in with the code that the form of a passkey gets. */
async function fill(form, field) {
  const answer = await post(form, form.action);
  if (answer.redirected) return location.assign(answer.url);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  tellIfUnknown(page);
  const code = page.getElementById('given-code');
  if (!code) return showError(page.getElementById('message').textContent, placeOf(form, field));
  field.value = code.textContent;
  if (field.type !== 'hidden') return field.focus();
  // It takes the place of the password.
  const passwords = field.form.querySelectorAll('[type=password]');
  passwords.forEach((password) => { password.required = false; });
  field.form.requestSubmit();
  passwords.forEach((password) => { password.required = true; });
  field.value = '';
}

function attachAccountPasskeys() {
  all('[data-signals]', ({ dataset }) => {
    const facts = JSON.parse(dataset.signals);
    tell('AllAcceptedCredentials', facts);
    tell('CurrentUserDetails', facts);
  });
  all('.no-passkeys', (why) => {
    const { origin, elsewhere } = why.closest('form').dataset;
    if (location.origin !== origin) why.textContent = elsewhere;
  });
  // Only a browser that can use passkeys has kept it.
  const giver = document.querySelector('form[action="/account/passkeys/code"]');
  all('[data-fill]', (button) => {
    button.hidden = !giver;
    const field = document.getElementById(button.dataset.fill);
    button.addEventListener('click', () => use(giver, { field }));
  });
}

attachAccountPasskeys();
addEventListener('shown', attachAccountPasskeys);
