// What docs/CONECTE-SU-SISTEMA.md shows is what these tests run: each block of code that names a file stands in that file, word by word.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const page = await readFile(join(root, 'docs/CONECTE-SU-SISTEMA.md'), 'utf8');
/** `<!-- de clients/python/sistema.py -->`, and the block of code below it. */
const shown = [...page.matchAll(/<!-- de (\S+) -->\n```\w*\n(.*?)\n```\n/gs)].map(([, path, text]) => ({ path, text }));

for (const path of ['clients/node/sistema.mjs', 'clients/python/sistema.py', 'clients/apache/clave.conf']) {
  test(`The page shows the whole of ${path}`, async () => {
    const file = (await readFile(join(root, path), 'utf8')).trimEnd();
    assert.equal(shown.find((block) => block.path === path)?.text, file);
  });
}

test('What it shows of the example in Rust stands there', async () => {
  const blocks = shown.filter(({ path }) => path.startsWith('examples/sistema/'));
  assert.ok(blocks.length > 0);
  for (const { path, text } of blocks) {
    const file = await readFile(join(root, path), 'utf8');
    assert.ok(file.includes(`${text}\n`), `${path} has no such lines:\n${text}`);
  }
});

test('Every block that names a file was found', () => {
  assert.equal(page.match(/<!-- de /g).length, shown.length);
});
