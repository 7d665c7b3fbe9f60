// Where messages are, told on the page while one waits for them.

import assert from 'node:assert/strict';
import { freePort } from '../server.mjs';
import { walk } from '../walk.mjs';

const nobody = {
  CLAVERO__MAIL__TRANSPORT: 'smtp',
  CLAVERO__MAIL__SMTP__HOST: '127.0.0.1',
  CLAVERO__MAIL__SMTP__PORT: String(await freePort()),
  CLAVERO__MAIL__SMTP__SECURITY: 'none',
  CLAVERO__MAIL__SMTP__FROM: 'Clave SENCE <clave@example.org>',
};

walk('Whoever waits for messages sees them leave', async (person, program, script) => {
  await person.registers();
  await person.forgets();
  const key = person.page.locator('.clave-provisoria .valor');
  await key.evaluate((element) => { element.id = 'the-same-page'; });

  const line = (way) => person.page.locator('.envios li').filter({ hasText: way });
  const becomes = async (way, state) => {
    const deadline = Date.now() + 40_000;
    while (!(await line(way).innerText()).includes(state)) {
      assert.ok(Date.now() < deadline, `${way} is not «${state}»: ${await person.reads()}`);
      await person.page.waitForTimeout(300);
      if (!script) await person.follows(() => person.page.locator('main a', { hasText: 'Ver el estado actual' }).click());
    }
  };
  await becomes('SMS', 'Estado: enviado.');
  assert.match(await line('e-Mail').innerText(), /Estado: en camino\./, 'no mail server answers');
  await program.restarts();
  await becomes('e-Mail', 'Estado: enviado.');
  await program.message('email', person.email, person.provisional);
  if (script) {
    assert.equal(await key.getAttribute('id'), 'the-same-page', 'the page was not loaded anew');
    assert.equal(await person.page.locator('.envios').getAttribute('data-renueva'), null, 'and asks no more');
  }
}, { settings: nobody });
