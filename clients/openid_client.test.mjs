// What a careful system does with openid-client: keys instead of secrets, pushed and signed requests, tokens bound to a key, devices; and what it refuses.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { closeBrowser } from '../browser/chromium.mjs';
import { Program } from '../browser/server.mjs';
import { agrees, elsewhere, logsIn, registered } from './logins.mjs';
import { register } from './systems.mjs';

let program;
let person;
/** Where people come back to: a page that says nothing. */
let system;
let back;

before(async () => {
  program = await Program.starts({ CLAVERO__OIDC__DEVICE_INTERVAL_SECONDS: '1' });
  person = await registered(program);
  system = await serves((request, response) => response.end('<!doctype html><title>.</title>'));
  back = `${system.url}/vuelta`;
}, { timeout: 60_000 });

after(async () => {
  await person?.leaves();
  await closeBrowser();
  system?.close();
  await program?.ends();
}, { timeout: 30_000 });

/** Whoever visits has not logged in yet. */
function walk(sentence, body) {
  test(sentence, { timeout: 60_000 }, async () => {
    const visitor = await elsewhere(person);
    try {
      await body(visitor);
    } catch (error) {
      console.error([visitor.page.url(), await visitor.page.locator('body').innerText().catch(String), program.log.slice(-4000)].join('\n---\n'));
      throw error;
    } finally {
      await visitor.leaves();
    }
  });
}

walk('A system with a key of its own pushes its requests; introspection and revocation know its tokens', async (visitor) => {
  const { privateKey, options } = await ownKey('pushes');
  register(program, { id: 'pushes', name: 'Sistema con llave', 'redirect-uri': back, ...options, 'require-par': true, scope: 'openid run', 'first-party': true });
  const client = await discovers('pushes', oidc.PrivateKeyJwt(privateKey));

  const { parameters, checks } = await request('openid run');
  await visitor.page.goto(oidc.buildAuthorizationUrl(client, parameters).href);
  assert.equal(new URL(visitor.page.url()).searchParams.get('error'), 'invalid_request', 'a request that was not pushed');

  const address = await oidc.buildAuthorizationUrlWithPAR(client, parameters);
  assert.deepEqual([...address.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const tokens = await oidc.authorizationCodeGrant(client, await logsInAt(visitor, address), checks);
  const told = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims().sub);
  assert.equal(`${told.RolUnico.numero}${told.RolUnico.DV}`, visitor.rut.replace(/[^\dK]/g, ''));

  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, true);
  await oidc.tokenRevocation(client, tokens.refresh_token);
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, false, 'what belongs to it ended with it');
  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token), { error: 'invalid_grant' });

  await visitor.page.goto(address.href);
  assert.ok(visitor.page.url().startsWith(program.url), 'a pushed request serves once');
});

walk('A signed request says what its system asked for, whatever stands beside it', async (visitor) => {
  const { privateKey, options } = await ownKey('signs');
  register(program, { id: 'signs', name: 'Sistema que firma', 'redirect-uri': back, ...options, scope: 'openid email', 'first-party': true });
  const client = await discovers('signs', oidc.PrivateKeyJwt(privateKey));
  const { parameters, checks } = await request('openid email');
  const address = await oidc.buildAuthorizationUrlWithJAR(client, parameters, privateKey);
  address.searchParams.set('state', 'another');
  const tokens = await oidc.authorizationCodeGrant(client, await logsInAt(visitor, address), checks);
  assert.equal((await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims().sub)).email, visitor.email);
});

