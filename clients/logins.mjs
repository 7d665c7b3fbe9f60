// What a person does at the pages of Clave SENCE on the way into a system.

import assert from 'node:assert/strict';
import { Person } from '../browser/person.mjs';

/** A person who is registered, in a window of their own. */
export async function registered(program, window) {
  const person = await Person.arrives(program, window);
  await person.registers();
  return person;
}

/** Another window, perhaps on another machine, of the same person. */
export async function elsewhere(person, window) {
  const other = await Person.arrives(person.program, window);
  for (const known of ['rut', 'email', 'names', 'key', 'birth']) other[known] = person[known];
  return other;
}

/** The login page stands open: writes RUT and key. */
export async function logsIn(person) {
  const { page } = person;
  assert.ok(page.url().startsWith(`${person.program.url}/ingresar`), `no login page, but ${page.url()}: ${await page.locator('body').innerText()}`);
  await person.writes({ rut: person.rut, clave: person.key });
  await page.locator('main').getByRole('button', { name: 'Ingresar', exact: true }).click();
}

/** The consent page stands open: says yes. */
export async function agrees(person) {
  await person.page.locator('main').getByRole('button', { name: 'Aceptar y continuar', exact: true }).click();
}
