// «No fui yo»: somebody who knows a person's data changes the e-mail, and the person undoes it with the link in the notice.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

walk('A person undoes a change of contact by the link in its notice, and gets the account back', async (person, program) => {
  await person.registers();
  const { email: mine, mobile } = person;
  const thiefs = `intruso.${mine}`;
  await person.updates({ email: thiefs, celular: '9 1111 1111' });

  person.email = mine;
  await person.page.goto(await notMe(program, mine, 'Sus datos en Clave SENCE cambiaron'));
  await person.shows('Si su correo electrónico o su celular cambiaron en los últimos 3 días, volveremos a poner los que tenía antes.');
  await person.page.reload();
  await person.endsWith('formulario', '¿No fue usted?');
  assert.equal(await person.presses('Bloquear mi CS'), 200, await person.reads());
  await person.endsWith('exito', 'Su CS quedó bloqueada');
  await person.shows('volvimos a poner los que tenía antes');

  for (const told of [mine, thiefs]) {
    const notice = await program.message('email', told, 'deshicimos los cambios de correo electrónico y celular');
    assert.match(notice.text, /No fui yo: /);
  }
  const blocked = person.key;
  assert.equal(await person.triesToChange(blocked, 'mate8Lejos'), 422, 'the key is blocked');

  await person.opens(PAGES.recover);
  const key = await person.forgets();
  const sent = await program.message('email', mine, key);
  assert.match(sent.text, /sigue bloqueada/);
  assert.doesNotMatch(sent.text, /sigue sirviendo/);
  person.mobile = mobile;
  await program.message('sms', mobile, key);
  assert.deepEqual((await program.messages()).filter((message) => message.to === thiefs && message.text.includes(key)), []);
  await person.changesKey(key, 'mate8Lejos');
  await person.provesIdentity();
  assert.equal((await person.seesWritten()).email, mine);
});

walk('Under the strict profile a person recovers by messages alone, after selecting the question', async (person, program) => {
  person.key = 'tren 42 al sur de Chile';
  await person.registers();
  await person.asksForQuestion();
  assert.doesNotMatch((await person.reads()).replace(/Seleccione.*/, ''), /¿/, 'no question is shown');
  assert.equal(await person.presses('Generar Nueva Clave'), 422);
  await person.shows('Elija una pregunta secreta');
  const option = person.field('pregunta').locator('option', { hasText: person.question });
  await person.field('pregunta').selectOption(await option.getAttribute('value'));
  await person.writes({ respuesta: person.answer, captcha: 'HOLA' });
  assert.equal(await person.presses('Generar Nueva Clave'), 200, await person.reads());
  await person.endsWith('exito', 'Éxito');
  await person.shows('La recibirá en los medios de contacto que registró.');
  assert.equal(await person.page.locator('.clave-provisoria').count(), 0);
  const { text } = await program.message('email', person.email, 'clave provisoria, la cual es:');
  const [, key] = /la cual es: (\S{8})\./.exec(text);
  person.secrets.add(key);

  assert.equal(await person.triesToChange(key, 'mate8Lejos'), 422);
  await person.shows('La clave debe tener al menos 15 caracteres');
  await person.changesKey(key, 'mate 8 lejos, muy lejos');

  const mine = person.email;
  await person.updates({ email: `nueva.${mine}` });
  await person.shows('las claves provisorias llegan solo al correo electrónico y al celular que tenía antes');
}, { settings: { CLAVERO__PROFILE: 'strict' } });

/** The «no fui yo» link of the mail with this subject. */
async function notMe(program, to, subject) {
  const { text } = await program.message('email', to, subject);
  return /No fui yo: (\S+)/.exec(text)[1];
}
