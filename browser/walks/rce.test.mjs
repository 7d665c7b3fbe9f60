// A participant proves attendance for an LMS on another origin (RCE): asked for the key each time, and sent back with a form.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Lms } from '../lms.mjs';
import { PAGES } from '../person.mjs';
import { walk } from '../walk.mjs';

const WRONG = 'otra-cosa9';
const START_FIELDS = ['CodSence', 'CodigoCurso', 'IdSesionAlumno', 'IdSesionSence', 'RunAlumno', 'FechaHora', 'ZonaHoraria', 'LineaCapacitacion'];
const CLOSE_FIELDS = START_FIELDS.filter((name) => name !== 'IdSesionSence');

/** The walk with an LMS at which the person takes a course. */
function withLms(sentence, body, { lms: options, settings, registers = true, ...more } = {}) {
  walk(sentence, async (person, program, script) => {
    const lms = await Lms.starts(program, options);
    person.watch.alsoVisits(lms.url);
    try {
      if (registers) await person.registers();
      await body(person, lms, script, program);
      keepsQuiet(program, lms);
    } finally {
      await lms.ends();
    }
  }, { settings, ...more });
}

/** The page says where to begin anew. */
async function leadsToCourse(person, lms) {
  await person.shows(/ su curso/);
  const link = person.page.locator('main').getByRole('link', { name: new URL(lms.url).host });
  assert.equal(await link.getAttribute('href'), `${lms.url}/`);
}

/** Who reads the log could otherwise act for the LMS, or take over a participant's session there. */
function keepsQuiet(program, lms) {
  const sessions = lms.replies.map((reply) => reply.fields.IdSesionAlumno.slice(1, 37));
  for (const word of [lms.token, 'solicitud=', ...sessions]) assert.ok(!program.log.includes(word), `the log says «${word}»:\n${program.log}`);
}

const run = (person) => person.rut.replaceAll('.', '');

/** Presses the button of the LMS; ends at our page. */
async function comes(person, lms, act, page = person.page) {
  await page.goto(`${lms.url}/?acto=${act}&run=${run(person)}`);
  await Promise.all([page.waitForURL(`${person.program.url}/**`), page.getByRole('button', { name: 'Ir' }).click()]);
}

/** Types a key at the login page, and stays with us. */
async function tries(person, key) {
  await person.writes({ clave: key });
  await person.presses();
}

/** From the way back to the LMS: by itself where there is script, and else by the button. */
async function returns(person, lms, script, page = person.page) {
  if (!script) await page.locator('main form').getByRole('button', { name: 'Continuar' }).click();
  await page.waitForURL(`${lms.url}/vuelta**`);
  return lms.replies.at(-1);
}

/** Types a key that ends it, right or the last wrong one; ends at the way back, or where there is script at the LMS already. */
async function ends(person, key, lms, script, page = person.page) {
  person.secrets.add(key);
  await page.locator('main [name=clave]').fill(key);
  await page.locator('main form button[type=submit]').click();
  if (script) await page.waitForURL(`${lms.url}/vuelta**`);
  else await page.locator('form[action^="http"]').waitFor();
}

/** Types the right key and goes back. */
async function proves(person, lms, script, page = person.page) {
  await ends(person, person.key, lms, script, page);
  return returns(person, lms, script, page);
}

withLms('A participant starts, mistypes, returns to the LMS, and closes', async (person, lms, script) => {
  await comes(person, lms, 'IniciarSesion');
  assert.equal(person.at(), '/rce/ingresar');
  await person.shows('Capacitaciones Ñuble');
  await person.shows(new URL(lms.url).host);
  assert.equal(await person.field('rut').getAttribute('readonly'), '');
  assert.equal(run({ rut: await person.field('rut').inputValue() }), run(person));
  await tries(person, WRONG);
  await person.shows(/2 intentos/);
  const started = await proves(person, lms, script);
  assert.equal(started.to, '/vuelta?ok=1&curso=7');
  assert.deepEqual(Object.keys(started.fields), START_FIELDS, 'no field is there that does not belong');
  assert.match(started.fields.IdSesionAlumno, /^<[0-9a-f-]{36}> & "más"$/, 'byte for byte');
  const { Estado, RunAlumno, IdSesionAlumno } = await lms.confirms(lms.open);
  assert.deepEqual([Estado, RunAlumno, IdSesionAlumno], ['abierta', run(person), started.fields.IdSesionAlumno]);

  await comes(person, lms, 'CerrarSesion');
  assert.equal(await person.field('clave').count(), 1, 'asked again: no session of ours began');
  const closed = await proves(person, lms, script);
  assert.deepEqual(Object.keys(closed.fields), CLOSE_FIELDS);
  assert.equal((await lms.confirms(lms.open)).Estado, 'cerrada');
  // Going back in the browser sends nothing a second time.
  await person.page.goBack();
  await person.page.waitForTimeout(1_000);
  assert.equal(lms.replies.length, 2);
  assert.equal(await person.opens(PAGES.login), 200);
  assert.equal(person.at(), PAGES.login, 'nobody was logged in by it');

});

