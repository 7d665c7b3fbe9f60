// Not a test: pictures of every page, to be looked at, in shots/; and the one of the README. `node shots.mjs`

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { closeBrowser } from './chromium.mjs';
import { PAGES, Person } from './person.mjs';
import { Program } from './server.mjs';
import { tour } from './tour.mjs';

const folder = join(import.meta.dirname, 'shots');
const readme = join(import.meta.dirname, '../docs/img/registro.png');
const settings = { CLAVERO__LIMITS__ENABLED: 'false' };

const program = await Program.starts(settings);
try {
  const person = await Person.arrives(program);
  person.settings = settings;
  const { page } = person;
  await mkdir(folder, { recursive: true });

  await page.setViewportSize({ width: 900, height: 760 });
  await person.opens(PAGES.register);
  await mkdir(join(readme, '..'), { recursive: true });
  await page.screenshot({ path: readme });
  console.log(`${readme}: ${(await stat(readme)).size} bytes`);

  let number = 0;
  for await (const stop of tour(person)) {
    number += 1;
    const name = `${String(number).padStart(2, '0')}-${stop.replace(/[^a-z0-9]+/g, '-')}`;
    for (const [look, width, colorScheme] of [['desktop', 1280, 'light'], ['dark', 1280, 'dark'], ['320', 320, 'light']]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    console.log(name);
  }
  await person.leaves();
} finally {
  await program.ends();
  await closeBrowser();
}
