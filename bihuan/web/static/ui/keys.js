// The desk's keys. An element says its own key: data-key="r" is pressed or focused by R, data-key="g i" by G then I.
// Letters are dead while somebody writes, during IME composition, and when the reader switched them off.
const SWITCH = "bihuan.keys";
const NEXT_CASE = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
let first = "", firstTimer = 0, loading = 0;

const off = () => { try { return localStorage.getItem(SWITCH) === "off"; } catch { return false; } };
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
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
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
  const found = (many && document.querySelector(`[data-bulk-key="${CSS.escape(name)}"]`)) || document.querySelector(`[data-key="${CSS.escape(name)}"]`);
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
  box.addEventListener("change", () => { try { localStorage.setItem(SWITCH, box.checked ? "on" : "off"); } catch { /* a private window forgets */ } });
}
