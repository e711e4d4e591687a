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

document.querySelectorAll('[data-limit]').forEach((field) => {
  field.addEventListener('change', () => fit(field));
});