withLms('Three wrong keys go back with 100, and the LMS may start again at once', async (person, lms, script) => {
  await comes(person, lms, 'IniciarSesion');
  await tries(person, WRONG);
  await tries(person, WRONG);
  await person.shows(/1 intento/);
  await ends(person, WRONG, lms, script);
  if (!script) await person.shows('Contraseña incorrecta o el usuario no tiene Clave SENCE.');
  const refused = await returns(person, lms, script);
  assert.deepEqual([refused.to, refused.fields.GlosaError], ['/vuelta?ok=0&curso=7', '100']);
  assert.deepEqual(Object.keys(refused.fields), [...START_FIELDS, 'GlosaError']);
  await comes(person, lms, 'IniciarSesion');
  assert.equal((await proves(person, lms, script)).fields.GlosaError, undefined);
});

withLms('An origin that the OTEC did not list gets no form', async (person, lms) => {
  for (const [name, code] of [['UrlRetoma', '202'], ['UrlError', '203']]) {
    lms.changes = { [name]: 'http://localhost:9/robo' };
    await comes(person, lms, 'IniciarSesion');
    await person.endsWith('error');
    await person.shows(code);
    assert.equal(await person.page.locator('main form').count(), 0);
    assert.ok(!(await person.watch.html()).includes('localhost:9'), 'its address is nowhere on the page');
  }
  assert.equal(lms.replies.length, 0);
});

withLms('Without a list the person is told the host, and nothing goes by itself', async (person, lms, script) => {
  await comes(person, lms, 'IniciarSesion');
  await tries(person, person.key);
  await person.shows(new URL(lms.url).host);
  // Long enough for a script to have sent it.
  await person.page.waitForTimeout(script ? 1_500 : 0);
  assert.equal(lms.replies.length, 0);
  const started = await returns(person, lms, false);
  assert.ok(started.fields.IdSesionSence);
}, { lms: { listed: false } });

withLms('What needs no key goes back at once, with the code', async (person, lms, script) => {
  lms.changes = { LineaCapacitacion: '2' };
  await person.page.goto(`${lms.url}/?acto=IniciarSesion&run=${run(person)}`);
  await person.page.getByRole('button', { name: 'Ir' }).click();
  if (!script) {
    await person.page.waitForURL(`${person.program.url}/rcetest/**`);
    await person.shows('La línea de capacitación es incorrecta.');
  }
  const refused = await returns(person, lms, script);
  assert.equal(refused.fields.GlosaError, '206');
}, { registers: false });

withLms('Two starts at once are two attendances; of two closes one counts', async (person, lms, script) => {
  const other = await person.context.newPage();
  await comes(person, lms, 'IniciarSesion');
  await comes(person, lms, 'IniciarSesion', other);
  const first = await proves(person, lms, script);
  const second = await proves(person, lms, script, other);
  assert.notEqual(first.fields.IdSesionSence, second.fields.IdSesionSence);

  await comes(person, lms, 'CerrarSesion');
  await comes(person, lms, 'CerrarSesion', other);
  assert.equal((await proves(person, lms, script)).fields.GlosaError, undefined);
  assert.equal((await proves(person, lms, script, other)).fields.GlosaError, '305');
  assert.equal((await lms.confirms(first.fields.IdSesionSence)).Estado, 'abierta');
  assert.equal((await lms.confirms(second.fields.IdSesionSence)).Estado, 'cerrada');
});

