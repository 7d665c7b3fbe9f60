// Every page in every state: axe-core (WCAG 2.2 AA) in light, dark and at 320 px; reflow; valid HTML; weight; other languages.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import vnu from 'vnu-jar';
import { closeBrowser } from '../chromium.mjs';
import { SPACING, axeFindings, htmlFaults, sideways } from '../judge.mjs';
import { Person } from '../person.mjs';
import { Program } from '../server.mjs';
import { tour } from '../tour.mjs';

const settings = { CLAVERO__LIMITS__ENABLED: 'false' };
/** Every document that the tours saw. */
const seen = new Set();
let program;
before(async () => { program = await Program.starts(settings); });
after(async () => {
  await program?.ends();
  await closeBrowser();
});

/** Takes someone whose browser asks for `locale` through every page. */
async function everyPage(locale, look) {
  const person = await Person.arrives(program, { locale });
  try {
    person.settings = settings;
    for await (const stop of tour(person)) {
      await look(stop, person);
      await person.page.setViewportSize({ width: 1280, height: 900 });
    }
    person.watch.findsNothing();
    await person.watch.html();
    for (const document of person.watch.documents) seen.add(document);
  } finally {
    await person.leaves();
  }
}

test('Every page, in every state', { timeout: 600_000 }, async (t) => {
  await everyPage('es-CL', async (stop, person) => {
    const { page } = person;
    await t.test(`${stop}: the HTML is valid`, async () => assert.deepEqual(await htmlFaults(await person.watch.html()), []));
    for (const [look, size, colorScheme] of [
      ['in light', { width: 1280, height: 900 }, 'light'],
      ['in dark', { width: 1280, height: 900 }, 'dark'],
      ['at 320 px', { width: 320, height: 640 }, 'light'],
    ]) {
      await t.test(`${stop}, ${look}: axe finds nothing`, async () => {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await axeFindings(page), []);
      });
    }
    await t.test(`${stop}: nothing scrolls sideways at 320 px, with wide text spacing, or with text twice as large`, async () => {
      assert.equal(await sideways(page), 0, 'at 320 px');
      assert.equal(await sideways(page, SPACING), 0, 'with the text spacing of WCAG 1.4.12');
      await page.setViewportSize({ width: 640, height: 640 });
      assert.equal(await sideways(page, 'html { font-size: 200% !important }'), 0, 'with text twice as large');
    });
    // A refused form is the same page with a few lines more; loading it again would send the form again.
    if (/nothing filled in|emptied/.test(stop)) return;
    await t.test(`${stop}: a first load is at most 20 KB and 6 requests`, async (t) => {
      const { bytes, requests } = await firstLoad(page);
      t.diagnostic(`${bytes} bytes, ${requests.length} requests`);
      assert.ok(bytes > 0 && bytes <= 20 * 1024, `${bytes} bytes: ${requests.join(' ')}`);
      assert.ok(requests.length <= 6, `${requests.length} requests: ${requests.join(' ')}`);
    });
  });
});

for (const [locale, language] of [['en', 'English'], ['ht', 'Kreyòl']]) {
  test(`Every page in ${language}: the HTML is valid, nothing scrolls sideways at 320 px`, { timeout: 300_000 }, async (t) => {
    await everyPage(locale, (stop, person) => t.test(stop, async () => {
      const { page } = person;
      assert.equal(await page.locator('html').getAttribute('lang'), locale);
      assert.deepEqual(await htmlFaults(await person.watch.html()), []);
      await page.setViewportSize({ width: 320, height: 640 });
      assert.equal(await sideways(page), 0, 'at 320 px');
      assert.equal(await sideways(page, SPACING), 0, 'with the text spacing of WCAG 1.4.12');
    }));
  });
}

test('The checker of the W3C finds nothing in any of these documents', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clavero-vnu-'));
  try {
    let number = 0;
    for (const document of seen) await writeFile(join(folder, `${(number += 1)}.html`), document);
    assert.ok(number > 50, `only ${number} documents`);
    const { status, stdout } = spawnSync('java', ['-jar', vnu, '--stdout', '--skip-non-html', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Loads the page again as if for the first time: what came over the wire, and what was asked for. */
async function firstLoad(page) {
  const wire = await page.context().newCDPSession(page);
  const requests = [];
  let bytes = 0;
  wire.on('Network.requestWillBeSent', ({ request }) => { if (!request.url.startsWith('data:')) requests.push(request.url); });
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.reload({ waitUntil: 'networkidle' });
  await wire.detach();
  return { bytes, requests };
}
