// The first load of each page: at most 20 KB over the wire and 6 requests, none of them to another server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, newWindow, Watch } from '../chromium.mjs';
import { PAGES } from '../person.mjs';
import { Program } from '../server.mjs';

let program;
before(async () => { program = await Program.starts(); });
after(async () => {
  await program?.ends();
  await closeBrowser();
});

for (const [name, path] of Object.entries(PAGES)) {
  test(`The first load of «${name}» is light`, { timeout: 60_000 }, async (t) => {
    const window = await newWindow();
    try {
      const page = await window.newPage();
      const watch = new Watch(page, program.url);
      const wire = await window.newCDPSession(page);
      const asked = [];
      let bytes = 0;
      wire.on('Network.requestWillBeSent', ({ request }) => { if (!request.url.startsWith('data:')) asked.push(request.url); });
      wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
      await wire.send('Network.enable');
      await page.goto(program.url + path, { waitUntil: 'networkidle' });
      t.diagnostic(`${name}: ${bytes} bytes, ${asked.length} requests`);
      assert.ok(bytes > 0 && bytes <= 20 * 1024, `${bytes} bytes: ${asked.join(' ')}`);
      assert.ok(asked.length <= 6, `${asked.length} requests: ${asked.join(' ')}`);
      watch.findsNothing();
    } finally {
      await window.close();
    }
  });
}

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
