// A tour of every page, in its normal and in its error state. Whoever takes it looks at each stop.

import assert from 'node:assert/strict';
import { Lms } from './lms.mjs';
import { PAGES } from './person.mjs';
import { inventRut } from './rut.mjs';
import { CAPTCHA } from './server.mjs';
import { System } from './system.mjs';

/** What stands between a person and a system. */
export async function* systems(person, system, stop) {
  const { program, page } = person;
  yield stop('a system that asks wrongly', 400, await person.opens('/openid/authorize?client_id=nadie'));
  await page.goto(system.link({ scope: 'openid profile email phone address run offline_access' }));
  yield 'login, for a system';
  await person.sendsLogIn(person.key);
  yield 'consent';
  yield stop('a system asks to log out', 200, await person.opens(`/openid/logout?client_id=${system.id}`));
  yield stop('device, code', 200, await person.opens(PAGES.device));
  yield stop('device, nothing filled in', 422, await person.presses());
  const body = new URLSearchParams({ client_id: system.id, client_secret: system.secret, scope: 'openid email' });
  const device = await (await fetch(`${program.url}/openid/device_authorization`, { method: 'POST', body })).json();
  yield stop('device, confirm', 200, await person.opens(`${PAGES.device}?user_code=${device.user_code}`));
  await person.follows(() => page.locator('main button[value=conectar]').click());
  yield 'device, connected';
  await person.opens('/openid/logout');
  await person.presses();
  yield 'logged out by a system';
}

/** What stands between a course and a person who has a key and a provisional one. */
export async function* attendance(person, lms, stop) {
  const { program, page } = person;
  const comes = async (act, changes = {}) => {
    lms.changes = changes;
    await page.goto(`${lms.url}/?${new URLSearchParams({ acto: act, run: person.rut.replaceAll('.', '') })}`);
    return person.follows(() => page.locator('button').click());
  };
  yield stop('attendance, an address for LMS', 200, await person.opens('/rce/Registro/IniciarSesion'));
  yield stop('attendance, start', 200, await comes('IniciarSesion'));
  yield stop('attendance, start, nothing filled in', 422, await person.presses());
  await comes('IniciarSesion');
  await person.writes({ clave: person.provisional });
  yield stop('attendance, with a provisional key', 200, await person.presses());
  await comes('IniciarSesion');
  await person.writes({ clave: person.key });
  await page.locator('main form button[type=submit]').click();
  await page.locator('#respuesta').waitFor();
  await page.goBack();
  yield 'attendance, started, gone back to';
  yield stop('attendance, close', 200, await comes('CerrarSesion'));
  yield stop('attendance, nowhere to go back to', 400, await comes('IniciarSesion', { UrlError: 'x' }));
  program.commands('otec', 'origins', '--rut', lms.otec, '--none');
  yield stop('attendance, an error, to somewhere unlisted', 200, await comes('IniciarSesion', { LineaCapacitacion: '2' }));
  yield stop('attendance, long over', 410, await person.opens('/rce/ingresar?solicitud=AAAAAAAAAAAAAAAAAAAAAA'));
}

