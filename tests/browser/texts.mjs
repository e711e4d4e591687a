// The texts of the pages, and the ways in which every page must work.

import { readFileSync, readdirSync } from 'node:fs';

const WORDS = new URL('../../src/words/', import.meta.url);

/** The files of words, one for each language, which say its tag. */
const tables = readdirSync(WORDS)
  .map((name) => readFileSync(new URL(name, WORDS), 'utf8'))
  .filter((table) => /^ {4}tag: "/m.test(table));

const one = (table, name) => table.match(new RegExp(`^ {4}${name}: "(.*)",$`, 'm'))[1];

/** Texts of one kind, from their own tables: the tests hold that the right one is shown. */
const texts = (table, kind) =>
  Object.fromEntries(
    [
      ...table
        .match(new RegExp(`: ${kind} = ${kind} \\{\\n([^]*?)^\\};`, 'm'))[1]
        .matchAll(/^ {4}(\w+):\s+"((?:[^"\\]|\\[^])*)",$/gm),
    ]
      // A long text goes on behind a backslash, on the next line.
      .map(([, key, text]) => [
        key,
        text.replaceAll(/\\\n\s*/g, '').replaceAll('\\u{a0}', '\u{a0}'),
      ]),
  );

const byTag = (kind) =>
  Object.fromEntries(tables.map((table) => [one(table, 'tag'), texts(table, kind)]).sort());
/** The texts of the pages, by the tag of their language. */
export const TEXTS = byTag('Texts');
/** What the pages call what happened, by the tag of their language. */
export const EVENTS = byTag('Events');
/** The names of the languages, by their tag. */
export const NAMES = Object.fromEntries(
  tables.map((table) => [one(table, 'tag'), one(table, 'name')]),
);
export const LANGUAGES = Object.keys(TEXTS);
/** The locale of a browser that asks for a language. */
export const locale = (lang) => (lang === 'en' ? 'en-GB' : `${lang}-${lang.toUpperCase()}`);

/** Every page works in each of these ways. */
export const WAYS = [true, false].flatMap((js) =>
  LANGUAGES.map((lang) => ({
    js,
    lang,
    t: TEXTS[lang],
    name: `${lang}, ${js ? 'with' : 'without'} JavaScript`,
    settings: { javaScriptEnabled: js, locale: locale(lang) },
  })),
);

/** Enough where the language decides nothing: one way with the script, the other without. */
export const BOTH = [
  WAYS.find(({ lang, js }) => lang === 'en' && js),
  WAYS.find(({ lang, js }) => lang === 'fr' && !js),
];

/** Everything that stands before and after the value that a text has a place for. */
export const around = (text) =>
  new RegExp(
    text
      .split('{}')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+'),
  );
