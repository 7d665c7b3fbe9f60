// Log in and out.

import assert from 'node:assert/strict';
import { PAGES } from '../person.mjs';
import { CAPTCHA } from '../server.mjs';
import { walk } from '../walk.mjs';

const cookie = async (person) => (await person.context.cookies()).find(({ name }) => name === 'cs_session');

walk('A person logs in under a new cookie, is led on from then on, and logs out', async (person) => {
  await person.registers();
  await person.opens(PAGES.login);
  const before = await cookie(person);
  await person.logsIn();
  const inside = await cookie(person);
  assert.notEqual(inside.value, before.value, 'whoever planted the former cookie has nothing');
  assert.ok(inside.httpOnly && inside.sameSite === 'Lax');
  assert.equal(await person.opens(`${PAGES.login}?ir=${PAGES.help}`), 200);
  assert.equal(person.at(), PAGES.help, 'once is enough');

  await person.logsOut();
  assert.notEqual((await cookie(person)).value, inside.value);
  await person.opens(`${PAGES.login}?ir=${PAGES.help}`);
  assert.equal(person.at(), PAGES.login);
  // The former cookie opens nothing any more.
  await person.context.addCookies([inside]);
  await person.opens(`${PAGES.login}?ir=${PAGES.help}`);
  assert.equal(person.at(), PAGES.login);
});

walk('A wrong key keeps the RUT, and a captcha comes after some of them', async (person) => {
  await person.registers();
  for (let tries = 0; tries < 3; tries += 1) {
    assert.equal(await person.triesToLogIn(`equivoca${tries}`), 422);
    await person.endsWith('error');
    await person.shows('El RUT y la clave no corresponden. Revise los dos.');
    const { rut, clave } = await person.seesWritten();
    assert.equal(rut.replace(/[.-]/g, ''), person.rut.replace(/[.-]/g, ''));
    assert.equal(clave, '');
  }
  assert.equal(await person.page.locator('main .captcha').count(), 1, 'the third failure shows one');
  // A fresh form does not know yet for whom: it is asked before the key is looked at.
  assert.equal(await person.triesToLogIn(person.key), 422);
  await person.shows('ingrese las letras de la imagen');
  await person.page.locator('main .captcha img').evaluate((image) => image.decode());
  await person.writes({ clave: person.key });
  assert.equal(await person.follows(() => person.page.locator('main button[value=refrescar]').click()), 200);
  assert.equal((await person.seesWritten()).rut.replace(/[.-]/g, ''), person.rut.replace(/[.-]/g, ''));
  assert.equal(await person.sendsLogIn(person.key, { captcha: CAPTCHA }), 200, await person.reads());
  assert.equal(person.at(), PAGES.help);
});

walk('A provisional key leads to «Cambiar CS», and the way goes on with the new one', async (person) => {
  await person.registers();
  await person.forgets();
  assert.equal(await person.triesToLogIn(person.provisional), 200);
  await person.endsWith('interrumpido', 'Cambie su clave provisoria');
  await person.follows(() => person.page.locator('main a.boton').click());
  assert.equal(person.at(), PAGES.change);
  await person.writes({
    rut: person.rut, clave_actual: person.provisional, clave_nueva: 'mate8Lejos', clave_nueva_repetida: 'mate8Lejos', captcha: CAPTCHA,
  });
  assert.equal(await person.presses('Generar Nueva Clave'), 200, await person.reads());
  await person.endsWith('exito', 'Su CS fue cambiada');
  await person.logsIn('mate8Lejos');
});

walk('Both of a double click lead in', async (person) => {
  await person.registers();
  await person.opens(`${PAGES.login}?ir=${PAGES.help}`);
  await person.writes({ rut: person.rut, clave: person.key });
  await person.page.locator('main form button[type=submit]:not([name]):not([hidden])').dblclick();
  await person.page.waitForURL((url) => url.pathname === PAGES.help);
  await person.opens(`${PAGES.login}?ir=${PAGES.help}`);
  assert.equal(person.at(), PAGES.help, 'the cookie that stayed is the one of the session');
});

walk('Of a login from a new device a person is told, and «no fui yo» ends it', async (person, program) => {
  await person.registers();
  await person.logsIn();
  await person.context.clearCookies();
  await person.logsIn();
  const mail = await program.message('email', person.email, 'dispositivo');
  assert.equal(mail.subject, 'Ingreso desde un dispositivo nuevo');
  assert.match(mail.text, /Chrome · /);
  await program.message('sms', person.mobile, 'dispositivo nuevo');
  await person.page.goto(mail.text.match(/http\S+no-fui-yo\S+/)[0]);
  await person.presses();
  await person.opens(`${PAGES.login}?ir=${PAGES.help}`);
  assert.equal(person.at(), PAGES.login, 'nobody is logged in any more');
  assert.equal(await person.triesToLogIn(person.key), 422, 'and the key is blocked');
});
