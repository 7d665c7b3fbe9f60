// A person enters a system on another origin, under the strict policy of our pages: asked once, never again, and out again.

import assert from 'node:assert/strict';
import { System } from '../system.mjs';
import { walk } from '../walk.mjs';

/** The walk with a system that the person comes to. */
function withSystem(sentence, body, options) {
  walk(sentence, async (person, program, script) => {
    const system = await System.starts(program, options);
    person.watch.alsoVisits(system.url);
    try {
      await person.registers();
      await body(person, system, script);
    } finally {
      await system.ends();
    }
  });
}

async function logsIn(person) {
  await person.writes({ rut: person.rut, clave: person.key });
  await person.follows(() => person.page.locator('main').getByRole('button', { name: 'Ingresar', exact: true }).click());
}

async function comes(person, system) {
  await person.page.goto(system.url);
  await person.follows(() => person.page.locator('#entrar').click());
}

withSystem('A person sees what a system would know, accepts, and is not asked again', async (person, system) => {
  await comes(person, system);
  await logsIn(person);
  assert.equal(await person.heading(), 'Cursos Ñuble le pide algunos datos');
  for (const value of [person.email, '01-12-1992', person.names.apellido_paterno, system.url]) await person.shows(value);
  await person.follows(() => person.page.getByRole('button', { name: 'Aceptar y continuar' }).click());
  const told = await system.knows(person);
  assert.equal(told.email, person.email);
  assert.equal(String(told.RolUnico.numero), person.rut.replace(/\D/g, '').slice(0, 8));

  await comes(person, system);
  assert.equal((await system.knows(person)).sub, told.sub, 'single sign-on, and nothing asked');

  system.scope = 'openid profile email run phone';
  await comes(person, system);
  assert.equal(await person.heading(), 'Cursos Ñuble le pide algunos datos');
  await person.shows(person.mobile);
  await person.follows(() => person.page.getByRole('button', { name: 'No compartir' }).click());
  assert.equal(await person.page.locator('#error').innerText(), 'access_denied');
});

withSystem('A system may ask by a form', async (person, system) => {
  await person.page.goto(`${system.url}/por-formulario`);
  await person.follows(() => person.page.getByRole('button', { name: 'Ingresar' }).click());
  await logsIn(person);
  assert.equal((await system.knows(person)).email, person.email);
  // The cookie of who is logged in does not come with the form, and must not be lost by it.
  await person.page.goto(`${system.url}/por-formulario`);
  await person.follows(() => person.page.getByRole('button', { name: 'Ingresar' }).click());
  assert.equal((await system.knows(person)).email, person.email);
}, { more: ['--first-party'] });

withSystem('A system logs a person out, who is asked where it cannot show whom it means', async (person, system) => {
  await comes(person, system);
  await logsIn(person);
  const out = (more) => `${person.program.url}/openid/logout?${new URLSearchParams({ post_logout_redirect_uri: `${system.url}/adios`, ...more })}`;
  await person.page.goto(out({ client_id: system.id }));
  assert.equal(await person.heading(), '¿Quiere cerrar su sesión?');
  await comes(person, system);
  assert.ok(await system.knows(person), 'asking ended nothing');
  await person.page.goto(out({ id_token_hint: system.idToken }));
  assert.equal(await person.page.locator('#adios').innerText(), 'Hasta luego');
  await comes(person, system);
  assert.equal(await person.field('clave').count(), 1);
}, { more: ['--first-party'] });

withSystem('A device is let in by the code that it shows', async (person, system) => {
  const ask = async (path, fields) => {
    const body = new URLSearchParams({ client_id: system.id, client_secret: system.secret, ...fields });
    return (await fetch(`${person.program.url}${path}`, { method: 'POST', body })).json();
  };
  const device = await ask('/openid/device_authorization', { scope: 'openid email' });
  await person.opens(new URL(device.verification_uri_complete).pathname + new URL(device.verification_uri_complete).search);
  await logsIn(person);
  assert.equal(await person.heading(), '¿Conectar Cursos Ñuble en su dispositivo?');
  await person.shows(device.user_code);
  await person.shows(person.email);
  await person.follows(() => person.page.getByRole('button', { name: 'Conectar', exact: true }).click());
  await person.endsWith('exito', 'Su dispositivo está conectado');
  const tokens = await ask('/openid/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code });
  assert.ok(tokens.id_token, JSON.stringify(tokens));
});
