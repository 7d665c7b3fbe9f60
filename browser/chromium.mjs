// Debian's Chromium, driven by playwright-core; and what every page is watched for while people walk.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

let started;

/** One Chromium a process; whoever opened a window closes it at the very end with `closeBrowser`. */
function browser() {
  started ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
  return started;
}

export async function closeBrowser() {
  await (await started)?.close();
  started = undefined;
}

/** A window of someone who was never here, in Chile. `script: false` turns JavaScript off. */
export async function newWindow({ script = true, locale = 'es-CL', ...more } = {}) {
  const context = await (await browser()).newContext({
    javaScriptEnabled: script,
    locale,
    timezoneId: 'America/Santiago',
    viewport: { width: 1280, height: 900 },
    ...more,
  });
  context.setDefaultTimeout(10_000);
  return context;
}

/** Notes all that a page receives and complains of. */
export class Watch {
  /** The text of each HTML document, as the server sent it. */
  documents = [];
  #pending = [];
  #complaints = [];
  #elsewhere = [];
  #own;

  constructor(page, url) {
    this.#own = [url];
    page.on('console', (message) => {
      // Chromium reports each 4xx document as an error; those pages are meant.
      if (message.type() === 'error' && !/Failed to load resource.*(400|404|410|422)/.test(message.text())) {
        this.#complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('request', (request) => {
      const known = this.#own.some((own) => request.url().startsWith(`${own}/`)) || request.url().startsWith('data:');
      if (!known) this.#elsewhere.push(request.url());
    });
    page.on('response', (response) => {
      const html = response.headers()['content-type']?.startsWith('text/html');
      if (html && response.status() !== 303) {
        this.#pending.push(response.text().then((text) => this.documents.push(text), () => undefined));
      }
    });
  }

  /** A relying system is visited, too. */
  alsoVisits(url) {
    this.#own.push(url);
  }

  /** The last document, as the server sent it. */
  async html() {
    await Promise.all(this.#pending);
    return this.documents.at(-1);
  }

  /** No console error (a breach of the content security policy is one), nothing asked of any other server. */
  findsNothing() {
    assert.deepEqual(this.#complaints, [], 'the console must stay empty');
    assert.deepEqual(this.#elsewhere, [], 'no request may go to another server');
  }

  /** No page may give back what was typed in secret. A provisional key stands in the one place that gives it out. */
  async neverSaw(secrets) {
    await this.html();
    const texts = this.documents.map((text) => text.replace(/<p class="clave-provisoria".*?<\/p>/s, ''));
    for (const secret of secrets) {
      const echo = texts.find((text) => text.includes(secret));
      assert.equal(echo, undefined, `a page gave back the secret «${secret}»`);
    }
  }
}
