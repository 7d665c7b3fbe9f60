// A person at the portal. The methods say what the user guide says a person does, and leave the browser at the page where it ended.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { newWindow, Watch } from './chromium.mjs';
import { inventRut } from './rut.mjs';
import { CAPTCHA } from './server.mjs';

export const PAGES = {
  portal: '/',
  register: '/Account/Registrar',
  recover: '/Account/RecuperarClave',
  change: '/Account/CambiarClave',
  update: '/Account/ActualizarDatos',
  help: '/ayuda',
  privacy: '/privacidad',
  accessibility: '/accesibilidad',
  login: '/ingresar',
  logout: '/salir',
  device: '/dispositivo',
  missing: '/no-existe',
};

/** Letter, five digits, letter, digit, without I, O and Q. */
export const PROVISIONAL_KEY = /^[A-HJ-NPR-Z]\d{5}[A-HJ-NPR-Z]\d$/;

export class Person {
  /** Who was never here before, at the front page. `window`: see newWindow. */
  static async arrives(program, window = {}) {
    const person = new Person();
    person.program = program;
    person.context = await newWindow(window);
    person.page = await person.context.newPage();
    person.watch = new Watch(person.page, program.url);
    person.spanish = (window.locale ?? 'es-CL').startsWith('es');
    person.rut = inventRut();
    person.email = `rosalia.${randomInt(1e9)}@example.org`;
    person.mobile = '+56 9 8765 4321';
    person.names = { nombres: 'Rosalía Ñ.', apellido_paterno: "O'Higgins", apellido_materno: 'Quilodrán' };
    person.birth = { fecha_nacimiento_dia: '01', fecha_nacimiento_mes: '12', fecha_nacimiento_anio: '1992' };
    person.home = {
      direccion: 'Pasaje Los Copihues', numero: '1204', block: 'B', departamento: '32', region: '05', comuna: '05109',
    };
    person.answer = 'Quebrada del Ají';
    person.key = `tren${randomInt(10, 99)}.Sur`;
    person.secrets = new Set();
    await person.opens(PAGES.portal);
    return person;
  }

  async leaves() {
    await this.context.close();
  }

  /** Opens an address of the portal; gives the answer's status. */
  async opens(path) {
    const answer = await this.page.goto(new URL(path, this.program.url).href);
    return answer.status();
  }

  field(name) {
    return this.page.locator(`main [name="${name}"]`);
  }

