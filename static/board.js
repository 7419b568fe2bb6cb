// The roster board by keyboard and by dragging. Without this script everything is there as links and forms.
(function () {
  "use strict";
  var ACROSS = { ArrowLeft: -1, ArrowRight: 1 }, DOWN = { ArrowUp: -1, ArrowDown: 1 };
  var keys = document.querySelector("[data-keys]"), single = document.querySelector("[data-single]");
  var byKey = document.getElementById("met-toets"), grids = [];

  function one(name) { return document.querySelector("[" + name + "]"); }
  function kept(value) {
    try {
      if (value !== undefined) localStorage.setItem("board-keys", value);
      return localStorage.getItem("board-keys");
    } catch (refused) { return null; }
  }

  // What happened is said after the page is there: a reader hears only what changes.
  document.querySelectorAll("[data-say]").forEach(function (place) {
    var text = place.textContent;
    place.textContent = "";
    setTimeout(function () { place.textContent = text; }, 150);
  });

  // A week is a grid: one stop for Tab, arrows walk.
  function Grid(table) {
    var rows = [];
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row, y) {
      rows[y] = rows[y] || [];
      var x = 0;
      row.querySelectorAll("td").forEach(function (cell) {
        while (rows[y][x]) x++;
        for (var n = 0; n < cell.rowSpan; n++) (rows[y + n] = rows[y + n] || [])[x] = cell;
      });
    });
    this.table = table;
    this.rows = rows;
    table.setAttribute("role", "grid");
    table.parentNode.removeAttribute("tabindex");
    this.stops().forEach(function (stop) { stop.tabIndex = -1; });
  }
  function stopOf(cell) { return cell.querySelector("a, button") || cell; }
  Grid.prototype.stops = function () {
    var found = [];
    this.rows.forEach(function (row) { row.forEach(function (cell) {
      if (found.indexOf(stopOf(cell)) < 0) found.push(stopOf(cell));
    }); });
    return found;
  };
  Grid.prototype.enter = function (stop) {
    this.stops().forEach(function (other) { other.tabIndex = other === stop ? 0 : -1; });
  };
  Grid.prototype.walk = function (from, across, down) {
    var y, x, start = from.closest("td");
    for (y = 0; y < this.rows.length; y++) if ((x = this.rows[y].indexOf(start)) >= 0) break;
    if (down > 0) while (this.rows[y + 1] && this.rows[y + 1][x] === start) y++;
    var next = this.rows[y + down] && this.rows[y + down][x + across];
    if (next) this.go(stopOf(next));
  };
  Grid.prototype.go = function (stop) { this.enter(stop); stop.focus(); };

  document.querySelectorAll("table[data-grid]").forEach(function (table) {
    var grid = new Grid(table), stops = grid.stops();
    grids.push(grid);
    if (!stops.length) return;
    var wanted = stops.filter(function (stop) {
      return stop.hasAttribute("autofocus") || stop.closest("[aria-current]");
    })[0];
    grid.enter(wanted || stops[0]);
    table.addEventListener("focusin", function (event) { grid.enter(stopOf(event.target.closest("td") || stops[0])); });
    table.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      var mirrored = document.dir === "rtl" ? -1 : 1;
      if (event.key in ACROSS) grid.walk(event.target, ACROSS[event.key] * mirrored, 0);
      else if (event.key in DOWN) grid.walk(event.target, 0, DOWN[event.key]);
      else if (event.key === "Home") grid.go(grid.stops()[0]);
      else if (event.key === "End") grid.go(grid.stops().slice(-1)[0]);
      else return;
      event.preventDefault();
    });
  });
  // While somebody chooses a new time, the arrows start where the talk is now.
  var moving = one("data-stop") && !document.querySelector("#stand form") && document.querySelector("td.held");
  if (moving) grids.forEach(function (grid) { if (grid.table.contains(moving)) grid.go(stopOf(moving)); });
  else if (document.querySelector("#stand form") && !document.querySelector("#stand [autofocus]")) {
    var first = document.querySelector("#stand a.main, #stand button");
    if (first) first.focus();
  }

  function talkHere() {
    var cell = document.activeElement && document.activeElement.closest("td, li");
    return cell && cell.querySelector("[data-talk]");
  }
  function address(talk, more) { return talk.href.split("?")[0] + "?talk=" + talk.dataset.talk + more; }
  var ACTS = {
    m: function () {
      var talk = talkHere(), button = one("data-move");
      if (talk) location.href = address(talk, "&move=1");
      else if (button) location.href = button.href;
    },
    p: function () {
      var talk = talkHere(), button = one("data-hold");
      if (talk && talk.dataset.do) {
        byKey.elements.talk.value = talk.dataset.talk;
        byKey.elements.edition.value = talk.dataset.edition;
        byKey.elements.do.value = talk.dataset.do;
        byKey.submit();
      } else if (button) button.click();
    },
    u: function () { if (one("data-undo")) one("data-undo").click(); },
    "?": function () { single.focus(); }
  };

  if (keys) {
    keys.hidden = false;
    single.checked = kept() !== "off";
    single.addEventListener("change", function () { kept(single.checked ? "on" : "off"); });
    document.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      if (event.key === "Escape" && one("data-stop")) { location.href = one("data-stop").href; return; }
      if (!single.checked || event.target.matches("select, textarea, input:not([type=checkbox])")) return;
      var act = ACTS[event.key.toLowerCase()];
      if (act) { event.preventDefault(); act(); }
    });
  }

  // Dragging is an extra: it leads to the same question, with the same costs.
  document.addEventListener("dragstart", function (event) {
    var talk = event.target.closest && event.target.closest("[data-talk]");
    if (talk) event.dataTransfer.setData("text/plain", address(talk, ""));
  });
  function target(event) { return event.target.closest && event.target.closest("td[data-slot]"); }
  document.addEventListener("dragover", function (event) {
    document.querySelectorAll("[data-over]").forEach(function (cell) { cell.removeAttribute("data-over"); });
    if (target(event)) { event.preventDefault(); target(event).setAttribute("data-over", ""); }
  });
  document.addEventListener("drop", function (event) {
    var from = event.dataTransfer.getData("text/plain"), cell = target(event);
    if (!cell || from.indexOf(location.origin + location.pathname + "?talk=") !== 0) return;
    event.preventDefault();
    location.href = from + "&to=" + cell.dataset.slot;
  });
})();
