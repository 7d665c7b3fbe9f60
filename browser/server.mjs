// The real program, started on a free port of loopback with a data folder of its own, and stopped as an operator stops it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const binary = resolve(process.env.CLAVERO_BIN ?? join(import.meta.dirname, '../target/release/clavero'));

/** What solves every captcha here: the acceptance setting `captcha.fixed_answer`. */
export const CAPTCHA = 'HOLA';

export class Program {
  #child;
  #environment;
  #output = [];

  /** Starts the program; `settings` are environment variables (CLAVERO__…) over those of an acceptance run. */
  static async starts(settings = {}) {
    const program = new Program();
    program.dir = await mkdtemp(join(tmpdir(), 'clavero-walk-'));
    program.port = await freePort();
    program.url = `http://127.0.0.1:${program.port}`;
    program.database = newDatabase();
    await program.#run(settings);
    return program;
  }

  /** Stops it and starts it again on the same data, with other settings. */
  async restarts(settings = {}) {
    await this.stops();
    await this.#run(settings);
  }

  /** Runs another command of the program on the same data while it serves; gives what it prints. */
  commands(...words) {
    return execFileSync(binary, words, { cwd: this.dir, env: this.#environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async #run(settings) {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CLAVERO__'));
    this.#environment = {
      ...Object.fromEntries(own),
      CLAVERO__SERVER__LISTEN: `127.0.0.1:${this.port}`,
      CLAVERO__DATA_DIR: join(this.dir, 'data'),
      CLAVERO__METRICS__LISTEN: 'off',
      CLAVERO__CAPTCHA__FIXED_ANSWER: CAPTCHA,
      ...(this.database && { CLAVERO__DATABASE__URL: this.database }),
      ...settings,
    };
    this.#child = spawn(binary, ['serve'], { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'], env: this.#environment });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.#output.push(text));
    }
    let broken;
    this.#child.on('error', (error) => { broken = error; });
    for (let tries = 0; tries < 200; tries += 1) {
      if (broken) throw broken;
      assert.equal(this.#child.exitCode, null, `${binary} serve ended before it was ready:\n${this.log}`);
      const ready = await fetch(`${this.url}/health/ready`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await pause(50);
    }
    this.#child.kill('SIGKILL');
    assert.fail(`${binary} serve was not ready after 10 s:\n${this.log}`);
  }

  /** All that it has printed so far. */
  get log() {
    return this.#output.join('');
  }

  /** Stops it gracefully: SIGTERM, exit code 0. */
  async stops() {
    const child = this.#child;
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    }
    assert.equal(child.signalCode ?? child.exitCode, 0, `stopped by SIGTERM, it must exit with 0:\n${this.log}`);
  }

  /** Stops it and removes its data. */
  async ends() {
    try {
      await this.stops();
    } finally {
      await rm(this.dir, { recursive: true, force: true });
    }
  }

  /** Every message in the outbox folder, oldest first. */
  async messages() {
    const folder = join(this.dir, 'data/outbox');
    const names = await readdir(folder).catch(() => []);
    const files = names.filter((name) => name.endsWith('.json'));
    const all = await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
    return all.sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** Waits until `count` messages went to `to`, and gives them, oldest first. */
  async messagesTo(to, count) {
    let found = [];
    for (let tries = 0; tries < 100 && found.length < count; tries += 1) {
      if (tries > 0) await pause(100);
      found = (await this.messages()).filter((message) => sameAddress(message.to, to));
    }
    assert.ok(found.length >= count, `${count} messages to ${to}, not these alone: ${found.map((m) => m.subject ?? m.text)}`);
    return found;
  }

  /** Waits for a message on `channel` to `to` that has `text` in it. */
  async message(channel, to, text = '') {
    for (let tries = 0; tries < 100; tries += 1) {
      const found = (await this.messages()).filter(
        (message) => message.channel === channel && sameAddress(message.to, to) && message.text.includes(text),
      );
      if (found.length > 0) return found.at(-1);
      await pause(100);
    }
    const seen = (await this.messages()).map((m) => `${m.channel} to ${m.to}: ${m.subject ?? ''}\n${m.text}`);
    return assert.fail(`no ${channel} to ${to} with «${text}» within 10 s; there are:\n${seen.join('\n---\n')}`);
  }
}

/** A phone is the same number however it is written. */
function sameAddress(one, other) {
  const plain = (address) => (address.includes('@') ? address.toLowerCase() : address.replace(/\D/g, ''));
  return plain(one) === plain(other);
}

/** A port of loopback that nobody listens on. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

let databases = 0;

/** A new database on the PostgreSQL that ./test started; nothing where it did not say one: then SQLite serves. */
function newDatabase() {
  const server = process.env.CLAVERO_TEST_DATABASE;
  if (!server) return undefined;
  const url = new URL(server);
  databases += 1;
  const name = `walk_${process.pid}_${databases}`;
  execFileSync('createdb', ['-h', url.searchParams.get('host') ?? url.hostname, '-U', url.username, name]);
  url.pathname = `/${name}`;
  return url.href;
}
