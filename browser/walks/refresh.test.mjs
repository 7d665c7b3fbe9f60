// «Refrescar»: another captcha, nothing typed is lost, no secret comes back from the server.

import assert from 'node:assert/strict';
import { SECRET } from '../person.mjs';
import { CAPTCHA } from '../server.mjs';
import { walk } from '../walk.mjs';

walk('«Refrescar» shows another image and keeps what was typed', async (person, program, script) => {
  await person.fillsRegistration();
  const before = await person.seesWritten();
  const first = await person.field('captcha_id').inputValue();

  const button = person.page.locator('main button[name=accion][value=refrescar]');
  assert.equal(await button.innerText(), 'Refrescar');
  await button.click();
  await person.page.waitForFunction((id) => document.querySelector('[name=captcha_id]')?.value !== id, first);
  await person.page.waitForLoadState('load');

  const shown = person.page.locator('.captcha img');
  await person.page.waitForFunction((image) => image.complete && image.naturalWidth >= 320, await shown.elementHandle());
  const after = await person.seesWritten();
  for (const [name, value] of Object.entries(before)) {
    if (SECRET.test(name)) assert.ok(script ? [value, ''].includes(after[name]) : after[name] === '', `${name} is «${after[name]}»`);
    else if (name === 'captcha') assert.equal(after[name], '');
    else assert.equal(after[name], value, name);
  }

  await person.writes({ respuesta: person.answer, clave: person.key, clave_repetida: person.key, captcha: CAPTCHA });
  assert.equal(await person.presses('Ingresar'), 200, await person.reads());
  await person.endsWith('exito');
});

walk('The captcha can be heard', async (person, program) => {
  await person.opens('/Account/Registrar');
  const address = await person.page.locator('.captcha audio').getAttribute('src');
  const sound = await person.context.request.get(new URL(address, program.url).href);
  assert.equal(sound.status(), 200);
  assert.match(sound.headers()['content-type'], /^audio\/(x-)?wav/);
  assert.equal((await sound.body()).subarray(0, 4).toString(), 'RIFF');
});