/** Yields the name of each stop; the person's browser stands on it. */
export async function* tour(person) {
  const { program } = person;
  const stop = async (name, status = 200, answered = status) => {
    assert.equal(answered, status, `${name}: ${await person.reads()}`);
    return name;
  };

  for (const [name, path] of Object.entries({
    'front page': PAGES.portal, help: PAGES.help, privacy: PAGES.privacy, accessibility: PAGES.accessibility,
  })) yield stop(name, 200, await person.opens(path));
  yield stop('no such page', 404, await person.opens(PAGES.missing));
  await person.opens(PAGES.portal);
  await person.follows(() => person.page.locator('main a[href="/facilitador-extranjero"]').click());
  yield 'not offered yet';

  yield stop('register', 200, await person.opens(PAGES.register));
  yield stop('register, nothing filled in', 422, await person.presses('Ingresar'));
  person.mobile = undefined;
  await person.registers();
  yield 'register, result';

  yield stop('recover, step 1', 200, await person.opens(PAGES.recover));
  yield stop('recover, step 1, nothing filled in', 422, await person.presses());
  await person.asksForQuestion();
  yield 'recover, step 2';
  yield stop('recover, step 2, nothing filled in', 422, await person.presses('Generar Nueva Clave'));
  await person.asksForQuestion();
  const cannot = person.page.locator('main button[name=accion][value=sin_captcha]');
  await person.writes({ respuesta: person.answer });
  await person.follows(() => cannot.click());
  yield 'recover, without captcha';
  await person.page.goto(await linkIn(program, person.email, '/Account/RecuperarClave?enlace='));
  yield 'recover, step 1, by a link';
  await person.writes({ rut: person.rut });
  await person.presses();
  yield 'recover, step 2, by a link';
  await person.forgets();
  yield 'recover, result';

  yield stop('login', 200, await person.opens(PAGES.login));
  yield stop('login, nothing filled in', 422, await person.presses('Ingresar'));
  yield stop('login, with a provisional key', 200, await person.triesToLogIn(person.provisional));
  await program.restarts({ ...person.settings, CLAVERO__CAPTCHA__LOGIN_AFTER: '0' });
  yield stop('login, with the captcha', 200, await person.opens(PAGES.login));
  yield stop('login, with the captcha, nothing filled in', 422, await person.presses('Ingresar'));
  await program.restarts(person.settings);

  const lms = await Lms.starts(program, { otec: inventRut().replaceAll('.', '') });
  person.watch.alsoVisits(lms.url);
  try {
    yield* attendance(person, lms, stop);
  } finally {
    await lms.ends();
  }

  yield stop('change', 200, await person.opens(PAGES.change));
  yield stop('change, nothing filled in', 422, await person.presses('Generar Nueva Clave'));
  await person.changesKey(person.provisional, 'mate8Lejos');
  yield 'change, result';
  await person.logsIn(person.key, '/cuenta');
  yield 'my account';
  await person.follows(() => person.page.locator('main button[value=idioma]').click());
  yield 'my account, language chosen';
  await person.field('idioma').selectOption('');
  yield stop('my account, no language chosen, fields emptied', 422,
    await person.follows(() => person.page.locator('main button[value=idioma]').click()));
  for (const section of ['sistemas', 'sesiones', 'mensajes', 'actividad']) {
    yield stop(`my account, ${section}`, 200, await person.opens(`/cuenta/${section}`));
  }
  yield stop('log out', 200, await person.opens(PAGES.logout));
  await person.presses('Cerrar sesión');
  yield 'logged out';

  // More than one tour may pass through the same program.
  const system = await System.starts(program, { id: `cursos-${Date.now()}` });
  try {
    yield* systems(person, system, stop);
  } finally {
    await system.ends();
  }

  await program.restarts({ ...person.settings, CLAVERO__MINIMUM_DATA: '["email", "mobile"]' });
  await person.answersQuestion();
  yield 'interrupted';
  await program.restarts(person.settings);

  yield stop('update, step 1', 200, await person.opens(PAGES.update));
  yield stop('update, step 1, nothing filled in', 422, await person.presses('Validar'));
  await person.opens(PAGES.update);
  await person.follows(() => person.page.locator('main a[href*="con=clave"]').click());
  yield 'update, step 1, without the data on record';
  await person.opens(PAGES.update);
  await person.writes({ rut: person.rut, ...person.birth, email: person.email });
  await person.presses('Validar');
  yield 'update, step 2';
  yield stop('update, step 2, nothing filled in', 422, await person.presses());
  await person.provesIdentity();
  yield 'update, step 3';
  await person.writes({ direccion: '', numero: '', email: '' });
  yield stop('update, step 3, fields emptied', 422, await person.presses());
  await person.proposes({ direccion: 'Avenida Brasil', numero: '2830', email: `nueva.${person.email}`, celular: '9 8765 4321' });
  yield 'update, review';
  await person.confirms();
  yield 'update, result';
  // The strict profile holds the change back, shows no question and no key.
  await program.restarts({ ...person.settings, CLAVERO__PROFILE: 'strict' });
  yield stop('recover, step 1, strict', 200, await person.opens(PAGES.recover));
  await person.asksForQuestion();
  yield 'recover, step 2, strict';
  yield stop('recover, step 2, strict, nothing filled in', 422, await person.presses('Generar Nueva Clave'));
  await person.asksForQuestion();
  await person.field('pregunta').selectOption({ label: person.question });
  await person.writes({ respuesta: person.answer, captcha: CAPTCHA });
  yield stop('recover, result, strict', 200, await person.presses('Generar Nueva Clave'));
  yield stop('change, strict', 200, await person.opens(PAGES.change));
  const { email } = person;
  person.email = `nueva.${email}`;
  await person.updates({ celular: '9 2222 3333' });
  yield 'update, result, strict';
  person.email = email;
  await program.restarts(person.settings);
  yield stop('a process that is over', 410, await person.opens(`${PAGES.recover}?flujo=AAAAAAAAAAAAAAAAAAAAAA`));

  // The link that confirmed the former address ended when the e-mail changed.
  for (const [name, path, address] of [
    ['confirm the e-mail', '/enlace/confirmar', `nueva.${person.email}`],
    ['not me', '/enlace/no-fui-yo', person.email],
  ]) {
    await person.page.goto(await linkIn(program, address, path));
    yield name;
    await person.presses();
    yield `${name}, result`;
  }
}

/** The newest link to `path` that came to this e-mail address. */
async function linkIn(program, email, path) {
  const { text } = await program.message('email', email, path);
  return text.match(/http:\/\/127\.0\.0\.1\S+/g).find((link) => link.includes(path));
}