walk('Tokens that are bound to a key serve nobody without it', async (visitor) => {
  register(program, { id: 'bound', name: 'Aplicación', public: true, 'redirect-uri': back, 'require-dpop': true, scope: 'openid', 'id-token-alg': 'ES256', 'first-party': true });
  const client = await discovers('bound', oidc.None());
  const DPoP = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair('ES256'));
  const { parameters, checks } = await request('openid');
  parameters.dpop_jkt = await DPoP.calculateThumbprint();
  const tokens = await oidc.authorizationCodeGrant(client, await logsInAt(visitor, oidc.buildAuthorizationUrl(client, parameters)), checks, undefined, { DPoP });
  assert.equal(tokens.token_type.toLowerCase(), 'dpop');
  const { sub } = tokens.claims();
  assert.equal((await oidc.fetchUserInfo(client, tokens.access_token, sub, { DPoP })).sub, sub);

  const bare = await fetch(client.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(bare.status, 401);
  assert.match(bare.headers.get('www-authenticate'), /error="invalid_token"/);
  const foreign = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair('ES256'));
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, sub, { DPoP: foreign }));

  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token, undefined, { DPoP: foreign }), { error: 'invalid_grant' });
  const renewed = await oidc.refreshTokenGrant(client, tokens.refresh_token, undefined, { DPoP });
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal((await oidc.fetchUserInfo(client, renewed.access_token, sub, { DPoP })).sub, sub);
});

walk('A device without a browser is let in by a person who has one', async (visitor) => {
  register(program, { id: 'device', name: 'Terminal', public: true, grant: ['device_code', 'refresh_token'], scope: 'openid profile', 'id-token-alg': 'ES256' });
  const client = await discovers('device', oidc.None());
  const device = await oidc.initiateDeviceAuthorization(client, { scope: 'openid profile' });
  const waits = oidc.pollDeviceAuthorizationGrant(client, device, undefined, { signal: AbortSignal.timeout(30_000) });
  // The test's failure is told by what fails first.
  waits.catch(() => undefined);

  await visitor.page.goto(device.verification_uri_complete);
  await logsIn(visitor);
  await visitor.shows(device.user_code);
  await visitor.page.locator('main').getByRole('button', { name: 'Conectar', exact: true }).click();
  const tokens = await waits;
  const told = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims().sub);
  assert.equal(told.name, Object.values(visitor.names).join(' '));
});

walk('A system in its own name gets a token that tells of nobody', async () => {
  const { client_secret: secret } = register(program, { id: 'itself', name: 'Proceso', grant: 'client_credentials' });
  const client = await discovers('itself', oidc.ClientSecretPost(secret));
  const { access_token: token } = await oidc.clientCredentialsGrant(client);
  assert.equal((await oidc.tokenIntrospection(client, token)).active, true);
  // All scopes are about people.
  await assert.rejects(oidc.clientCredentialsGrant(client, { scope: 'email' }), { error: 'invalid_scope' });
  await assert.rejects(oidc.fetchUserInfo(client, token, oidc.skipSubjectCheck));
});

walk('Without a session, prompt=none says so; with one, it shows nothing', async (visitor) => {
  const { client_secret: secret } = register(program, { id: 'asks', name: 'Sistema que pregunta', 'redirect-uri': back, scope: 'openid', 'first-party': true });
  const client = await discovers('asks', oidc.ClientSecretBasic(secret));
  const quiet = await request('openid');
  const address = oidc.buildAuthorizationUrl(client, { ...quiet.parameters, prompt: 'none' });
  await visitor.page.goto(address.href);
  await assert.rejects(oidc.authorizationCodeGrant(client, new URL(visitor.page.url()), quiet.checks), { error: 'login_required' });

  const { parameters, checks } = await request('openid');
  const first = await oidc.authorizationCodeGrant(client, await logsInAt(visitor, oidc.buildAuthorizationUrl(client, parameters)), checks);
  await visitor.page.goto(address.href);
  const again = await oidc.authorizationCodeGrant(client, new URL(visitor.page.url()), quiet.checks);
  for (const claim of ['sub', 'sid', 'auth_time']) assert.equal(again.claims()[claim], first.claims()[claim], claim);
});

