// A walk is a test with a program of its own and a person at its front page, once with JavaScript and once without.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { closeBrowser } from './chromium.mjs';
import { Person } from './person.mjs';
import { Program } from './server.mjs';

after(closeBrowser);

const WAYS = [
  { script: true, said: 'with JavaScript' },
  { script: false, said: 'without JavaScript' },
];

/**
 * `sentence` is what the walk shows. `body` gets the person, the program and whether there is script.
 * `settings` are the program's, `window` the browser window's, `ways` leaves out one of the two.
 */
export function walk(sentence, body, { settings, window, ways = WAYS } = {}) {
  for (const { script, said } of ways) {
    test(`${sentence}, ${said}`, { timeout: 120_000 }, async () => {
      const program = await Program.starts(settings);
      let person;
      try {
        person = await Person.arrives(program, { script, ...window });
        await body(person, program, script);
        person.watch.findsNothing();
        await person.watch.neverSaw(person.secrets);
        saysNothingPrivate(program.log, person);
      } catch (error) {
        await keepEvidence(`${sentence} ${said}`, person, program);
        throw error;
      } finally {
        await person?.leaves();
        await program.ends();
      }
    });
  }
}

export const withScript = { ways: WAYS.filter((way) => way.script) };

/** Logs never carry keys, answers or full RUTs. */
function saysNothingPrivate(log, person) {
  const digits = person.rut.replace(/\D/g, '').slice(0, 8);
  for (const word of [...person.secrets, person.rut, digits, person.email]) {
    if (log.includes(word)) throw new Error(`the log says «${word}»:\n${log}`);
  }
}

/** What stood on the screen when a walk failed, and what the program had said, in shots/failed/. */
async function keepEvidence(sentence, person, program) {
  const folder = join(import.meta.dirname, 'shots/failed');
  const path = join(folder, sentence.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 100));
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.log`, program.log);
  if (!person) return;
  await person.page.screenshot({ path: `${path}.png`, fullPage: true }).catch(() => undefined);
  await writeFile(`${path}.html`, (await person.watch.html()) ?? '');
}
