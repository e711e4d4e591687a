'use strict';

// Passkeys, which only a script can use. A form that takes one has a hidden field for the browser's
// answer, and is sent as every form. The account page has another script beside this one.

/** The passkey that the browser has answered with last. */
let answered;

/** Tells the browser what its passkeys are worth here, where it takes that. */
const tell = (kind, facts) =>
  window.PublicKeyCredential?.[`signal${kind}`]?.(facts).catch(() => {});

/** Tells the browser if a page says that no account has the passkey. */
function tellIfUnknown(page) {
  if (page.querySelector('[data-unknown-passkey]')) tell('UnknownCredential', answered);
}

/** The ceremony that runs now, since a browser runs one at a time. */
let running = new AbortController();
/** Whether it is one that was asked for, and no offer beside the fields of the page. */
let isAsked = false;
/** When an offer has to be renewed: browsers show it longer than its challenge is good. */
let stale = 0;
let renewal;

/** What the server wants of the browser; nothing where it refuses, which its page says then. */
async function ask(form) {
  const { passkey, options, challenge, over } = form.dataset;
  if (passkey === 'create') return askToCreate(form);
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(options, { method: 'POST', headers, body: JSON.stringify({ challenge }) });
  if (answer.ok) return (await answer.json()).data.options;
  // The page is older than what it was made for.
  if (isAsked) location.assign(over ?? location.pathname + location.search);
}

/** Why there is no passkey, in the words of the page. */
function wordsOf({ name }, { dataset }) {
  if (name === 'InvalidStateError') return dataset.known;
  if (name === 'SecurityError') return dataset.elsewhere;
  const isOutOfReach = name === 'TypeError' || name === 'SyntaxError';
  return isOutOfReach ? document.querySelector('main').dataset.unreachable : dataset.unused;
}

/** Asks the browser for a passkey, and sends its form; with a field, only to fill that in. */
async function use(form, { mediation, field } = {}) {
  running.abort();
  clearTimeout(renewal);
  running = new AbortController();
  const { signal } = running;
  isAsked = !mediation;
  form.ariaBusy = String(isAsked);
  try {
    const options = await ask(form);
    if (!options || signal.aborted) return;
    stale = Date.now() + 0.75 * options.timeout;
    if (mediation) renewal = setTimeout(offer, 0.75 * options.timeout);
    const { passkey } = form.dataset;
    const publicKey = passkey === 'create'
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials[passkey]({ publicKey, signal, mediation });
    answered = { rpId: options.rpId, credentialId: credential.id };
    form.elements.credential.value = JSON.stringify(credential);
    form.ariaBusy = 'false';
    if (field) await fill(form, field);
    else form.requestSubmit();
    form.elements.credential.value = '';
  } catch (error) {
    form.ariaBusy = 'false';
    if (signal.aborted || mediation) return;
    showError(wordsOf(error, form), form.closest('.account') ? placeOf(form, field) : undefined);
    isAsked = false;
    offer();
  }
}

/** Offers passkeys where the name is typed, until one is chosen. */
async function offer() {
  const form = document.querySelector('form[data-offer]:not([hidden])');
  if (!form || document.hidden) return;
  const canOffer = await PublicKeyCredential.isConditionalMediationAvailable?.();
  if (canOffer && !isAsked) use(form, { mediation: 'conditional' });
}

function attachPasskeys() {
  isAsked = false;
  tellIfUnknown(document);
  // Older browsers cannot read what the server wants, and other addresses get no passkey.
  const knows = !!window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  all('form[data-passkey]', (form) => {
    if (!knows || location.origin !== form.dataset.origin) {
      return form.hidden && form.remove();
    }
    form.hidden = false;
    form.querySelector('.no-passkeys')?.remove();
    form.querySelectorAll('[hidden]').forEach((part) => { part.hidden = false; });
  });
  offer();
}

attachPasskeys();
addEventListener('shown', attachPasskeys);
addEventListener('visibilitychange', () => {
  if (!isAsked && Date.now() > stale) offer();
});
// Before any other handler: the form is sent once there is a passkey.
addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.dataset.passkey || form.elements.credential.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy !== 'true') use(form);
}, true);
