// G-4 Forgotten CS.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

const BY_SMS = 'Su clave Sence (CS) será enviada por SMS a su celular dentro de los próximos 10 minutos.';
const BY_EMAIL = 'Su clave Sence (CS) será enviada a su e-Mail dentro de los próximos 10 minutos.';

walk('A person who forgot the CS gets a provisional key on the page, by e-mail and by SMS', async (person, program) => {
  await person.registers();
  const key = await person.forgets();
  await person.shows('Se ha generado una clave provisoria, la cual es:');
  await person.shows('Esta clave (provisoria) tiene una duración de 24 hora(s) a contar de la fecha:');
  await person.shows(BY_SMS);
  await person.shows(BY_EMAIL);

  const written = /(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)/.exec(await person.reads());
  assert.ok(written, 'the date is written dd-mm-yyyy HH:MM');
  assert.ok(sinceInSantiago(written) < 5 * 60_000, `${written[0]} is not now in America/Santiago`);

  await program.message('email', person.email, key);
  await program.message('sms', person.mobile, key);
  assert.match(await person.page.locator('main').getByRole('link', { name: /aquí/i }).first().getAttribute('href'), /\/Account\/CambiarClave/);
});

walk('A person without a mobile phone is promised no SMS', async (person, program) => {
  person.mobile = undefined;
  await person.registers();
  const key = await person.forgets();
  await person.shows(BY_EMAIL);
  assert.doesNotMatch(await person.reads(), /SMS/);
  await program.message('email', person.email, key);
});

walk('A wrong answer and an unknown RUT get the same answer', async (person, program) => {
  await person.registers();
  const wrong = { status: await person.answersQuestion('Otra cosa'), text: await person.reads() };
  assert.equal(await person.outcome(), 'error');

  person.rut = (await import('../rut.mjs')).inventRut();
  await person.asksForQuestion();
  person.question = '¿';
  const unknown = { status: await person.answersQuestion('Otra cosa'), text: await person.reads() };
  const withoutQuestion = ({ status, text }) => ({ status, text: text.replaceAll(/¿[^?]*\?/g, '¿?').replaceAll(/[\d.]+-[\dK]/g, 'RUT') });
  assert.deepEqual(withoutQuestion(unknown), withoutQuestion(wrong));
  assert.deepEqual((await program.messages()).filter((message) => /provisoria/i.test(message.text)), []);
});

walk('The second step cannot be opened without the first', async (person) => {
  await person.opens(PAGES.recover);
  assert.equal(await person.field('respuesta').count(), 0);
  assert.equal(await person.field('rut').count(), 1);
});

/** Milliseconds since the given wall clock time in Santiago. */
function sinceInSantiago([, day, month, year, hour, minute]) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'America/Santiago', dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23',
  }).format(new Date()).match(/\d+/g);
  const [y, m, d, h, min] = parts.map(Number);
  return Math.abs(Date.UTC(y, m - 1, d, h, min) - Date.UTC(year, month - 1, day, hour, minute));
}
