// Every mail that a person gets on the way through the portal, opened as mail programs show it: accessible, whole by itself, and the same in text.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, newWindow } from '../chromium.mjs';
import { SPACING, WCAG, axeFindings, htmlFaults, sideways } from '../judge.mjs';
import { Person } from '../person.mjs';
import { Program } from '../server.mjs';

let program;
before(async () => { program = await Program.starts({ CLAVERO__LIMITS__ENABLED: 'false' }); });
after(async () => {
  await program?.ends();
  await closeBrowser();
});

/** The mails of a registration, a link in place of the captcha, a provisional key, a change of the key and a login from a new device. */
async function mails(locale) {
  const person = await Person.arrives(program, { locale });
  try {
    await person.registers();
    await person.asksForQuestion();
    await person.writes({ respuesta: person.answer });
    await person.follows(() => person.page.locator('main button[name=accion][value=sin_captcha]').click());
    await person.forgets();
    await person.changesKey(person.provisional, 'mate8Lejos');
    await person.logsIn(person.key, '/cuenta');
    const elsewhere = await Person.arrives(program, { locale });
    Object.assign(elsewhere, { rut: person.rut, key: person.key });
    await elsewhere.logsIn(person.key, '/cuenta');
    await elsewhere.leaves();
    return await program.messagesTo(person.email, 5);
  } finally {
    await person.leaves();
  }
}

for (const locale of ['es-CL', 'en', 'ht']) {
  test(`Mails in ${locale}`, { timeout: 120_000 }, async (t) => {
    const all = await mails(locale);
    const context = await newWindow();
    const page = await context.newPage();
    try {
      // Whatever a mail would load from elsewhere is asked for here.
      const asked = [];
      await page.route('**/*', (route) => { asked.push(route.request().url()); return route.abort(); });
      for (const { subject, text, html } of all) {
        await t.test(subject, async () => {
          assert.deepEqual(await htmlFaults(html), []);
          await page.setContent(html);
          assert.equal(await page.locator('html').getAttribute('lang'), locale);
          for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            // Landmarks are the mail program's.
            assert.deepEqual(await axeFindings(page, WCAG), [], colorScheme);
          }
          await page.setViewportSize({ width: 320, height: 640 });
          assert.equal(await sideways(page), 0, 'at 320 px');
          assert.equal(await sideways(page, SPACING), 0, 'with the text spacing of WCAG 1.4.12');
          assert.deepEqual(asked, [], 'a mail loads nothing');
          const words = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
          for (const line of text.split('\n').filter((line) => line && !line.includes('://'))) {
            assert.ok(words.includes(line.replace(/\s+/g, ' ')), `«${line}» stands in the text alone`);
          }
          assert.ok(!/\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]/.test(subject + text), 'no RUT');
        });
      }
    } finally {
      await context.close();
    }
  });
}
