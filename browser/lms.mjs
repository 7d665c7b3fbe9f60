// A small LMS on another origin, as plugins are: a form that starts, a form that closes, and a page that takes what a browser brings back.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const OTEC = '76543210-3';

export class Lms {
  /** What came back, oldest first: the address, and the fields by name. */
  replies = [];
  /** Values that its forms send instead of the usual ones. */
  changes = {};

  /** Registers an OTEC with its token, and starts to listen. `listed`: whether the OTEC said where its participants are sent back to. */
  static async starts(program, { listed = true, test = true, otec = OTEC } = {}) {
    const lms = new Lms();
    Object.assign(lms, { program, otec, test });
    lms.server = createServer((request, answer) => lms.#answer(request, answer).catch((error) => answer.writeHead(500).end(String(error))));
    lms.server.listen(0, '127.0.0.1');
    await once(lms.server, 'listening');
    // Another site than the portal's 127.0.0.1: no cookie is shared, and every step crosses origins.
    lms.url = `http://localhost:${lms.server.address().port}`;
    program.commands('otec', 'add', '--rut', otec, '--name', 'Capacitaciones Ñuble', ...(listed ? ['--callback-origin', lms.url] : []));
    lms.token = JSON.parse(program.commands('otec', 'token', 'issue', '--rut', otec, '--json')).token;
    return lms;
  }

  async ends() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** What its form of this act sends. */
  form(act, run) {
    return {
      RutOtec: this.otec, Token: this.token, CodSence: '-1', CodigoCurso: '-1', LineaCapacitacion: '3', RunAlumno: run,
      IdSesionAlumno: `<${randomUUID()}> & "más"`, UrlRetoma: `${this.url}/vuelta?ok=1&curso=7`, UrlError: `${this.url}/vuelta?ok=0&curso=7`,
      ...(act === 'CerrarSesion' && { IdSesionSence: this.open }), ...this.changes,
    };
  }

  /** The server's address for an act. */
  address(act) {
    return `${this.program.url}/rce${this.test ? 'test' : ''}/Registro/${act}`;
  }

  /** What Clave SENCE itself says of an attendance. */
  async confirms(id) {
    const answer = await fetch(`${this.program.url}/api/rce/sesiones/${id}`, { headers: { authorization: `Bearer ${this.token}` } });
    return answer.status === 200 ? answer.json() : answer.status;
  }

  async #answer(request, answer) {
    const { pathname, searchParams, search } = new URL(request.url, this.url);
    const html = (text) => answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="es"><title>Aula</title>${text}`);
    if (pathname === '/favicon.ico') return answer.writeHead(204).end();
    if (pathname === '/') {
      const act = searchParams.get('acto');
      const inputs = Object.entries(this.form(act, searchParams.get('run'))).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value ?? '')}">`);
      return html(`<form method="post" action="${this.address(act)}">${inputs.join('')}<button>Ir</button></form>`);
    }
    if (pathname !== '/vuelta' || request.method !== 'POST') return answer.writeHead(404).end();
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const fields = Object.fromEntries(new URLSearchParams(body));
    this.replies.push({ to: pathname + search, fields, origin: request.headers.origin });
    // An error brings an IdSesionSence, too: it is asked for first.
    const says = fields.GlosaError ? `Error ${fields.GlosaError}` : fields.IdSesionSence ? 'Iniciada' : 'Cerrada';
    if (says === 'Iniciada') this.open = fields.IdSesionSence;
    return html(`<p id="respuesta">${says}</p>`);
  }
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
