// The example LMS (examples/lms): a participant starts and closes; what nobody asked for, or the server does not confirm, does not count.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { closeBrowser } from '../browser/chromium.mjs';
import { Person } from '../browser/person.mjs';
import { freePort, Program } from '../browser/server.mjs';

const OTEC = '76543210-3';
let program;
let token;
let url;
let port;

before(async () => {
  program = await Program.starts();
  port = await freePort();
  // Another site than the portal's 127.0.0.1.
  url = `http://localhost:${port}`;
  program.commands('otec', 'add', '--rut', OTEC, '--name', 'Capacitaciones Ñuble', '--callback-origin', url);
  token = JSON.parse(program.commands('otec', 'token', 'issue', '--rut', OTEC, '--json')).token;
}, { timeout: 60_000 });

after(async () => {
  await closeBrowser();
  await program?.ends();
}, { timeout: 30_000 });

/** The example, for one participant. */
async function starts(run) {
  const words = ['--server', program.url, '--otec', OTEC, '--run', run, '--listen', `127.0.0.1:${port}`, '--url', url];
  const child = spawn(process.env.CLAVERO_LMS, words, { env: { ...process.env, LMS_TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit'] });
  for (let tries = 0; tries < 200; tries += 1) {
    assert.equal(child.exitCode, null, 'the example ended before it was ready');
    if (await fetch(url).then((answer) => answer.ok, () => false)) return child;
    await pause(50);
  }
  child.kill();
  return assert.fail('the example was not ready after 10 s');
}

for (const script of [true, false]) {
  test(`A participant starts and closes, ${script ? 'with' : 'without'} JavaScript`, { timeout: 60_000 }, async () => {
    const person = await Person.arrives(program, { script });
    person.watch.alsoVisits(url);
    await person.registers();
    const lms = await starts(person.rut.replaceAll('.', ''));
    const { page } = person;
    const presses = async (name) => {
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForURL(`${program.url}/**`);
      await page.locator('main [name=clave]').fill(person.key);
      await page.locator('main form button[type=submit]').click();
      await continues();
    };
    const continues = async () => {
      if (!script) await page.locator('form[action^="http"]').getByRole('button', { name: 'Continuar' }).click();
      await page.waitForURL(`${url}/`);
    };
    const stands = async () => ({
      open: await page.locator('#estado').getAttribute('data-abierta'),
      replies: await page.locator('article h3').allInnerTexts(),
      doubts: await page.locator('.duda').allInnerTexts(),
    });
    try {
      await page.goto(url);
      await presses('Iniciar sesión');
      const { open, ...seen } = await stands();
      assert.match(open, /^[0-9a-f]{32}$/);
      assert.deepEqual(seen, { replies: ['Sesión iniciada'], doubts: [] });

      // Anybody can send a form to an LMS.
      await fetch(`${url}/vuelta`, { method: 'POST', body: new URLSearchParams({ IdSesionAlumno: 'lms-ajeno', RunAlumno: person.rut }) });
      await page.reload();
      const forged = await stands();
      assert.equal(forged.open, open, 'no close that nobody asked for');
      assert.match(forged.doubts[0], /No se cree/);

      await presses('Cerrar sesión');
      assert.deepEqual((await stands()).replies.slice(0, 1), ['Sesión cerrada']);
      assert.equal((await stands()).open, '');

      // Once more: nothing is left to close.
      await page.locator('summary').click();
      await page.locator('#IdSesionSence').fill(open);
      await presses('Cerrar sesión');
      assert.equal((await stands()).replies[0], 'Error 305');

      await page.locator('summary').click();
      await page.locator('#RunAlumno').fill('12345678-9');
      await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click();
      await continues();
      assert.equal((await stands()).replies[0], 'Error 207');
      person.watch.findsNothing();
    } finally {
      const gone = once(lms, 'exit');
      lms.kill();
      await gone;
      await person.leaves();
    }
  });
}
