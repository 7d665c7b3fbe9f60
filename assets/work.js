/* Proof of work beside a captcha (crates/clave/src/work.rs): the protocol of ALTCHA 2, with the browser's own PBKDF2. One file in two places: on the page
   it starts itself as a worker and hands over what comes back; in the worker it searches. Nothing of it is needed to send the form. */
(function () {
  'use strict';

  // On the page. The worker gets «ticket.rounds-end-prefix» and answers «number.key».
  if (self.document) {
    var proof = document.querySelector('[data-trabajo]');
    if (!proof || !self.Worker || !self.crypto || !crypto.subtle) return;
    var form = proof.form;
    var worker = new Worker(proof.dataset.obrero);
    var over, go;
    var end = function () { over = true; if (go) go(); };
    // What a browser kept of another ticket.
    proof.value = '';
    worker.onmessage = function (event) {
      proof.value = event.data;
      end();
    };
    worker.onerror = end;
    worker.postMessage(form.captcha_id.value + '.' + proof.dataset.trabajo);
    // A form that is sent sooner waits a moment, and no longer. What portal.js holds back as a second click stays held back.
    form.addEventListener('submit', function (event) {
      var pressed = event.submitter;
      if (event.defaultPrevented || over || !pressed || pressed.name) return;
      event.preventDefault();
      go = function () { go = null; form.submit(); };
      setTimeout(function () { if (go) go(); }, 2000);
    });
    return;
  }

  // In the worker. The ticket begins with the puzzle's nonce and ends with its salt.
  var hex = function (bytes) {
    return Array.prototype.map.call(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
  };
  self.onmessage = function (event) {
    var parts = event.data.split('.');
    var task = parts[1].split('-');
    var ticket = Uint8Array.from(atob(parts[0].replace(/-/g, '+').replace(/_/g, '/')), function (c) { return c.charCodeAt(0); });
    var how = { name: 'PBKDF2', hash: 'SHA-256', salt: ticket.slice(-16), iterations: +task[0] };
    var password = new Uint8Array(20);
    password.set(ticket.subarray(0, 16));
    var number = new DataView(password.buffer);
    var look = function (at) {
      if (at >= +task[1]) return;
      number.setUint32(16, at);
      crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']).then(function (key) {
        return crypto.subtle.deriveBits(how, key, 256);
      }).then(function (bits) {
        var key = hex(new Uint8Array(bits));
        if (key.indexOf(task[2]) === 0) postMessage(at + '.' + key);
        else look(at + 1);
      }).catch(function () { postMessage(''); });
    };
    look(0);
  };
})();
