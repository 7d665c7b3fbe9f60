/* While a message is on its way its line is renewed, in place: what is selected, focused or being read aloud on the page stays. */
(function () {
  'use strict';
  var list = document.querySelector('ul.envios[data-renueva]');
  if (!list || !window.fetch || !window.DOMParser) return;
  var wait = 2000, end = Date.now() + 15 * 60 * 1000;
  list.setAttribute('aria-live', 'polite');

  function later() {
    if (Date.now() > end) return;
    setTimeout(look, wait);
    wait = Math.min(wait * 1.5, 20000);
  }

  function look() {
    if (document.hidden) return later();
    fetch(list.getAttribute('data-renueva'), { credentials: 'same-origin', cache: 'no-store' })
      .then(function (answer) { return answer.ok ? answer.text() : ''; })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('ul.envios');
        if (!fresh) return later();
        renew(fresh);
        if (fresh.hasAttribute('data-renueva')) later();
        else list.removeAttribute('data-renueva');
      })
      .catch(later);
  }

  // Only what changed is touched, so that only that is announced.
  function renew(fresh) {
    var i, one, other;
    for (i = 0; i < fresh.children.length; i++) {
      one = list.children[i];
      other = document.importNode(fresh.children[i], true);
      if (!one) list.appendChild(other);
      else if (one.textContent !== other.textContent) list.replaceChild(other, one);
    }
    while (list.children.length > fresh.children.length) list.removeChild(list.lastElementChild);
  }

  later();
})();
