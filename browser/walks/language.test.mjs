// Spanish, English and Kreyòl: chosen by the browser, switched by the person, kept.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

const language = (person) => person.page.locator('html').getAttribute('lang');
const switchTo = (person, code) => person.follows(() => person.page.locator(`header a[hreflang^=${code}]`).click());

walk('A person switches to English and to Kreyòl, and it stays', async (person) => {
  assert.equal(await language(person), 'es-CL');
  const spoken = new Map();
  await person.opens(PAGES.register);
  spoken.set('es', await person.heading());
  for (const code of ['en', 'ht']) {
    await switchTo(person, code);
    for (const path of [PAGES.portal, PAGES.recover, PAGES.change, PAGES.update, PAGES.help, PAGES.privacy, PAGES.accessibility, PAGES.register]) {
      await person.opens(path);
      assert.equal(await language(person), code, path);
    }
    spoken.set(code, await person.heading());
  }
  assert.equal(new Set(spoken.values()).size, 3, [...spoken.values()].join(' | '));

  // An error and its message come in the language too.
  assert.equal(await person.presses(), 422);
  assert.equal(await language(person), 'ht');
  assert.doesNotMatch(await person.reads(), /Hay un problema|Ingrese/);

  await switchTo(person, 'es');
  await person.opens(PAGES.portal);
  assert.equal(await language(person), 'es-CL');
});

walk('A browser that asks for Kreyòl gets it', async (person) => {
  assert.equal(await language(person), 'ht');
}, { window: { locale: 'ht' } });

walk('A person registers and recovers in English', async (person) => {
  await switchTo(person, 'en');
  await person.fillsRegistration();
  assert.equal(await person.presses(), 200, await person.reads());
  assert.equal(await person.outcome(), 'exito');
  await person.asksForQuestion();
  await person.shows(person.question);
  assert.equal(await language(person), 'en');
}, { window: { locale: 'es-CL' } });
