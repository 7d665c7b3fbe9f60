// Systems made with libraries that nobody here wrote: people enter them, stay in, leave, and are put out when they left elsewhere.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { closeBrowser } from '../browser/chromium.mjs';
import { Program } from '../browser/server.mjs';
import { agrees, elsewhere, logsIn, registered } from './logins.mjs';
import { KINDS, System } from './systems.mjs';

let program;
const systems = {};
let person;

before(async () => {
  program = await Program.starts({ CLAVERO__OIDC__BACKCHANNEL_LOOPBACK: 'true', CLAVERO__OIDC__ACCESS_MINUTES: '2' });
  for (const name of Object.keys(KINDS)) systems[name] = await System.starts(name, program);
  person = await registered(program);
}, { timeout: 60_000 });

after(async () => {
  await person?.leaves();
  await closeBrowser();
  await Promise.all(Object.values(systems).map((system) => system.ends()));
  await program?.ends();
}, { timeout: 30_000 });

/** One window of the person for one test; what the systems and the program said is shown where it fails. */
function walk(sentence, body, window) {
  test(sentence, { timeout: 60_000 }, async () => {
    const visitor = await elsewhere(person, window);
    try {
      await body(visitor);
    } catch (error) {
      const said = await Promise.all(Object.values(systems).map(async (system) => `${system.name}:\n${await system.log()}`));
      console.error([visitor.page.url(), await visitor.page.locator('body').innerText().catch(String), ...said, program.log.slice(-8000)].join('\n---\n'));
      throw error;
    } finally {
      await visitor.leaves();
    }
  });
}

/** How often tokens were given out so far. */
function tokensGiven() {
  return program.log.match(/POST \/openid\/token.*\b200\b/g)?.length ?? 0;
}

const agreed = new Set();

/** From the system's link to its page for people who are in, by RUT and key; consent is asked for once. */
async function enters(system, visitor) {
  await system.asksToEnter(visitor);
  await logsIn(visitor);
  await agreesOnce(system, visitor);
  await system.knows(visitor);
}

async function agreesOnce(system, visitor) {
  if (!system.trusted && !agreed.has(system.name)) {
    await agrees(visitor);
    agreed.add(system.name);
  }
}

walk('A person who shares nothing is back at the system, and not in it', async (visitor) => {
  await systems.rust.asksToEnter(visitor);
  await logsIn(visitor);
  await visitor.page.locator('main').getByRole('button', { name: 'No compartir', exact: true }).click();
  assert.equal(await visitor.page.getByRole('heading', { level: 1 }).innerText(), 'Usted no ingresó');
  assert.ok(!await systems.rust.letsIn(visitor));
});

for (const [name, { library }] of Object.entries(KINDS)) {
  for (const script of [true, false]) {
    walk(`${library}: a person enters, stays, and leaves, ${script ? 'with' : 'without'} JavaScript`, async (visitor) => {
      const system = systems[name];
      await enters(system, visitor);

      const given = tokensGiven();
      await system.does(visitor, 'Renovar');
      await system.knows(visitor);
      await until(() => tokensGiven() > given, 'tokens were given');

      await system.does(visitor, 'Salir');
      await visitor.page.waitForURL(system.url + system.out);
      await system.asksToEnter(visitor);
      await logsIn(visitor);
      await system.knows(visitor);
    }, { script });
  }
}

walk('One login opens every system; leaving one is leaving all', async (visitor) => {
  await enters(systems.rust, visitor);
  for (const system of [systems.python, systems.node, systems.apache]) {
    await system.asksToEnter(visitor);
    await agreesOnce(system, visitor);
    await system.knows(visitor);
  }
  await systems.node.letsIn(visitor);
  await systems.node.does(visitor, 'Salir');
  await visitor.page.waitForURL(`${systems.node.url}/`);
  await allOut(visitor);
});

walk('A person who leaves at the portal has left every system', async (visitor) => {
  await entersAll(visitor);
  await visitor.opens('/salir');
  await visitor.page.locator('main form button[type=submit]').click();
  await allOut(visitor);
});

walk('Changing the key elsewhere ends every session', async (visitor) => {
  await entersAll(visitor);
  const other = await elsewhere(person);
  try {
    await other.changesKey(person.key, 'cerro7Nube');
    person.key = other.key;
  } finally {
    await other.leaves();
  }
  await allOut(visitor);
});

walk('Leaving one device leaves the other in', async (visitor) => {
  await enters(systems.rust, visitor);
  const other = await elsewhere(person);
  try {
    await enters(systems.rust, other);
    await systems.rust.does(other, 'Salir');
    await other.page.waitForURL(systems.rust.url + systems.rust.out);
    // A notice about the other session would have come by now: it is sent at once.
    await pause(1_000);
    assert.ok(await systems.rust.letsIn(visitor));
  } finally {
    await other.leaves();
  }
});

walk('A logout notice that Clave SENCE did not sign puts nobody out', async (visitor) => {
  await entersAll(visitor);
  await systems.rust.letsIn(visitor);
  const told = await visitor.page.locator('tbody tr').evaluateAll((rows) => Object.fromEntries(rows.map((row) => [...row.cells].map((cell) => cell.innerText))));
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  for (const system of Object.values(systems)) {
    const claims = {
      iss: program.url, aud: system.id, sub: told.sub, sid: told.sid, jti: crypto.randomUUID(), iat: seconds(), exp: seconds() + 120,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    const header = { alg: 'ES256', typ: 'logout+jwt', jwk: await exportJWK(publicKey) };
    const bare = [{ alg: 'none', typ: 'logout+jwt' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    for (const token of [await new SignJWT(claims).setProtectedHeader(header).sign(privateKey), `${bare}.`]) {
      const answer = await fetch(system.url + system.notice, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });
      assert.ok(answer.status >= 400 && answer.status < 500, `${system.name} answered ${answer.status}`);
    }
    assert.ok(await system.letsIn(visitor), `${system.name} put the person out`);
  }
});

const seconds = () => Math.floor(Date.now() / 1000);

async function entersAll(visitor) {
  await enters(systems.rust, visitor);
  for (const system of [systems.python, systems.node, systems.apache]) {
    await system.asksToEnter(visitor);
    await system.knows(visitor);
  }
}

/** By a notice from server to server: the person need not come back. Within seconds. */
async function allOut(visitor) {
  for (const system of Object.values(systems)) {
    await until(async () => !await system.letsIn(visitor), `${system.name} lets the person in no more`);
  }
}

/** Asserts that it comes true within ten seconds. */
async function until(holds, said) {
  for (let tries = 0; tries < 50; tries += 1) {
    if (tries > 0) await pause(200);
    if (await holds()) return;
  }
  assert.fail(`not within ten seconds: ${said}`);
}
