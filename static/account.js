'use strict';

// Everything on the account page works without this script: it makes pictures small enough, and
// keeps what was typed into one form while another one is sent.

/** Makes a picture that is too large small enough to be sent; one that cannot be is not sent. */
async function fit(field) {
  const { limit, side, refused } = field.dataset;
  const [file] = field.files;
  field.setCustomValidity('');
  if (!file) return;
  try {
    // A moving picture would stand still.
    const picture = file.type !== 'image/gif' && (await createImageBitmap(file));
    const longest = Math.max(picture.width, picture.height);
    if (file.size <= limit && !(longest > side)) return;
    const canvas = document.createElement('canvas');
    for (let scale = Math.min(1, side / longest); scale > 0.01; scale /= 2) {
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, 'image/webp', 0.9));
      if (blob.size > limit) continue;
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], file.name, { type: blob.type }));
      field.files = chosen.files;
      return;
    }
  } catch {
    // What is no picture is told by the server, unless it is too large to be sent.
  }
  if (file.size > limit) field.setCustomValidity(refused);
}

/** Where what was typed is kept while another page is shown, in this tab alone. */
const KEPT = `nox:${document.querySelector('.account').dataset.account}`;
const keptForms = () => document.querySelectorAll('form[data-keep]');
/** What may be kept of a form: no password, no code, no file. */
const keptFields = (form) => [...form.elements].filter(
  ({ type, name }) => name && /^(text|email|textarea|select-one)$/.test(type),
);
const isChanged = (field) => (field.options
  ? !field.selectedOptions[0]?.defaultSelected
  : field.value !== field.defaultValue);

/** Keeps what was typed into the forms beside the one that is sent. */
function keep(sent) {
  const kept = {};
  for (const form of keptForms()) {
    // What was refused is still to be sent.
    const isOpen = form.querySelector('.error');
    const typed = keptFields(form).filter((field) => isOpen || isChanged(field));
    if (form !== sent && typed.length)
      kept[form.getAttribute('action')] = typed.map(({ name, value }) => [name, value]);
  }
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

/** Fills in what was kept, unless the page shows what was typed into that form itself. */
function restore() {
  if (!keptForms().length) return;
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
  sessionStorage.removeItem(KEPT);
  for (const form of keptForms()) {
    const typed = kept[form.getAttribute('action')] ?? [];
    for (const [name, value] of form.querySelector('.error') ? [] : typed) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    if (typed.length) form.closest('details')?.setAttribute('open', '');
  }
}

addEventListener('submit', ({ target }) => {
  if (target.getAttribute('action') === '/account/logout') sessionStorage.removeItem(KEPT);
  else keep(target);
}, true);
document.querySelectorAll('a[hreflang]').forEach((link) => {
  link.addEventListener('click', () => keep());
});

function attachAccountHandlers() {
  restore();
  document.querySelectorAll('[data-limit]').forEach((field) => {
    field.addEventListener('change', () => fit(field));
  });
  // The picture at the top opens the choice of another one, and sends it.
  document.querySelectorAll('[data-choose]').forEach((link) => {
    const field = document.getElementById(link.dataset.choose);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      field.click();
      field.addEventListener('change', async () => {
        await fit(field);
        if (field.files.length) field.form.requestSubmit();
      }, { once: true });
    });
  });
}

attachAccountHandlers();
addEventListener('shown', attachAccountHandlers);
