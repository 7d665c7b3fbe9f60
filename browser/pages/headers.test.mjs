// What the headers of pages and of their files say.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PAGES } from '../person.mjs';
import { Program } from '../server.mjs';

let program;
before(async () => { program = await Program.starts(); });
after(() => program?.ends());

test('Pages are not stored and allow no foreign content; what they load is kept for a year', async () => {
  const page = await fetch(`${program.url}${PAGES.register}`);
  assert.match(page.headers.get('cache-control'), /no-store/);
  const policy = page.headers.get('content-security-policy');
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) assert.ok(policy.includes(part), policy);
  assert.doesNotMatch(policy, /unsafe/);
  const [, sheet] = /rel="stylesheet" href="([^"]+)"/.exec(await page.text());
  const style = await fetch(program.url + sheet);
  assert.match(style.headers.get('cache-control'), /max-age=31536000, immutable/);
});
