// G-6 Update data.

import assert from 'node:assert/strict';
import { walk } from '../walk.mjs';

walk('A person updates the data in three steps, and both e-mail addresses are told', async (person, program) => {
  await person.registers();
  const { email: before } = person;
  const after = `nueva.${before}`;

  await person.proposes({ direccion: 'Avenida Brasil', numero: '2830', block: '', departamento: '', comuna: '05101', email: after });
  for (const text of ['Avenida Brasil', '2830', 'Valparaíso', after, before, 'Pasaje Los Copihues', 'Viña del Mar']) await person.shows(text);
  assert.deepEqual(
    (await program.messages()).filter((message) => message.to === after), [], 'nothing is sent before it is confirmed');

  await person.confirms();
  const told = await program.message('email', after);
  await program.message('email', before, told.text.slice(0, 10));

  person.email = after;
  await person.provesIdentity();
  const written = await person.seesWritten();
  assert.equal(written.direccion, 'Avenida Brasil');
  assert.equal(written.comuna, '05101');
  assert.equal(written.email, after);
});

walk('Wrong data in the first step, or a wrong answer in the second, open nothing', async (person) => {
  await person.registers();
  const right = person.birth;
  person.birth = { ...right, fecha_nacimiento_anio: '1991' };
  await assert.rejects(() => person.provesIdentity());
  assert.equal(await person.field('direccion').count(), 0);

  person.birth = right;
  const answer = person.answer;
  person.answer = 'Otra cosa';
  await assert.rejects(() => person.provesIdentity());
  assert.equal(await person.field('direccion').count(), 0);

  person.answer = answer;
  await person.provesIdentity();
});
