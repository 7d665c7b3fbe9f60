// «Mi cuenta» (ux.md D8).

import assert from 'node:assert/strict';
import { Person } from '../person.mjs';
import { walk } from '../walk.mjs';

const SECTIONS = {
  '/cuenta': 'Mis datos',
  '/cuenta/sistemas': 'Sistemas conectados',
  '/cuenta/sesiones': 'Sesiones y dispositivos',
  '/cuenta/mensajes': 'Mensajes',
  '/cuenta/actividad': 'Actividad',
};

walk('A person sees their account, section by section', async (person) => {
  await person.registers();
  assert.equal(await person.opens('/cuenta'), 200);
  assert.equal(person.at(), '/ingresar', 'first they log in');
  assert.equal(await person.sendsLogIn(person.key), 200);
  assert.equal(person.at(), '/cuenta', 'and come back');
  for (const [address, heading] of Object.entries(SECTIONS)) {
    await person.follows(() => person.page.locator(`.secciones a[href="${address}"]`).click());
    assert.equal(await person.heading(), heading);
    assert.equal(await person.page.locator('.secciones [aria-current=page]').innerText(), heading);
  }
  await person.shows('Ingreso con su CS');
  await person.shows('Se registró su CS');
  const text = await person.reads();
  for (const own of [person.email, person.rut]) assert.ok(!text.includes(own), `«${own}» is shown whole`);
});

walk('A session elsewhere is ended from here, and is over there', async (person, program, script) => {
  await person.registers();
  await person.logsIn(person.key, '/cuenta');
  const elsewhere = await Person.arrives(program, { script });
  try {
    Object.assign(elsewhere, { rut: person.rut, key: person.key });
    await elsewhere.logsIn(person.key, '/cuenta');
    await person.opens('/cuenta/sesiones');
    await person.shows('Esta sesión');
    await person.follows(() => person.page.locator('main button[value=cerrar]').click());
    await person.endsWith('exito', 'Sesiones y dispositivos');
    await person.shows('La sesión está cerrada.');
    await elsewhere.opens('/cuenta');
    assert.equal(elsewhere.at(), '/ingresar');
    assert.equal(await person.page.locator('main button[value=cerrar]').count(), 0);

    await elsewhere.logsIn(person.key, '/cuenta');
    await person.opens('/cuenta/sesiones');
    await person.follows(() => person.page.locator('main button[value=cerrar_otras]').click());
    await person.shows('Todas las demás sesiones están cerradas.');
    await elsewhere.opens('/cuenta');
    assert.equal(elsewhere.at(), '/ingresar');
  } finally {
    await elsewhere.leaves();
  }
});

walk('From the account a person corrects the contact data and chooses the language of messages', async (person) => {
  await person.registers();
  await person.logsIn(person.key, '/cuenta');
  await person.follows(() => person.page.locator('main button[value=actualizar]').click());
  assert.equal((await person.seesWritten()).email, person.email, 'the form is filled in');
  await person.writes({ celular: '9 2222 3333' });
  await person.presses();
  await person.endsWith('formulario', 'Revise sus cambios');
  await person.confirms();
  await person.opens('/cuenta');
  await person.field('idioma').selectOption('ht');
  await person.follows(() => person.page.locator('main button[value=idioma]').click());
  await person.shows('Desde ahora le escribiremos en este idioma.');
  await person.opens('/cuenta/actividad');
  await person.shows('Se actualizaron sus datos: Teléfono celular');
});
