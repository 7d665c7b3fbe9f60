// The systems that connect to Clavero in these tests, each made with a library that nobody here wrote, each a program of its own on a free port.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../browser/server.mjs';

const here = import.meta.dirname;

/** Where the programs are that ./test built and installed. */
const PYTHON = process.env.CLAVERO_PYTHON ?? join(here, '../target/tools/bin/python');
const EXAMPLE = resolve(process.env.CLAVERO_EXAMPLE ?? join(here, '../target/debug/sistema'));

/**
 * `back`, `out`, `notice`: its addresses for the end of a login, the end of a logout, and logout notices. `entrance`: where its link to log in is.
 * `run` says how it is started. `trusted`: it belongs to the institution, so that nobody is asked for consent.
 */
export const KINDS = {
  rust: {
    library: 'openidconnect, Rust',
    back: '/vuelta', out: '/adios', notice: '/aviso-de-salida', entrance: '/',
    run: ({ issuer, id, secretFile, port }) => ({
      command: EXAMPLE, words: ['--issuer', issuer, '--client-id', id, '--secret-file', secretFile, '--listen', `127.0.0.1:${port}`],
    }),
  },
  python: {
    library: 'Authlib, Python', trusted: true,
    back: '/vuelta', out: '/', notice: '/aviso-de-salida', entrance: '/',
    run: (system) => ({ command: PYTHON, words: ['sistema.py'], cwd: join(here, 'python'), env: settings(system) }),
  },
  node: {
    library: 'openid-client, Node.js', trusted: true,
    back: '/vuelta', out: '/', notice: '/aviso-de-salida', entrance: '/',
    run: (system) => ({ command: process.execPath, words: ['sistema.mjs'], cwd: join(here, 'node'), env: settings(system) }),
  },
  apache: {
    library: 'mod_auth_openidc, Apache',
    back: '/oidc/vuelta', out: '/', notice: '/oidc/vuelta?logout=backchannel', entrance: '/', inside: '/mis-cursos/',
    run: async ({ issuer, id, secretFile, port, url, dir }) => {
      await cp(join(here, 'apache/sitio'), join(dir, 'sitio'), { recursive: true });
      // Its workers are not root.
      await chmod(dir, 0o755);
      await writeFile(join(dir, 'passphrase'), crypto.randomUUID(), { mode: 0o600 });
      // In a file, where no list of processes shows the secret.
      const defined = {
        DIR: dir, PORT: port, SITE: join(dir, 'sitio'), CLAVE_CONF: join(here, 'apache/clave.conf'),
        CLAVE_ISSUER: issuer, CLAVE_CLIENT_ID: id, CLAVE_SECRET: await readFile(secretFile, 'utf8'),
        CLAVE_PASSPHRASE_FILE: join(dir, 'passphrase'), URL_PROPIA: url,
      };
      const file = join(dir, 'defined.conf');
      await writeFile(file, Object.entries(defined).map(([name, value]) => `Define ${name} "${value}"\n`).join(''), { mode: 0o600 });
      return { command: '/usr/sbin/apache2', words: ['-C', `Include ${file}`, '-DFOREGROUND', '-f', join(here, 'apache/apache2.conf')], cwd: dir };
    },
  },
};

function settings({ issuer, id, secretFile, url, port }) {
  return { CLAVE_ISSUER: issuer, CLAVE_CLIENT_ID: id, CLAVE_SECRET_FILE: secretFile, URL_PROPIA: url, PORT: String(port) };
}

export class System {
  #output = [];

  /** Registers a system of this kind with the running program, and starts it. */
  static async starts(name, program) {
    const system = new System();
    Object.assign(system, KINDS[name], { name, id: `sistema-${name}`, issuer: program.url });
    system.dir = await mkdtemp(join(tmpdir(), `clavero-${name}-`));
    system.port = await freePort();
    // Another site than the portal's 127.0.0.1, as it is in real life: no cookie is shared, and every step crosses origins.
    system.url = `http://localhost:${system.port}`;
    system.secretFile = join(system.dir, 'secret');
    const { client_secret: secret } = register(program, {
      id: system.id, name: `Sistema ${system.library}`,
      'redirect-uri': system.url + system.back, 'post-logout-uri': system.url + system.out, 'backchannel-logout-uri': system.url + system.notice,
      scope: 'openid profile email run', ...(system.trusted && { 'first-party': true }),
    });
    await writeFile(system.secretFile, secret, { mode: 0o600 });
    await system.#run();
    return system;
  }

  async #run() {
    const { command, words, cwd, env } = await this.run(this);
    this.child = spawn(command, words, { cwd: cwd ?? this.dir, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (text) => this.#output.push(text));
    let broken;
    this.child.on('error', (error) => { broken = error; });
    for (let tries = 0; tries < 200; tries += 1) {
      if (broken) throw broken;
      if (this.child.exitCode !== null) break;
      if (await fetch(this.url).then((answer) => answer.ok, () => false)) return;
      await pause(50);
    }
    const log = await this.log();
    await this.ends();
    assert.fail(`${this.name} did not start:\n${log}`);
  }

  /** All that it has said so far. */
  async log() {
    return this.#output.join('') + await readFile(join(this.dir, 'error.log'), 'utf8').catch(() => '');
  }

  /** Stops it and removes its folder. */
  async ends() {
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.pid) {
      const ended = once(this.child, 'exit');
      const late = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
      this.child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  // ---- What a person does there

  /** Follows the system's link to Clave SENCE. */
  async asksToEnter(person) {
    await person.page.goto(this.url + this.entrance);
    await person.page.getByRole('link', { name: 'Ingresar con Clave SENCE' }).click();
  }

  /** Asserts that the system knows who this is. */
  async knows(person) {
    assert.ok(person.page.url().startsWith(`${this.url}/`), `${person.page.url()} is not ${this.name}`);
    const name = await person.page.locator('#nombre').innerText();
    assert.equal(name, Object.values(person.names).join(' '));
    const shown = await person.page.locator('#rut').innerText();
    const { numero, DV } = shown.startsWith('{') ? JSON.parse(shown) : {};
    assert.equal((DV ? numero + DV : shown).replace(/[^\dK]/g, ''), person.rut.replace(/[^\dK]/g, ''));
  }

  /** Whether the person is in, when coming to it. */
  async letsIn(person) {
    await person.page.goto(this.url + (this.inside ?? '/'));
    return person.page.url().startsWith(this.url) && await person.page.locator('#nombre').count() === 1;
  }

  /** Presses or follows one of the system's own. */
  async does(person, name) {
    await person.page.getByRole(this.name === 'apache' ? 'link' : 'button', { name, exact: true }).click();
  }
}

/** Registers a client with the running program; gives what it says of it. */
export function register(program, options) {
  const words = Object.entries(options).flatMap(([option, value]) => [value].flat().flatMap((one) => [`--${option}`, ...(one === true ? [] : [one])]));
  return JSON.parse(program.commands('client', 'add', '--json', ...words));
}