withLms('A provisional key leads to «Cambiar CS», and nothing is registered', async (person, lms) => {
  const provisional = await person.forgets();
  await comes(person, lms, 'IniciarSesion');
  await tries(person, provisional);
  await person.endsWith('interrumpido');
  await leadsToCourse(person, lms);
  await person.page.locator('main').getByRole('link', { name: /Cambi/ }).first().click();
  assert.equal(person.at(), PAGES.change);
  assert.equal(lms.replies.length, 0);
});

walk('A missing minimum datum leads to «Actualizar Datos», and then the course starts', async (person, program, script) => {
  person.mobile = undefined;
  await person.registers();
  await program.restarts({ CLAVERO__MINIMUM_DATA: '["names", "birth_date", "email", "secret_question", "address", "mobile"]' });
  const lms = await Lms.starts(program);
  person.watch.alsoVisits(lms.url);
  try {
    await comes(person, lms, 'IniciarSesion');
    await tries(person, person.key);
    await person.endsWith('interrumpido', 'Faltan datos para continuar');
    await leadsToCourse(person, lms);
    assert.equal(lms.replies.length, 0);
    await person.updates({ celular: '9 8765 4321' });
    await comes(person, lms, 'IniciarSesion');
    assert.ok((await proves(person, lms, script)).fields.IdSesionSence);
  } finally {
    await lms.ends();
  }
});

// ---- Three minutes

const library = await faketime();
const folder = await mkdtemp(join(tmpdir(), 'clavero-clock-'));
const clock = join(folder, 'clock');
let ahead = 0;
await moveClock(0);
after(() => rm(folder, { recursive: true }));

withLms('After three minutes the page goes back to the LMS by itself, with 210', async (person, lms, script) => {
  await comes(person, lms, 'IniciarSesion');
  // The server's clock moves to two seconds before the end; the page that is loaded then says how long it still waits.
  await moveClock(178);
  await person.page.reload();
  assert.equal(await person.field('clave').count(), 1);
  if (script) {
    await person.page.waitForURL(`${lms.url}/vuelta**`, { timeout: 15_000 });
  } else {
    await person.page.locator('form[action^="http"]').waitFor({ timeout: 15_000 });
    await person.shows('Expiró el tiempo disponible');
    await returns(person, lms, script);
  }
  assert.deepEqual([lms.replies.length, lms.replies[0].fields.GlosaError], [1, '210']);
  // The key is not locked by it.
  await comes(person, lms, 'IniciarSesion');
  assert.ok((await proves(person, lms, script)).fields.IdSesionSence);
}, library
  ? { settings: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' } }
  : { ways: [] });

/** Moves the programs' clock on. */
async function moveClock(seconds) {
  ahead += seconds;
  await writeFile(`${clock}.new`, `+${ahead}\n`);
  await rename(`${clock}.new`, clock);
}

/** What sets the program's clock (`apt-get install libfaketime`; ./test says that it must be there). */
async function faketime() {
  const folders = await readdir('/usr/lib');
  for (const folder of folders) {
    const files = await readdir(`/usr/lib/${folder}/faketime`).catch(() => []);
    if (files.includes('libfaketimeMT.so.1')) return `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`;
  }
  assert.equal(process.env.CLAVERO_TEST_FAKETIME, undefined, 'no clock to set: apt-get install libfaketime');
  console.error('NOT RUN: a clock to set is missing: apt-get install libfaketime, or use ./test');
  return undefined;
}

withLms('Two courses opened at once in a browser that keeps no cookies are two attendances', async (person, lms, script) => {
  await person.context.clearCookies();
  const pages = [await person.context.newPage(), await person.context.newPage()];
  await Promise.all(pages.map((page) => comes(person, lms, 'IniciarSesion', page)));
  await person.context.clearCookies();
  const ids = new Set();
  for (const page of pages) {
    ids.add((await proves(person, lms, script, page)).fields.IdSesionSence);
    await person.context.clearCookies();
    await page.close();
  }
  assert.equal(ids.size, 2);
  for (const id of ids) assert.equal((await lms.confirms(id)).Estado, 'abierta');
});
