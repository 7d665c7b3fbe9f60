// What stands beside the captcha's picture: the browser's own work, which nobody sees, and the sound.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { CAPTCHA, freePort } from '../server.mjs';
import { walk, withScript } from '../walk.mjs';

const metrics = await freePort();
const counting = { settings: { CLAVERO__METRICS__LISTEN: `127.0.0.1:${metrics}` } };

/** How often the program has counted that. */
async function counted(name, labels) {
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  const found = text.split('\n').filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const proofs = (proof) => counted('clavero_proofs_of_work_total', [`proof="${proof}"`, 'level="normal"']);

walk('The browser works while the form is filled in, and without script the form is taken all the same', async (person, program, script) => {
  await person.fillsRegistration();
  if (script) {
    await person.page.waitForFunction(() => /^\d+\.[0-9a-f]{64}$/.test(document.querySelector('[name=prueba]').value));
  } else {
    assert.equal(await person.field('prueba').inputValue(), '');
  }
  assert.equal(await person.presses('Ingresar'), 200, await person.reads());
  await person.endsWith('exito', 'Su registro fue recibido');
  assert.equal(await proofs('right'), script ? 1 : 0);
  assert.equal(await proofs('absent'), script ? 0 : 1);
  assert.equal(await proofs('wrong'), 0);
  assert.equal(await counted('clavero_captchas_solved_total', ['process="register"', 'level="normal"']), 1);
  assert.equal(await counted('clavero_captchas_issued_total', ['process="register"']), 1);

  // «Refrescar» makes another puzzle, and a wrong captcha, too.
  await person.opens(PAGES.change);
  for (const captcha of ['NADA', CAPTCHA]) {
    await person.writes({
      rut: person.rut, clave_actual: person.key, clave_nueva: 'mate8Lejos', clave_nueva_repetida: 'mate8Lejos', captcha,
    });
    if (script) await person.page.waitForFunction(() => document.querySelector('[name=prueba]').value !== '');
    await person.presses('Generar Nueva Clave');
  }
  await person.endsWith('exito', 'Su CS fue cambiada');
  assert.equal(await proofs(script ? 'right' : 'absent'), 3);
  assert.equal(await counted('clavero_captchas_refused_total', ['process="change_key"', 'level="normal"']), 1);
}, counting);

walk('A form does not wait long for work that never ends, and both of a double click are one', async (person, program) => {
  // The page does its part, and the worker never answers.
  await person.context.route('**/assets/work.*.js', async (route) => {
    const script = await (await route.fetch()).text();
    await route.fulfill({ contentType: 'text/javascript', body: `if (self.document) {\n${script}\n}` });
  });
  await person.fillsRegistration();
  const before = Date.now();
  const button = person.page.locator('main form button[type=submit]:not([name]):not([hidden])');
  assert.equal(await person.follows(() => button.dblclick()), 200, await person.reads());
  const waited = Date.now() - before;
  assert.ok(waited >= 1_500 && waited < 6_000, `${waited} ms`);
  await person.endsWith('exito', 'Su registro fue recibido');
  assert.deepEqual([await proofs('absent'), await proofs('right')], [1, 0]);
}, { ...counting, ...withScript });

walk('What a browser does for the harder captcha is done in the time that a form takes', async (person) => {
  await person.opens(PAGES.register);
  await person.field('rut').focus();
  const before = Date.now();
  await person.page.waitForFunction(() => document.querySelector('[name=prueba]').value !== '', undefined, { timeout: 20_000 });
  console.log(`work of the harder captcha: ${Date.now() - before} ms`);
  assert.match(await person.field('prueba').getAttribute('data-trabajo'), /^1000-4096-[0-9a-f]{8}$/);
  await person.page.locator('.captcha img').evaluate((image) => image.decode());
}, { settings: { CLAVERO__CAPTCHA__LEVEL: 'alto' }, ...withScript });

walk('«Escuchar el código» plays from the keyboard', async (person) => {
  await person.opens(PAGES.register);
  const link = person.page.getByRole('link', { name: 'Escuchar el código' });
  await link.focus();
  await Promise.all([person.page.waitForURL(/\.wav$/), person.page.keyboard.press('Enter')]);
  const player = person.page.locator('video, audio');
  await player.waitFor();
  const length = await player.evaluate((element) => new Promise((done) => {
    const look = () => done(element.error ? `error ${element.error.code}: ${element.error.message}` : element.duration);
    if (element.readyState > 0 || element.error) look();
    else for (const event of ['loadedmetadata', 'error']) element.addEventListener(event, look);
  }));
  assert.ok(length > 2 && length < 60, `${length}`);
});
