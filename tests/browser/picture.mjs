// A small picture with some colour, as a file that a user chooses.

export const PICTURE = {
  name: 'picture.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGN4VmFj03OCIWpL3odL' +
      'UQAtmgbDiwwGnQAAAABJRU5ErkJggg==',
    'base64',
  ),
};
