// The error state of every form: 422, everything wrong named at once, at the field and in a summary; nothing typed is lost, no secret given back.

import assert from 'node:assert/strict';
import { PAGES, SECRET } from '../person.mjs';
import { misread } from '../rut.mjs';
import { walk } from '../walk.mjs';

const LONG = 'a'.repeat(20_000);

walk('Empty forms name every missing field', async (person, program, script) => {
  await person.opens(PAGES.register);
  await person.presses('Ingresar');
  await saysWhatIsWrong(person, script, [
    'rut', 'pregunta', 'respuesta', 'nombres', 'apellido_paterno', 'fecha_nacimiento_dia', 'direccion', 'numero', 'region', 'comuna',
    'email', 'clave', 'captcha',
  ]);

  await person.opens(PAGES.recover);
  await person.presses();
  await saysWhatIsWrong(person, script, ['rut']);
  await person.asksForQuestion();
  await person.presses('Generar Nueva Clave');
  await saysWhatIsWrong(person, script, ['respuesta', 'captcha']);

  await person.opens(PAGES.change);
  await person.presses('Generar Nueva Clave');
  await saysWhatIsWrong(person, script, ['rut', 'clave_actual', 'clave_nueva', 'captcha']);

  await person.opens(PAGES.update);
  await person.presses('Validar');
  await saysWhatIsWrong(person, script, ['rut', 'fecha_nacimiento_dia', 'email']);
});

walk('Emptied fields in the third step of an update are named', async (person, program, script) => {
  await person.registers();
  await person.provesIdentity();
  await person.writes({ direccion: '', numero: '', region: '', comuna: '', email: '' });
  await person.presses();
  await saysWhatIsWrong(person, script, ['direccion', 'numero', 'region', 'comuna', 'email']);
});

walk('A form with mistakes keeps what was typed, but no secret', async (person, program, script) => {
  const wrong = {
    rut: misread(person.rut),
    nombres: '<b>Rosalía</b> & "Co" 🌻',
    fecha_nacimiento_dia: '31',
    fecha_nacimiento_mes: '02',
    email: 'rosalia.example.org',
    celular: '12',
    clave: 'corta',
    clave_repetida: 'otra',
  };
  await person.fillsRegistration(wrong);
  const typed = await person.seesWritten();
  assert.equal(await person.presses('Ingresar'), 422);
  await saysWhatIsWrong(person, script, ['rut', 'fecha_nacimiento_dia', 'email', 'celular', 'clave']);
  const kept = await person.seesWritten();
  for (const [name, value] of Object.entries(typed)) {
    const secret = SECRET.test(name) || name === 'captcha';
    assert.equal(kept[name], secret ? '' : value, name);
  }
  await person.shows('El dígito verificador no corresponde. Revise su RUT.');
  assert.deepEqual(await program.messages(), []);
});

walk('A wrong captcha is said first and the rest is kept', async (person, program, script) => {
  await person.fillsRegistration({ captcha: 'AAAAAA' });
  const typed = await person.seesWritten();
  assert.equal(await person.presses('Ingresar'), 422);
  const [first] = await saysWhatIsWrong(person, script, ['captcha']);
  assert.equal(first, 'captcha');
  assert.equal((await person.seesWritten()).direccion, typed.direccion);
  assert.deepEqual(await program.messages(), []);
});

walk('A field of 20,000 characters gets a message at its field', async (person, program, script) => {
  await person.fillsRegistration({ direccion: LONG });
  assert.equal(await person.presses('Ingresar'), 422);
  await saysWhatIsWrong(person, script, ['direccion']);
});

walk('A comuna of another region is refused', async (person, program, script) => {
  // The script offers only the comunas of the region, so this happens without it alone.
  if (script) return;
  await person.fillsRegistration({ region: '13', comuna: '05109' });
  assert.equal(await person.presses('Ingresar'), 422);
  await saysWhatIsWrong(person, script, ['comuna']);
});

/** Asserts the whole error state of ux.md, and that these fields are among those named. Gives the ids that the summary links to. */
async function saysWhatIsWrong(person, script, expected) {
  const { page } = person;
  assert.equal(await person.outcome(), 'error');
  assert.match(await page.title(), /^Error: /);
  const box = page.locator('main [role=alert]');
  assert.equal(await box.locator('h2').innerText(), 'Hay un problema');
  if (script) assert.ok(await box.evaluate((element) => element.contains(document.activeElement)), 'focus goes to the summary');

  const faults = await box.evaluate((element) => {
    const main = element.closest('main');
    const text = (node) => node?.textContent.replace(/\s+/g, ' ').trim();
    return {
      first: main.firstElementChild.contains(element) || main.firstElementChild === element,
      links: [...element.querySelectorAll('a')].map((link) => {
        const field = document.getElementById(link.hash.slice(1));
        return {
          id: link.hash.slice(1),
          said: text(link),
          invalid: field?.getAttribute('aria-invalid'),
          beside: (field?.getAttribute('aria-describedby') ?? '').split(' ').map((id) => text(document.getElementById(id))),
        };
      }),
      // Fields that are marked although the summary does not name them.
      marked: [...main.querySelectorAll('[aria-invalid=true]')].map((field) => field.id),
    };
  });
  assert.ok(faults.first, 'the summary is first in main');
  for (const { id, said, invalid, beside } of faults.links) {
    assert.equal(invalid, 'true', `${id} is aria-invalid`);
    assert.ok(beside.includes(`Error: ${said}`), `«Error: ${said}» stands beside ${id}, not only ${JSON.stringify(beside)}`);
  }
  const named = faults.links.map(({ id }) => id);
  for (const name of expected) assert.ok(named.includes(name), `${name} is not among ${named}`);
  for (const id of faults.marked) {
    assert.ok(named.some((name) => id === name || id.startsWith(name.replace(/_dia$/, ''))), `${id} is marked but not named`);
  }
  return named;
}
