// Every page in every state: axe-core (WCAG 2.2 AA) in light, dark and at 320 px; reflow; valid HTML.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { closeBrowser } from '../chromium.mjs';
import { Person } from '../person.mjs';
import { Program } from '../server.mjs';
import { tour } from '../tour.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const html = new HtmlValidate(new StaticConfigLoader({
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {},
}));

const settings = { CLAVERO__LIMITS__ENABLED: 'false' };
let program;
let person;
before(async () => {
  program = await Program.starts(settings);
  person = await Person.arrives(program);
  person.settings = settings;
});
after(async () => {
  await person?.leaves();
  await program?.ends();
  await closeBrowser();
});

test('Every page, in every state', { timeout: 600_000 }, async (t) => {
  for await (const stop of tour(person)) {
    const { page } = person;
    await t.test(`${stop}: the HTML is valid`, async () => {
      const report = await html.validateString(await person.watch.html());
      const faults = report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
      assert.deepEqual(faults, []);
    });
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
    await page.setViewportSize({ width: 1280, height: 900 });
  }
  person.watch.findsNothing();
});

async function axeFindings(page) {
  // Evaluated by the debugger, not by the page: the content security policy does not see it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags } }), WCAG);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

const SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }`;

/** By how many pixels the page is wider than the window, with an extra style sheet. */
async function sideways(page, css = '') {
  return page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
    const root = document.documentElement;
    const wider = root.scrollWidth - root.clientWidth;
    document.adoptedStyleSheets = [];
    return wider;
  }, css);
}