  /** Fills in fields by name, in the order given. */
  async writes(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.field(name);
      const kind = await field.evaluate((element) => element.localName);
      if (kind === 'select') await field.selectOption(value);
      else await field.fill(value);
      if (SECRET.test(name) && value) this.secrets.add(value);
    }
  }

  /** What stands in the fields of the page, by name. */
  async seesWritten() {
    return this.page.locator('main form').first().evaluate((form) => {
      const typed = [...form.elements].filter((e) => e.name && e.type !== 'hidden' && e.localName !== 'button');
      return Object.fromEntries(typed.map((e) => [e.name, e.value]));
    });
  }

  /** Presses a button, by its Spanish text or as the form's primary one, and waits for the page that follows. Gives its status. */
  async presses(text) {
    const button = text && this.spanish
      ? this.page.locator('main').getByRole('button', { name: text, exact: true })
      : this.page.locator('main form button[type=submit]:not([name]):not([hidden])');
    return this.follows(() => button.click());
  }

  /** Does what leads to another page, and waits for that. Gives its status. */
  async follows(step) {
    const [answer] = await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), step()]);
    const asked = answer.request();
    if (asked.method() === 'GET' && asked.redirectedFrom()) {
      assert.equal((await asked.redirectedFrom().response()).status(), 303, 'a form that went well answers 303');
    }
    return answer.status();
  }

  /** «éxito», «error», «interrumpido» or «formulario», as the page marks itself. */
  async outcome() {
    return this.page.locator('main').getAttribute('data-resultado');
  }

  async heading() {
    const text = await this.page.locator('h1').innerText();
    return text.replace('✓', '').trim();
  }

  /** The text of the page's main part, on one line. */
  async reads() {
    return (await this.page.locator('main').innerText()).replace(/\s+/g, ' ');
  }

  /** Asserts that the page shows a text or pattern. */
  async shows(expected) {
    const text = await this.reads();
    assert.ok(expected instanceof RegExp ? expected.test(text) : text.includes(expected), `«${expected}» is not in:\n${text}`);
  }

  /** `heading` in Spanish. */
  async endsWith(outcome, heading) {
    assert.equal(await this.outcome(), outcome, await this.reads());
    if (heading && this.spanish) assert.equal(await this.heading(), heading);
  }

  // ---- G-3 Register

  registration() {
    return {
      rut: this.rut,
      respuesta: this.answer,
      ...this.names,
      ...this.birth,
      ...this.home,
      email: this.email,
      celular: this.mobile ?? '',
      clave: this.key,
      clave_repetida: this.key,
      captcha: CAPTCHA,
    };
  }

  /** Opens the form and fills in everything. */
  async fillsRegistration(changes = {}) {
    await this.opens(PAGES.register);
    await this.choosesQuestion();
    await this.writes({ ...this.registration(), ...changes });
  }

  /** The fourth question of the list; its text is what the person remembers. */
  async choosesQuestion() {
    const option = this.field('pregunta').locator('option').nth(4);
    this.question = (await option.innerText()).trim();
    await this.field('pregunta').selectOption(await option.getAttribute('value'));
  }

  async registers() {
    await this.fillsRegistration();
    assert.equal(await this.presses('Ingresar'), 200, await this.reads());
    await this.endsWith('exito', 'Su registro fue recibido');
  }

  // ---- G-4 Forgotten CS

  /** Step 1: says the RUT, is asked the question. */
  async asksForQuestion() {
    await this.opens(PAGES.recover);
    await this.writes({ rut: this.rut });
    assert.equal(await this.presses(), 200, await this.reads());
  }

  /** Both steps; the result page stands open, whichever it is. */
  async answersQuestion(answer = this.answer) {
    await this.asksForQuestion();
    await this.shows(this.question);
    await this.writes({ respuesta: answer, captcha: CAPTCHA });
    return this.presses('Generar Nueva Clave');
  }

  /** Forgets the CS and gets a provisional key. */
  async forgets() {
    await this.answersQuestion();
    await this.endsWith('exito', 'Éxito');
    const shown = await this.page.locator('.clave-provisoria .valor').innerText();
    this.provisional = shown.replace(/\s/g, '');
    assert.match(this.provisional, PROVISIONAL_KEY);
    return this.provisional;
  }

  // ---- G-5 Change CS

  /** Fills in and sends; gives the status. */
  async triesToChange(current, next) {
    await this.opens(PAGES.change);
    await this.writes({
      rut: this.rut, clave_actual: current, clave_nueva: next, clave_nueva_repetida: next, captcha: CAPTCHA,
    });
    return this.presses('Generar Nueva Clave');
  }

  async changesKey(current, next) {
    assert.equal(await this.triesToChange(current, next), 200, await this.reads());
    await this.endsWith('exito');
    this.key = next;
  }

  // ---- Log in and out

  /** Opens the form, on the way to a page, fills in and sends; gives the status of the page where that ends. */
  async triesToLogIn(key, to = PAGES.help, more = {}) {
    await this.opens(`${PAGES.login}?ir=${to}`);
    return this.sendsLogIn(key, more);
  }

  async sendsLogIn(key, more = {}) {
    await this.writes({ rut: this.rut, clave: key, ...more });
    return this.presses('Ingresar');
  }

  async logsIn(key = this.key, to = PAGES.help) {
    assert.equal(await this.triesToLogIn(key, to), 200, await this.reads());
    assert.equal(this.at(), to);
  }

  async logsOut() {
    await this.opens(PAGES.logout);
    assert.equal(await this.presses('Cerrar sesión'), 200, await this.reads());
    await this.endsWith('exito', 'Su sesión está cerrada');
  }

  /** The path of the page that stands open. */
  at() {
    return new URL(this.page.url()).pathname;
  }

  // ---- G-6 Update data

  async provesIdentity() {
    await this.opens(PAGES.update);
    await this.writes({ rut: this.rut, ...this.birth, email: this.email });
    assert.equal(await this.presses('Validar'), 200, await this.reads());
    if (this.spanish) await this.shows('Datos de Seguridad');
    await this.field('pregunta').selectOption({ label: this.question });
    await this.writes({ respuesta: this.answer });
    assert.equal(await this.presses(), 200, await this.reads());
    if (this.spanish) await this.shows('Domicilio');
  }

  /** Steps 1 and 2, writes the changes in step 3, and stops at «Revise sus cambios». */
  async proposes(changes) {
    await this.provesIdentity();
    await this.writes(changes);
    assert.equal(await this.presses(), 200, await this.reads());
    await this.endsWith('formulario', 'Revise sus cambios');
  }

  async confirms() {
    const status = await this.follows(() => this.page.locator('main button[name=accion][value=confirmar]').click());
    assert.equal(status, 200, await this.reads());
    await this.endsWith('exito');
  }

  async updates(changes) {
    await this.proposes(changes);
    await this.confirms();
    this.email = changes.email ?? this.email;
    this.mobile = changes.celular ?? this.mobile;
  }
}

/** Fields that no page may give back. */
export const SECRET = /^(clave|respuesta)/;
