// A small relying system on another origin: sends people to Clave SENCE, changes the code for tokens, and shows what it was told.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export class System {
  /** Registers it and starts to listen. `scope`: what it asks for; `more`: further words for `client add`. */
  static async starts(program, { id = 'cursos', name = 'Cursos Ñuble', scope = 'openid profile email run', more = ['--grant', 'authorization_code', '--grant', 'refresh_token', '--grant', 'device_code'] } = {}) {
    const system = new System();
    Object.assign(system, { program, id, scope, asked: 0 });
    system.server = createServer((request, answer) => system.#answer(request, answer).catch((error) => answer.writeHead(500).end(String(error))));
    system.server.listen(0, '127.0.0.1');
    await once(system.server, 'listening');
    // Another site than the portal's 127.0.0.1: no cookie is shared, and every step crosses origins.
    system.url = `http://localhost:${system.server.address().port}`;
    const { client_secret: secret } = JSON.parse(program.commands(
      'client', 'add', '--id', id, '--name', name, '--auth', 'post', '--redirect-uri', `${system.url}/volver`,
      '--post-logout-uri', `${system.url}/adios`, '--scope', 'openid profile email phone address run offline_access', ...more, '--json',
    ));
    system.secret = secret;
    return system;
  }

  async ends() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Where it sends people. */
  link(changes = {}) {
    this.verifier = randomBytes(32).toString('base64url');
    this.state = randomBytes(9).toString('base64url');
    return `${this.program.url}/openid/authorize?${new URLSearchParams(this.#request(changes))}`;
  }

  #request(changes) {
    return {
      client_id: this.id, response_type: 'code', redirect_uri: `${this.url}/volver`, scope: this.scope, state: this.state,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'), code_challenge_method: 'S256', ...changes,
    };
  }

  async #answer(request, answer) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const html = (text) => answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="es"><title>Sistema</title>${text}`);
    if (pathname === '/favicon.ico') return answer.writeHead(204).end();
    if (pathname === '/') return html(`<a id="entrar" href="${this.link().replaceAll('&', '&amp;')}">Ingresar</a>`);
    if (pathname === '/por-formulario') {
      this.link();
      const fields = Object.entries(this.#request({})).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
      return html(`<form method="post" action="${this.program.url}/openid/authorize">${fields.join('')}<button>Ingresar</button></form>`);
    }
    if (pathname === '/adios') return html('<p id="adios">Hasta luego</p>');
    if (pathname !== '/volver') return answer.writeHead(404).end();
    // A mixed-up or forged answer (RFC 9207; RFC 6749 10.12) is not taken.
    if (searchParams.get('state') !== this.state || searchParams.get('iss') !== this.program.url) return html('<p id="error">ajeno</p>');
    if (searchParams.has('error')) return html(`<p id="error">${searchParams.get('error')}</p>`);
    const told = await this.#enter(searchParams.get('code'));
    return html(`<p id="persona">${JSON.stringify(told).replaceAll('<', '&lt;')}</p>`);
  }

  async #enter(code) {
    const body = new URLSearchParams({
      grant_type: 'authorization_code', code, redirect_uri: `${this.url}/volver`, code_verifier: this.verifier,
      client_id: this.id, client_secret: this.secret,
    });
    const tokens = await (await fetch(`${this.program.url}/openid/token`, { method: 'POST', body })).json();
    if (!tokens.access_token) return tokens;
    this.idToken = tokens.id_token;
    const answer = await fetch(`${this.program.url}/openid/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    return answer.json();
  }

  /** What the system was told about the person who came back to it. */
  async knows(person) {
    return JSON.parse(await person.page.locator('#persona').innerText());
  }
}
