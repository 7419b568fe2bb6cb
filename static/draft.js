// What is typed in a form is kept in this tab until it is sent: a connection that drops for a moment takes nothing away.
// Without this script the form works as ever.
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form) return;
  var name = "draft:" + form.getAttribute("data-draft"), seen = form.elements.seen.value;
  var offline = document.querySelector("[data-offline]"), again = document.querySelector("[data-again]");

  // A browser may refuse to keep anything; then nothing is kept.
  function drawer(use) { try { return use(window.sessionStorage); } catch (refused) { return null; } }
  function fields() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.name !== "csrf_token" && one.name !== "seen" && one.type !== "submit";
    });
  }
  function ticks(one) { return one.type === "checkbox" || one.type === "radio"; }
  function typed() { return fields().map(function (one) { return [one.name, ticks(one) ? one.checked : one.value]; }); }
  function keep() {
    drawer(function (kept) { kept.setItem(name, JSON.stringify({ seen: seen, typed: typed() })); });
  }
  function forget() { drawer(function (kept) { kept.removeItem(name); }); }

  function restore() {
    var found = drawer(function (kept) { return JSON.parse(kept.getItem(name)); });
    var now = fields(), before = JSON.stringify(typed());
    // Of another version, or of a form with other fields: that draft is not about what is asked here.
    var fits = found && found.seen === seen && found.typed.length === now.length && now.every(function (one, place) {
      return one.name === found.typed[place][0];
    });
    if (!fits) return forget();
    if (JSON.stringify(found.typed) === before) return;
    now.forEach(function (one, place) {
      var what = ticks(one) ? "checked" : "value";
      if (one[what] === found.typed[place][1]) return;
      one[what] = found.typed[place][1];
      for (var fold = one.closest("details"); fold; fold = fold.parentNode.closest("details")) fold.open = true;
    });
    again.hidden = false;
  }

  // After a fault the server gives back what was typed: that is newer.
  if (form.hasAttribute("data-fault")) keep(); else restore();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", function (event) {
    keep();
    if (navigator.onLine !== false) return;
    event.preventDefault();
    offline.hidden = false;
    offline.focus();
  });
  window.addEventListener("online", function () { offline.hidden = true; });
  again.querySelector("button").addEventListener("click", function () { forget(); location.reload(); });
})();
