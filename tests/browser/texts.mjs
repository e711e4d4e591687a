// The texts of the pages, and the ways in which every page must work.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The texts of the pages, from their own tables: the tests hold that the right one is shown. */
const texts = (name) =>
  Object.fromEntries(
    [
      ...readFileSync(at(`../../src/http/pages/texts/${name}.rs`), 'utf8').matchAll(
        /^ {4}(\w+):\s+"((?:[^"\\]|\\[^])*)",$/gm,
      ),
    ]
      // A long text goes on behind a backslash, on the next line.
      .map(([, key, text]) => [
        key,
        text.replaceAll(/\\\n\s*/g, '').replaceAll('\\u{a0}', '\u{a0}'),
      ]),
  );
export const TEXTS = { en: texts('english'), fr: texts('french') };

/** Every page works in each of these ways. */
export const WAYS = [true, false].flatMap((js) =>
  ['en', 'fr'].map((lang) => ({
    js,
    lang,
    t: TEXTS[lang],
    name: `${lang}, ${js ? 'with' : 'without'} JavaScript`,
    settings: { javaScriptEnabled: js, locale: lang === 'en' ? 'en-GB' : 'fr-FR' },
  })),
);

/** Enough where the language decides nothing: one way with the script, the other without. */
export const BOTH = [WAYS[0], WAYS[3]];

/** Everything that stands before and after the value that a text has a place for. */
export const around = (text) =>
  new RegExp(
    text
      .split('{}')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+'),
  );
