/* The reader's choice of appearance. A classic script in the head, so that the page never flashes in another one:
   sets data-theme on <html> before anything is drawn, then wakes the buttons. Nothing is sent anywhere. */
(function () {
  "use strict";
  var KEY = "theme";
  var root = document.documentElement;
  function read() {
    try { return localStorage.getItem(KEY) || "system"; } catch (refused) { return "system"; }
  }
  function apply(theme) {
    if (theme === "light" || theme === "dark" || theme === "contrast") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }
  apply(read());
  root.dataset.js = "";
  document.addEventListener("DOMContentLoaded", function () {
    var groups = document.querySelectorAll("[data-theme-choice]");
    function mark() {
      var now = read();
      groups.forEach(function (group) {
        group.querySelectorAll("button").forEach(function (button) {
          button.setAttribute("aria-pressed", String(button.value === now));
        });
      });
    }
    groups.forEach(function (group) {
      group.hidden = false;
      group.addEventListener("click", function (event) {
        var button = event.target.closest("button");
        if (!button) return;
        try { localStorage.setItem(KEY, button.value); } catch (refused) { /* the choice lasts for this page */ }
        apply(button.value);
        mark();
      });
    });
    mark();
  });
})();
