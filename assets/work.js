/* Proof of work beside a captcha, in a thread of its own: the protocol of ALTCHA 2, with the browser's own PBKDF2 (crates/clave/src/work.rs).
   Gets «ticket.rounds-end-prefix», answers «number.key». The ticket begins with the puzzle's nonce and ends with its salt. */
(function () {
  'use strict';
  var hex = function (bytes) {
    return Array.prototype.map.call(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
  };
  onmessage = function (event) {
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
      });
    };
    look(0);
  };
})();
