// G-5 Change CS.

import assert from 'node:assert/strict';
import { walk } from '../walk.mjs';

walk('A person changes the provisional key for a CS, and that CS for another', async (person, program) => {
  await person.registers();
  const first = person.key;
  const provisional = await person.forgets();

  await person.changesKey(provisional, 'mate8Lejos');
  await person.changesKey('mate8Lejos', 'cerro7Nube');

  for (const old of [first, provisional, 'mate8Lejos']) {
    assert.equal(await person.triesToChange(old, 'lago5Verde'), 422, `${old} must be refused`);
    await person.endsWith('error');
  }
  await person.changesKey('cerro7Nube', 'lago5Verde');

  const told = (await program.messagesTo(person.email, 5)).map(({ subject }) => subject);
  assert.deepEqual(told.sort(), [
    'Su Clave SENCE cambió', 'Su Clave SENCE cambió', 'Su Clave SENCE cambió',
    'Su clave provisoria de Clave SENCE', 'Su registro en Clave SENCE',
  ]);
});

walk('The current CS works until the change, a newer provisional key replaces the older', async (person) => {
  await person.registers();
  const older = await person.forgets();
  const newer = await person.forgets();
  assert.equal(await person.triesToChange(older, 'mate8Lejos'), 422);
  await person.changesKey(person.key, 'mate8Lejos');
  assert.equal(await person.triesToChange(newer, 'lago5Verde'), 422, 'a change cancels every provisional key');
});
