// While something is being made or sent: look again and again, and show how far it is; all of it anew when it is done.
// A page that takes the server long is asked for less often: looking never takes more than a tenth of the time.
(function () {
  "use strict";
  var waiting = document.querySelector("[data-wait]");
  if (!waiting || !window.fetch) return;
  var leaving = false;
  document.addEventListener("submit", function () { leaving = true; });
  function later(took) { setTimeout(look, Math.max(3000, 9 * took)); }
  function look() {
    if (leaving) return;
    if (document.hidden) return later(0);
    var began = Date.now();
    fetch(location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) { if (!text || show(text)) later(Date.now() - began); })
      .catch(function () { later(0); });
  }
  function show(text) {
    var now = new DOMParser().parseFromString(text, "text/html").querySelector("[data-wait]");
    if (leaving) return false;
    if (!now) return location.reload();
    if (now.textContent !== waiting.textContent && !waiting.contains(document.activeElement)) {
      waiting.replaceChildren.apply(waiting, now.childNodes);
    }
    return true;
  }
  later(0);
})();
