// G-7 Missing minimum data.

import assert from 'node:assert/strict';
import { walk } from '../walk.mjs';

const MOBILE_TOO = {
  CLAVERO__MINIMUM_DATA: '["names", "birth_date", "email", "secret_question", "address", "mobile"]',
};

walk('A missing minimum datum interrupts recovery and change; once it is added, both go on', async (person, program) => {
  person.mobile = undefined;
  await person.registers();
  await program.restarts(MOBILE_TOO);

  await person.answersQuestion();
  await isInterrupted(person);
  assert.equal(await person.page.locator('.clave-provisoria').count(), 0);

  await person.triesToChange(person.key, 'mate8Lejos');
  await isInterrupted(person);

  await person.follows(() => person.page.getByRole('link', { name: 'Actualice Sus Datos Aquí' }).click());
  assert.match(person.page.url(), /\/Account\/ActualizarDatos$/);
  await person.updates({ celular: '9 8765 4321' });

  const provisional = await person.forgets();
  await program.message('sms', '+56987654321', provisional);
  await person.changesKey(provisional, 'mate8Lejos');
});

async function isInterrupted(person) {
  await person.endsWith('interrumpido', 'Faltan datos para continuar');
  await person.shows(/celular/i);
  assert.doesNotMatch(await person.page.locator('main ul, main ol').first().innerText(), /domicilio|e-?mail|nacimiento/i);
  assert.equal(await person.page.locator('main').getByRole('link', { name: 'Actualice Sus Datos Aquí' }).count(), 1);
}
