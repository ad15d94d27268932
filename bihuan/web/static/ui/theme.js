// Puts the reader's choice of light or dark in force before the first paint, and says that scripts run: a classic script for that reason.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  var sheet = document.getElementById("dark-tokens");
  var media = { light: "not all", dark: "all", auto: "(prefers-color-scheme: dark)" };
  function read() { try { return localStorage.getItem("bihuan.theme") || "auto"; } catch (blocked) { return "auto"; } }
  function show(theme) {
    if (sheet) sheet.media = media[theme] || media.auto;
    var buttons = document.querySelectorAll("[data-theme-set]");
    for (var i = 0; i < buttons.length; i++) buttons[i].setAttribute("aria-pressed", String(buttons[i].getAttribute("data-theme-set") === theme));
  }
  show(read());
  document.addEventListener("DOMContentLoaded", function () {
    show(read());
    var boxes = document.querySelectorAll("[data-theme-box]");
    for (var i = 0; i < boxes.length; i++) boxes[i].hidden = false;
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-set]");
    if (!button) return;
    var theme = button.getAttribute("data-theme-set");
    try { localStorage.setItem("bihuan.theme", theme); } catch (blocked) { /* a private window forgets: the page still changes */ }
    show(theme);
  });
})();
