// What is judged of every document, page or mail: axe-core (WCAG 2.2 AA), valid HTML, no scrolling sideways.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const html = new HtmlValidate(new StaticConfigLoader({
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  // Our own files come under names that say what is in them.
  rules: { 'require-sri': ['error', { target: 'crossorigin' }] },
}));

/** What is wrong in a document's text. */
export async function htmlFaults(text) {
  const report = await html.validateString(text);
  return report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}

/** What axe finds on a page as it stands. */
export async function axeFindings(page, tags = [...WCAG, 'best-practice']) {
  // Evaluated by the debugger, not by the page: the content security policy does not see it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

export const SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }`;

/** By how many pixels the page is wider than the window, with an extra style sheet. */
export async function sideways(page, css = '') {
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
