/* The contact window of the service desk, for other sites. One tag, no other code:
   <a href="https://service.example.com/contact/" data-bihuan>联系客服</a>
   <script src="https://service.example.com/widget.js" defer></script>
   Without the script, or where this site may not frame the window, the link opens the page. */
(function () {
  "use strict";
  var own = document.currentScript;
  if (!own || window.bihuanWidget) return;
  var base = new URL(own.src).origin;
  var english = (own.getAttribute("data-lang") || document.documentElement.lang || "").slice(0, 2) === "en";
  var words = english
    ? { open: "Contact us", close: "Close", away: "Open in a new window", slow: "The window does not open here." }
    : { open: "联系客服", close: "关闭", away: "在新窗口打开", slow: "这里打不开窗口。" };
  var WAIT = 5000;
  var shown = null;

  function make(name, styles, text) {
    var node = document.createElement(name);
    for (var key in styles) node.style[key] = styles[key];
    if (text) node.textContent = text;
    return node;
  }

  function close() {
    if (!shown) return;
    window.removeEventListener("message", shown.hear);
    document.removeEventListener("keydown", shown.keys, true);
    clearTimeout(shown.timer);
    shown.box.remove();
    document.documentElement.style.overflow = shown.overflow;
    var back = shown.from;
    shown = null;
    back.setAttribute("aria-expanded", "false");
    back.focus();
  }

  function open(from) {
    if (shown) return;
    var narrow = window.innerWidth <= 520;
    var box = make("div", {
      position: "fixed", zIndex: "2147483000", display: "flex", flexDirection: "column",
      background: "#fff", color: "#232c38", overflow: "hidden", font: "16px/1.6 sans-serif",
      boxShadow: "0 8px 40px rgba(20,27,36,.35)", border: narrow ? "0" : "1px solid #dbe1e9",
      boxSizing: "border-box",
      top: narrow ? "0" : "auto", left: narrow ? "0" : "auto",
      right: narrow ? "0" : "20px", bottom: narrow ? "0" : "20px",
      width: narrow ? "100%" : "400px", height: narrow ? "100%" : "min(680px, calc(100vh - 40px))",
      borderRadius: narrow ? "0" : "12px"
    });
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-modal", "true");
    box.setAttribute("aria-label", words.open);
    var head = make("div", { display: "flex", alignItems: "center", padding: "4px 4px 4px 16px", borderBottom: "1px solid #dbe1e9" });
    var away = make("a", { flex: "1", color: "#2a55ad", padding: "12px 0" }, words.away);
    away.href = base + "/contact/";
    away.target = "_blank";
    away.rel = "noopener";
    var shut = make("button", { minWidth: "48px", minHeight: "48px", border: "0", background: "none", color: "inherit", font: "inherit", cursor: "pointer" }, words.close);
    shut.type = "button";
    shut.addEventListener("click", close);
    head.appendChild(away);
    head.appendChild(shut);
    var frame = make("iframe", { flex: "1", width: "100%", border: "0", background: "#f4f6f9" });
    frame.title = words.open;
    frame.src = base + "/widget/" + (english ? "?lang=en" : "");
    var end = make("span", {});
    end.tabIndex = 0;
    end.addEventListener("focus", function () { away.focus(); });
    var said = make("p", { display: "none", margin: "0", padding: "12px 16px" }, words.slow);
    said.setAttribute("role", "status");
    [head, said, frame, end].forEach(function (part) { box.appendChild(part); });
    document.body.appendChild(box);
    shown = {
      box: box, from: from, overflow: document.documentElement.style.overflow,
      timer: setTimeout(function () { said.style.display = "block"; }, WAIT),
      hear: function (event) {
        if (event.origin !== base || event.source !== frame.contentWindow) return;
        if (event.data === "bihuan:ready") { clearTimeout(shown.timer); said.style.display = "none"; }
        if (event.data === "bihuan:close") close();
      },
      keys: function (event) {
        if (event.key === "Escape") { event.stopPropagation(); close(); return; }
        if (event.key === "Tab" && event.shiftKey && document.activeElement === away) {
          event.preventDefault();
          frame.focus();
        }
      }
    };
    window.addEventListener("message", shown.hear);
    document.addEventListener("keydown", shown.keys, true);
    if (narrow) document.documentElement.style.overflow = "hidden";
    from.setAttribute("aria-expanded", "true");
    shut.focus();
  }

  function wire(link) {
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
    link.setAttribute("role", "button");
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
    link.addEventListener("keydown", function (event) {
      if (event.key === " ") { event.preventDefault(); open(link); }
    });
  }

  function begin() {
    var links = document.querySelectorAll("a[data-bihuan]");
    if (!links.length) {
      var link = make("a", {
        position: "fixed", right: "20px", bottom: "20px", zIndex: "2147482999", padding: "12px 20px",
        minHeight: "48px", boxSizing: "border-box", borderRadius: "24px", background: "#2a55ad",
        color: "#fff", font: "16px/1.5 sans-serif", textDecoration: "none"
      }, words.open);
      link.href = base + "/contact/";
      document.body.appendChild(link);
      links = [link];
    }
    Array.prototype.forEach.call(links, wire);
  }

  window.bihuanWidget = { close: close };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
