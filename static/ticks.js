// All boxes of a group at once, without leaving the page. Without this the same links open the page anew.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[data-ticks]");
    var group = link && document.getElementById(link.getAttribute("data-ticks"));
    if (!group || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    group.querySelectorAll("input[type=checkbox]").forEach(function (box) { box.checked = link.hasAttribute("data-on"); });
  });
})();
