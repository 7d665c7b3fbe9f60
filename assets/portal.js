/* What script adds to pages that work without it. Each part stands alone; a missing feature leaves the plain page.
   The words are data attributes of this <script>; the contract is at the top of templates/kit/form.html. */
(function () {
  'use strict';
  var words = document.currentScript.dataset;
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var byId = function (id) { return document.getElementById(id); };
  var make = function (tag, text, name) {
    var element = document.createElement(tag);
    element.textContent = text || '';
    if (name) element.className = name;
    return element;
  };
  var button = function (text) {
    var element = make('button', text, 'secundario');
    element.type = 'button';
    return element;
  };
  // One part that fails must not take the next one with it.
  var part = function (run) { try { run(); } catch (e) { if (window.console) console.error(e); } };

  // Says something politely to screen readers.
  var voice = make('p', '', 'oculto');
  voice.setAttribute('role', 'status');
  document.body.appendChild(voice);
  var say = function (text) {
    voice.textContent = '';
    setTimeout(function () { voice.textContent = text; }, 50);
  };

  // Errors first: focus goes to their summary.
  part(function () {
    var summary = byId('resumen-errores');
    if (summary) summary.focus();
  });

  // «Mostrar» and «Ocultar» beside each key.
  part(function () {
    all('input[type=password][data-nombre]').forEach(function (input) {
      var toggle = button(words.mostrar);
      var row = make('div', '', 'con-boton');
      var show = function (visible) {
        var text = visible ? words.ocultar : words.mostrar;
        input.type = visible ? 'text' : 'password';
        toggle.textContent = text;
        toggle.setAttribute('aria-label', text + ' ' + input.dataset.nombre);
      };
      toggle.setAttribute('aria-controls', input.id);
      input.parentNode.insertBefore(row, input);
      row.appendChild(input);
      row.appendChild(toggle);
      show(false);
      toggle.addEventListener('click', function () {
        var visible = input.type === 'password';
        show(visible);
        say(visible ? words.visible : words.oculta);
      });
      // Hidden again before it leaves, lest the browser keep it as an ordinary text.
      input.form.addEventListener('submit', function () { show(false); });
      addEventListener('pagehide', function () { show(false); });
    });
  });

  // RUT: the digits and K, without what people put between them.
  var bare = function (text) { return text.normalize('NFKC').replace(/[\s.,\u00ad\u2010-\u2015\u2212-]/g, '').toUpperCase().replace(/^0+/, ''); };
  var digitOf = function (body) {
    for (var sum = 0, i = 0; i < body.length; i++) sum += body[body.length - 1 - i] * (2 + i % 6);
    return '0123456789K'[(11 - sum % 11) % 11];
  };

  // Rules of a new key that can be judged here; the server judges all. Each answers like a check, below.
  var lengthOf = function (key) { return Array.from(key.normalize('NFC')).length; };
  var rules = {
    largo: function (key, list) {
      var n = lengthOf(key);
      return n < list.dataset.min ? 'claveCorta' : n > list.dataset.max ? 'claveLarga' : '';
    },
    variada: function (key) {
      var codes = Array.from(key).map(function (c) { return c.codePointAt(0); });
      var step = codes[1] - codes[0];
      var plain = Math.abs(step) <= 1 && codes.every(function (c, i) { return !i || c - codes[i - 1] === step; });
      return plain ? 'claveVariada' : '';
    },
    'sin-rut': function (key) {
      var rut = byId('rut');
      var body = rut ? bare(rut.value).slice(0, -1) : '';
      return body.length > 5 && bare(key).indexOf(body) >= 0 ? 'claveRut' : '';
    }
  };

  // Each check answers with the id of a message, or nothing when all is well.
  var checks = {
    rut: function (input) {
      var parts = /^(\d{1,9})([\dK])$/.exec(bare(input.value));
      return !parts ? 'rutForma' : digitOf(parts[1]) !== parts[2] ? 'rutDigito' : '';
    },
    email: function (input) {
      return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(input.value.trim()) ? '' : 'emailForma';
    },
    clave: function (input) {
      var list = byId(input.dataset.reglas);
      var first = '';
      all('[data-regla]', list).forEach(function (item) {
        var rule = rules[item.dataset.regla];
        if (!rule) return;
        var fault = rule(input.value, list);
        var state = item.querySelector('.estado') || item.appendChild(make('span', '', 'estado'));
        state.textContent = ' (' + (fault ? words.falta : words.cumple) + ')';
        if (item.dataset.regla === 'largo') state.textContent += ' ' + words.cuenta + ' ' + lengthOf(input.value);
        item.className = fault ? 'falta' : 'cumple';
        first = first || fault;
      });
      return first;
    },
    igual: function (input) {
      return input.value === byId(input.dataset.igualA).value ? '' : 'claveIgual';
    }
  };

  // Checks a field after it was changed and left, never while it is being written; takes the message away as soon as it is right.
  part(function () {
    var tell = function (input, message) {
      var id = input.id + '-error';
      var note = byId(id);
      var ids = (input.getAttribute('aria-describedby') || '').split(' ').filter(function (x) { return x && x !== id; });
      if (message) {
        if (!note) {
          note = make('p', '', 'error');
          note.id = id;
          var box = input.closest('.con-boton') || input;
          box.parentNode.insertBefore(note, box);
        }
        note.textContent = words.error + ' ' + message;
        ids.push(id);
        input.setAttribute('aria-invalid', 'true');
      } else {
        if (note) note.parentNode.removeChild(note);
        input.removeAttribute('aria-invalid');
      }
      if (ids.length) input.setAttribute('aria-describedby', ids.join(' '));
      else input.removeAttribute('aria-describedby');
    };
    all('[data-valida], [data-igual-a]').forEach(function (input) {
      var changed = false;
      var fault = function () {
        var kind = input.dataset.valida;
        var id = kind && checks[kind] ? checks[kind](input) : '';
        if (!id && input.dataset.igualA) id = checks.igual(input);
        return id && (input.dataset[id] || words[id] || words.claveReglas);
      };
      var clear = function () {
        if (input.getAttribute('aria-invalid') && input.value && !fault()) tell(input, '');
      };
      input.addEventListener('input', function () { changed = true; clear(); });
      input.addEventListener('blur', function () {
        if (!changed || !input.value) return;
        changed = false;
        tell(input, fault());
      });
      // A repeated key becomes right when the first one changes, too.
      if (input.dataset.igualA) byId(input.dataset.igualA).addEventListener('input', clear);
    });
  });

  // 12.345.678-5, on leaving the field: the caret never moves under the fingers.
  part(function () {
    all('[data-formatea=rut]').forEach(function (input) {
      input.addEventListener('blur', function () {
        if (checks.rut(input)) return;
        var rut = bare(input.value);
        input.value = rut.slice(0, -1).replace(/\B(?=(\d{3})+$)/g, '.') + '-' + rut.slice(-1);
      });
    });
  });

  // Comunas of the chosen region; all of them while there is none. Groups leave the document, since old phones show hidden ones.
  part(function () {
    all('select[data-region]').forEach(function (comuna) {
      var region = byId(comuna.dataset.region);
      var groups = all('optgroup', comuna);
      var filter = function () {
        var kept = comuna.value;
        groups.forEach(function (group) {
          if (region.value && group.dataset.region !== region.value) {
            if (group.parentNode) comuna.removeChild(group);
          } else comuna.appendChild(group);
        });
        comuna.value = kept;
        if (comuna.selectedIndex < 0) comuna.selectedIndex = 0;
      };
      region.addEventListener('change', filter);
      addEventListener('pageshow', filter);
      filter();
    });
  });

  // «Copiar» beside a provisional key.
  part(function () {
    if (!navigator.clipboard) return;
    all('[data-copiar]:not(script)').forEach(function (box) {
      var copy = button(words.copiar);
      box.appendChild(copy);
      copy.addEventListener('click', function () {
        navigator.clipboard.writeText(box.dataset.copiar).then(function () { say(words.copiado); copy.textContent = words.copiado; });
      });
    });
  });

  // A second click on the same button within 5 seconds is the same wish. No button is ever disabled.
  part(function () {
    all('form').forEach(function (form) {
      var sent = 0;
      form.addEventListener('submit', function (event) {
        var now = Date.now();
        if (now - sent < 5000) event.preventDefault();
        else sent = now;
      });
      addEventListener('pageshow', function () { sent = 0; });
    });
  });

  // Beside a captcha: work that nobody sees, begun when the form is touched, so that no page is heavier for it.
  part(function () {
    var proof = document.querySelector('[data-trabajo]');
    if (proof) proof.form.addEventListener('focusin', function () {
      document.head.appendChild(make('script')).src = proof.dataset.obrero;
    }, { once: true });
  });
})();