walk('A mixed-up answer is refused before its code goes anywhere', async (visitor) => {
  const { client_secret: secret } = register(program, { id: 'mixed', name: 'Sistema', 'redirect-uri': back, scope: 'openid', 'first-party': true });
  // Another provider of the same system, turned bad: it sends people to Clave SENCE, and waits for the code (RFC 9207, 1).
  let codes = 0;
  const bad = await serves((asked, response) => {
    const { pathname, search } = new URL(asked.url, bad.url);
    if (pathname === '/authorize') return response.writeHead(303, { location: `${program.url}/openid/authorize${search}` }).end();
    if (pathname === '/token') codes += 1;
    const metadata = {
      issuer: bad.url, authorization_endpoint: `${bad.url}/authorize`, token_endpoint: `${bad.url}/token`, jwks_uri: `${bad.url}/jwks`,
      authorization_response_iss_parameter_supported: true,
    };
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(pathname.startsWith('/.well-known') ? metadata : {}));
  });
  try {
    const client = await oidc.discovery(new URL(bad.url), 'mixed', {}, oidc.ClientSecretBasic(secret), { execute: [oidc.allowInsecureRequests] });
    const { parameters, checks } = await request('openid');
    const answer = await logsInAt(visitor, oidc.buildAuthorizationUrl(client, parameters));
    assert.equal(answer.searchParams.get('iss'), program.url);
    assert.ok(answer.searchParams.get('code'));
    await assert.rejects(oidc.authorizationCodeGrant(client, answer, checks), ({ cause }) => /"iss"/.test(cause.message));
    assert.equal(codes, 0);
  } finally {
    bad.close();
  }
});

walk('A system that spoke to ClaveÚnica finds the addresses and the shape that it knows', async (visitor) => {
  const { client_secret: secret } = register(program, {
    id: 'de-claveunica', name: 'Trámite', auth: 'post', shape: 'claveunica', 'redirect-uri': back, scope: 'openid run name email',
  });
  const at = (path) => `${program.url}/openid/${path}/`;
  const client = new oidc.Configuration({
    issuer: program.url, authorization_endpoint: at('authorize'), token_endpoint: at('token'), userinfo_endpoint: at('userinfo'), jwks_uri: at('jwks'),
  }, 'de-claveunica', {}, oidc.ClientSecretPost(secret));
  oidc.allowInsecureRequests(client);
  const state = oidc.randomState();
  const address = oidc.buildAuthorizationUrl(client, { redirect_uri: back, scope: 'openid run name email', state });
  await visitor.page.goto(address.href);
  await logsIn(visitor);
  await agrees(visitor);
  await visitor.page.waitForURL(`${back}?*`);
  // Its programs send `state` to the token endpoint too.
  const tokens = await oidc.authorizationCodeGrant(client, new URL(visitor.page.url()), { expectedState: state }, { state });
  const told = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims().sub);
  assert.deepEqual(told.name, { nombres: ['Rosalía', 'Ñ.'], apellidos: ["O'Higgins", 'Quilodrán'] });
  const [numero, DV] = visitor.rut.replaceAll('.', '').split('-');
  assert.deepEqual(told.RolUnico, { numero: Number(numero), DV, tipo: 'RUN' });
  assert.equal(told.email, visitor.email);
});

/** A key pair of a system, and what it is registered with. */
async function ownKey(id) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const file = join(program.dir, `${id}.jwks`);
  await writeFile(file, JSON.stringify({ keys: [{ ...await exportJWK(publicKey), alg: 'ES256', use: 'sig' }] }));
  return { privateKey, options: { auth: 'private-key-jwt', jwks: file } };
}

function discovers(id, authentication) {
  return oidc.discovery(new URL(program.url), id, {}, authentication, { execute: [oidc.allowInsecureRequests] });
}

async function request(scope) {
  const checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
  const challenge = await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier);
  const parameters = {
    redirect_uri: back, scope, state: checks.expectedState, nonce: checks.expectedNonce, code_challenge: challenge, code_challenge_method: 'S256',
  };
  return { parameters, checks };
}

/** Goes there, logs in; gives the address of the system at which the browser arrives. */
async function logsInAt(visitor, address) {
  await visitor.page.goto(address.href);
  await logsIn(visitor);
  await visitor.page.waitForURL(`${back}?*`);
  return new URL(visitor.page.url());
}

async function serves(handle) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}
