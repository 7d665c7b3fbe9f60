/* The way back to an LMS is taken by itself, once: whoever comes back to the page, or loads it again, decides. */
(function () {
  'use strict';
  var form = document.querySelector('form[data-vuelve-solo]');
  var way = performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
  if (!form || (way && way.type === 'back_forward') || (history.state && history.state.vuelto)) return;
  history.replaceState({ vuelto: true }, '');
  // Through the same door as a click, so that a click a moment later is the second of the same wish.
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
})();
