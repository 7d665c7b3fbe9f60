// G-3 Register.

import assert from 'node:assert/strict';
import { walk, withScript } from '../walk.mjs';

walk('A person registers and gets a message', async (person, program) => {
  await person.registers();
  const message = await program.message('email', person.email);
  assert.ok(message.subject, 'a message has a subject');
  assert.ok(message.html, 'and an HTML part');
  await program.message('sms', person.mobile);
});

walk('A person without a mobile phone registers and gets an e-mail alone', async (person, program) => {
  person.mobile = undefined;
  await person.registers();
  await program.message('email', person.email);
  assert.deepEqual((await program.messages()).filter((message) => message.channel === 'sms'), []);
});

walk('A person comes to the form from the front page', async (person) => {
  await person.follows(() => person.page.getByRole('link', { name: /^Regístrese Aquí.*persona natural/i }).click());
  assert.match(person.page.url(), /\/Account\/Registrar$/);
  for (const section of ['Información de Registro', 'Domicilio', 'Datos de Contacto', 'Clave Sence']) await person.shows(section);
  await person.shows('Validación de seguridad anti-Robots');
});

walk('The script shows and hides the key and leaves the comunas of the region', async (person) => {
  await person.fillsRegistration({ rut: person.rut.replace(/[.-]/g, ''), captcha: '' });
  assert.equal(await person.field('rut').inputValue(), person.rut, 'the RUT is written out on leaving the field');
  const key = person.field('clave');
  await person.page.getByRole('button', { name: 'Mostrar Clave CS', exact: true }).click();
  assert.equal(await key.getAttribute('type'), 'text');
  await person.page.getByRole('button', { name: 'Ocultar Clave CS', exact: true }).click();
  assert.equal(await key.getAttribute('type'), 'password');
  const offered = await person.field('comuna').evaluate((select) =>
    [...select.options].filter((option) => option.value && !option.disabled && !option.hidden).map((option) => option.value.slice(0, 2)));
  assert.deepEqual([...new Set(offered)], ['05']);
}, withScript);
