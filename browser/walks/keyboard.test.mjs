// With the keyboard alone: the skip link, the order of the focus, its visibility, a whole registration.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

walk('The first tab stop skips to the content, and the focus goes through the form in its order, always visible', async (person) => {
  await person.opens(PAGES.register);
  const first = await tab(person.page);
  assert.equal(first.text, 'Saltar al contenido principal');
  assert.ok(first.visible, 'the skip link is seen when it has the focus');
  await person.page.keyboard.press('Enter');

  const inOrder = await person.page.locator('main form').first().evaluate((form) =>
    [...form.elements].filter((e) => e.type !== 'hidden' && e.localName !== 'fieldset' && !e.hidden && e.name !== '').map((e) => e.name));
  const passed = [];
  for (let stops = 0; stops < 120 && passed.at(-1) !== 'Ingresar'; stops += 1) {
    const stop = await tab(person.page);
    assert.ok(stop.ring, `the focus on ${stop.name || stop.text} has no ring of 3 px`);
    assert.ok(stop.visible, `the focus on ${stop.name || stop.text} is out of sight`);
    if (stop.name || stop.text === 'Ingresar') passed.push(stop.name || stop.text);
  }
  assert.deepEqual(passed.slice(0, -1), inOrder);
  assert.equal(passed[0], 'rut');
});

walk('A person registers with the keyboard alone', async (person) => {
  await person.opens(PAGES.register);
  await tab(person.page);
  await person.page.keyboard.press('Enter');
  const values = { ...person.registration(), pregunta: '3' };
  const left = new Set(Object.keys(values));
  for (let stops = 0; stops < 120 && left.size > 0; stops += 1) {
    const { name, kind } = await tab(person.page);
    if (!left.delete(name)) continue;
    if (kind !== 'select') {
      await person.page.keyboard.type(values[name]);
      continue;
    }
    for (let steps = 0; steps < 346 && (await person.field(name).inputValue()) !== values[name]; steps += 1) {
      await person.page.keyboard.press('ArrowDown');
    }
    assert.equal(await person.field(name).inputValue(), values[name]);
  }
  assert.deepEqual([...left], []);
  assert.equal(await person.follows(() => person.page.keyboard.press('Enter')), 200, await person.reads());
  await person.endsWith('exito', 'Su registro fue recibido');
});

/** Presses Tab; tells what has the focus now. */
async function tab(page) {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      name: element.name ?? '',
      kind: element.localName,
      text: element.textContent.replace(/\s+/g, ' ').trim(),
      ring: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3) || style.boxShadow.includes('3px'),
      visible: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    };
  });
}
