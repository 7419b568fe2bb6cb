// While something is being made: look every few seconds, and show the page anew when it is done.
(function () {
  "use strict";
  var waiting = document.querySelector("[data-wait]");
  if (!waiting || !window.fetch) return;
  var timer = setInterval(function () {
    fetch(location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        if (text && text.indexOf("data-wait") === -1) {
          clearInterval(timer);
          location.reload();
        }
      });
  }, 3000);
})();
