// The desk's keys. An element says its own key: data-key="r" is pressed or focused by R, data-key="g i" by G then I.
// Letters are dead while somebody writes, during IME composition, and when the reader switched them off.
// <body data-keys='{"off": false, "map": {"r": "y"}}'>: what he presses instead of the key that the element names.
const SWITCH = "bihuan.keys";
const NEXT_CASE = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
let first = "", firstTimer = 0, loading = 0;

const kept = JSON.parse(document.body.dataset.keys || "{}");
const MAP = kept.map || {};
const NAMED = Object.fromEntries(Object.entries(MAP).map(([own, pressed]) => [pressed, own]));
const named = (key) => NAMED[key] || (key in MAP ? "" : key); // a key given away does nothing
const JUST_NOW = 15000; // the server may not have heard yet of what was switched here
function off() {
  try {
    const here = JSON.parse(localStorage.getItem(SWITCH) || "{}");
    if (Date.now() - here.at < JUST_NOW) return here.off;
  } catch { /* a private window forgets */ }
  return Boolean(kept.off);
}
const rows = () => [...document.querySelectorAll("[data-row]")];
const wide = () => matchMedia("(min-width: 981px)").matches;
// A field of a dialog just closed keeps the focus until the browser has drawn the page again.
const writing = (target) => target.closest && !target.closest("dialog:not([open])") && target.closest("input:not([name=chosen]), textarea, select, [contenteditable]");

function press(element) {
  if (element.matches("input, textarea, select")) { element.focus(); return; }
  if (element.matches("label")) { element.control.checked = true; element.control.dispatchEvent(new Event("change", { bubbles: true })); }
  else element.click();
  const wanted = element.dataset.keyFocus && document.querySelector(element.dataset.keyFocus);
  if (wanted) wanted.focus();
}

function select(row) {
  rows().forEach((each) => each.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[at < 0 ? 0 : at + step];
  if (!next) return true;
  select(next);
  next.focus();
  clearTimeout(loading);
  if (wide()) loading = setTimeout(() => next.click(), 250);
  return true;
}

// The box before a row: bulk.js hears the change.
function choose(row, checked) {
  const box = row && row.parentElement.querySelector("input[name=chosen]");
  if (!box) return false;
  box.checked = checked === undefined ? !box.checked : checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function letter(event) {
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const key = first || pressed.length > 1 ? pressed : named(pressed);
  if (!key) return false;
  if (event.shiftKey && (key === "j" || key === "k")) { // choose the row one is on, and the next
    choose(document.querySelector("[data-row][aria-current]"), true);
    const went = move(NEXT_CASE[key]);
    choose(document.querySelector("[data-row][aria-current]"), true);
    return went;
  }
  if (NEXT_CASE[key] && (key.length === 1 || event.target.closest("[data-row]"))) return move(NEXT_CASE[key]);
  if (key === "x" && !event.shiftKey && choose(document.querySelector("[data-row][aria-current]"))) return true;
  if (key === "Escape") {
    const current = document.querySelector("[data-row][aria-current]");
    if (document.querySelector(":popover-open")) return false;
    if (current) { current.focus(); return true; }
    const back = document.querySelector(".case-back");
    if (back) back.click();
    return Boolean(back);
  }
  if (key === "z") {
    const undo = document.querySelector("[data-undo-now]");
    if (undo) undo.click();
    return Boolean(undo);
  }
  const name = first ? `${first} ${key}` : event.shiftKey && /^[a-z]$/.test(key) ? `shift ${key}` : key;
  first = "";
  const many = document.querySelector("input[name=chosen]:checked"); // letters mean them all
  const found = (many && document.querySelector(`[data-bulk-key="${CSS.escape(name)}"]`))
    || document.querySelector(`[data-key="${CSS.escape(name)}"]`)
    || document.querySelector(`[data-key-too="${CSS.escape(name)}"]`);
  if (found) { press(found); return true; }
  if (key === "g") { first = "g"; clearTimeout(firstTimer); firstTimer = setTimeout(() => { first = ""; }, 1200); return true; }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("form[data-send]");
    const button = form && [...form.querySelectorAll("button[type=submit]")].find((each) => each.offsetParent);
    if (button) { event.preventDefault(); form.requestSubmit(button); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return; // nobody walks away from the case behind it
  if (writing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
  if (off() && event.key.length === 1 && event.key !== "?") return;
  if (letter(event)) event.preventDefault();
});

// Narrow screens open a case as a page of its own: htmx does not hear the click.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  if (wide()) select(row);
  else event.stopPropagation();
}, true);

// The list was fetched again: the row that is open stays the current one.
let current = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "rows") current = (event.target.querySelector("[data-row][aria-current]") || {}).id || "";
});
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.target.id === "rows" && current && document.getElementById(current);
  if (row) select(row);
});

const box = document.querySelector("[data-keys-switch]");
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => {
    kept.off = !box.checked;
    try { localStorage.setItem(SWITCH, JSON.stringify({ off: kept.off, at: Date.now() })); } catch { /* a private window forgets */ }
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
    fetch(box.dataset.keysSwitch, { method: "POST", keepalive: true, headers, body: new URLSearchParams({ on: box.checked ? "1" : "0" }) });
  });
}

// A key of the map that can do nothing here says why.
document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest("[data-why]");
  const place = button && document.querySelector("[data-toasts]");
  if (!place) return;
  const toast = document.createElement("div"), words = document.createElement("span");
  toast.className = "toast";
  words.textContent = button.dataset.why;
  toast.append(words);
  place.append(toast);
  setTimeout(() => toast.remove(), 6000);
});

// The keys beside buttons and in the help are those that this reader presses.
function relabel() {
  for (const kbd of document.querySelectorAll("kbd:not([data-own])")) {
    kbd.dataset.own = kbd.textContent;
    const pressed = MAP[kbd.textContent.trim().toLowerCase()];
    if (pressed && kbd.textContent.trim().length === 1) kbd.textContent = pressed.toUpperCase();
  }
}
if (Object.keys(MAP).length) {
  relabel();
  document.addEventListener("htmx:afterSwap", relabel);
}
