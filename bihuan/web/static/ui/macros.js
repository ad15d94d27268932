// Canned replies: the list and its button become a picker, opened by ; and filled in from the case by the server.
// A variable without a value stays in the words and is named above the button until somebody writes it.
import { picker } from "./picker.js";

const dialog = document.getElementById("macro-picker");
const chooser = dialog && picker(dialog);
const areaOf = (form) => form.querySelector("textarea");

function ready() {
  for (const box of document.querySelectorAll("[data-macros]:not([hidden])")) {
    box.hidden = true;
    box.closest("form").querySelector("[data-macro-open]").hidden = false;
  }
  document.querySelectorAll("form [data-unfilled]").forEach((banner) => look(banner.closest("form")));
}

function unfilled(form) {
  const banner = form.querySelector("[data-unfilled]");
  const area = areaOf(form);
  if (!banner || !area) return [];
  const known = new Set(banner.dataset.unfilled.split(" "));
  const found = [...area.value.matchAll(/\{\{\s*([^{}\n]{0,40}?)\s*\}\}/g)];
  return found.filter((one) => known.has(one[1]));
}

function choose(form, one) {
  const area = areaOf(form);
  const at = area.value.indexOf(one);
  if (at < 0) return;
  area.focus();
  area.setSelectionRange(at, at + one.length);
}

function look(form) {
  const banner = form.querySelector("[data-unfilled]");
  if (!banner) return;
  const names = [...new Set(unfilled(form).map((one) => one[0]))];
  banner.hidden = !names.length;
  banner.querySelector("[data-unfilled-list]").replaceChildren(...names.map((name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-link mono";
    button.textContent = name;
    button.addEventListener("click", () => choose(form, name));
    return button;
  }));
}

function along(form, also) {
  const box = form.querySelector("[data-along]");
  for (const one of also) {
    if ([...box.querySelectorAll("input")].some((input) => input.value === one.value)) continue;
    const label = document.createElement("label"), input = document.createElement("input"), words = document.createElement("span");
    Object.assign(input, { type: "checkbox", name: "also", value: one.value, checked: true });
    words.textContent = one.label;
    label.append(input, words);
    box.append(label);
  }
  box.hidden = !box.querySelector("input");
}

async function fill(form, url, composer) {
  const area = areaOf(form);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok || !form.isConnected) { location.assign("/desk/macros/"); return; }
  const made = await answer.json();
  const mode = form.querySelector(`[name=mode][value="${CSS.escape(composer)}"]`);
  if (mode && !mode.checked) { mode.checked = true; mode.dispatchEvent(new Event("change", { bubbles: true })); }
  area.focus();
  area.setRangeText(made.text, area.selectionStart, area.selectionEnd, "end");
  along(form, made.also);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const [first] = unfilled(form);
  if (first) choose(form, first[0]);
}

function open(form) {
  const box = form.querySelector("[data-macros]");
  if (!box || !chooser) return;
  const rows = [...box.querySelectorAll("option[data-words]")].map((one) => ({
    label: one.textContent.replace(/ ;[^;]*$/, ""),
    mark: one.dataset.shortcut ? `;${one.dataset.shortcut}` : "",
    note: one.dataset.words,
    group: one.parentElement.label,
    words: `${one.textContent} ${one.dataset.shortcut} ${one.dataset.words}`,
    take: () => fill(form, `${box.dataset.macros}${one.value}/`, one.dataset.composer),
  }));
  chooser.open(rows);
}

// One of them was chosen elsewhere. (Imported, this module would run twice: its address bears a checksum.)
document.addEventListener("macro:use", (event) => {
  const form = document.querySelector("form.composer");
  const box = form && form.querySelector("[data-macros]");
  if (box) fill(form, `${box.dataset.macros}${event.detail.id}/`, event.detail.composer);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest("[data-macro-open]");
  if (button) open(button.closest("form"));
});

// A semicolon that begins a line asks for the list; elsewhere it is a semicolon.
function asked(event) {
  const area = event.target;
  if (event.isComposing || ![";", "；"].includes(event.data) || !area.matches || !area.matches("form textarea")) return;
  const form = area.closest("form"), at = area.selectionStart;
  if (!form.querySelector("[data-macros]") || area.value.slice(0, at).split("\n").pop().trim().length > 1) return;
  area.setRangeText("", at - 1, at, "end");
  open(form);
}
document.addEventListener("input", asked);
document.addEventListener("compositionend", asked);

document.addEventListener("input", (event) => {
  const form = event.target.closest && event.target.closest("form");
  if (form && event.target.matches("textarea")) look(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.submitter && event.submitter.formNoValidate) return;
  const [first] = unfilled(form);
  if (first) { event.preventDefault(); event.stopImmediatePropagation(); choose(form, first[0]); }
}, true);
document.addEventListener("htmx:afterSwap", ready);
ready();
