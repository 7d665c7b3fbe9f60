// G-2.3: what this installation does not offer yet leads to a page that says so, and whom to ask.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

walk('The links for legal persons and foreign facilitators lead to a contact', async (person) => {
  const card = person.page.locator('section', { has: person.page.getByRole('heading', { name: /^Persona Jurídica/ }) });
  const links = await card.getByRole('link').evaluateAll((all) => all.map((link) => ({ text: link.textContent, path: link.getAttribute('href') })));
  assert.equal(links.length, 4, JSON.stringify(links));
  assert.ok(links.some(({ text }) => /Solicitud de CS para Facilitador Extranjero/i.test(text)));
  for (const { text, path } of links) {
    assert.equal(await person.opens(path), 200, text);
    await person.shows('Mesa de personas jurídicas');
    assert.equal(await person.page.locator('main a[href="mailto:empresas@example.org"]').count(), 1, `${text} names no contact`);
  }
}, {
  settings: {
    CLAVERO__INSTITUTION__LEGAL_PERSONS__NAME: 'Mesa de personas jurídicas',
    CLAVERO__INSTITUTION__LEGAL_PERSONS__EMAIL: 'empresas@example.org',
  },
});

walk('The front page leads to every process, and links with equal words say for whom they are', async (person) => {
  const links = await person.page.locator('main a').evaluateAll((all) => all.map((link) => ({
    text: link.textContent.replace(/\s+/g, ' ').trim(), path: link.pathname,
  })));
  const byText = new Map();
  for (const { text, path } of links) {
    assert.ok(!byText.has(text) || byText.get(text) === path, `«${text}» leads to two places`);
    byText.set(text, path);
  }
  for (const path of [PAGES.register, PAGES.recover, PAGES.change, PAGES.update]) {
    assert.ok(links.some((link) => link.path === path), `no link to ${path}`);
  }
});

walk('Addresses match without regard to case and with a final slash', async (person) => {
  for (const path of ['/account/registrar', '/ACCOUNT/REGISTRAR/', '/Account/RecuperarClave/', '/AYUDA']) {
    assert.equal(await person.opens(path), 200, path);
  }
});

walk('An address that does not exist says what to do', async (person) => {
  assert.equal(await person.opens(PAGES.missing), 404);
  assert.ok(await person.page.locator('main a').count(), 'it is no dead end');
});
