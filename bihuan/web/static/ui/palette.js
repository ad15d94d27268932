// The command palette: Ctrl or ⌘ K. Steps of the open case, its canned replies, pages; whatever else is typed is
// opened as a case number or looked for. What a step's own button does on the page is done by pressing that button.
import { picker } from "./picker.js";

const dialog = document.getElementById("palette");
const chooser = dialog && picker(dialog);
let rows = [], coming = false;

const number = () => {
  const head = document.querySelector("[data-version-now]");
  return head ? head.dataset.of : "";
};
const inPage = (selector) => document.querySelector(selector);

function take(row) {
  if (row.press) {
    const label = inPage(`[data-key="${CSS.escape(row.press)}"]`);
    if (label) { label.click(); const reply = document.getElementById("reply"); if (reply) reply.focus(); }
  } else if (row.macro) {
    document.dispatchEvent(new CustomEvent("macro:use", { detail: { id: row.macro, composer: row.composer } }));
  } else if (row.post) {
    const form = [...document.forms].find((one) => one.getAttribute("action") === row.post && one.closest(".case-actions, .menu"));
    if (form) form.requestSubmit();
  } else {
    const link = row.sheet && inPage(`[data-sheet][href="${CSS.escape(row.href)}"]`);
    if (link) link.click();
    else location.assign(row.href);
  }
}

// A contact never stands in an address: what is looked for is posted, as by the field above the list.
function look(words) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/desk/inbox/";
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  for (const [name, value] of [["csrfmiddlewaretoken", token], ["q", words]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function all(words) {
  const plain = words.trim();
  const search = plain && { always: true, words: "", group: dialog.dataset.look, label: dialog.dataset.find.replace("{words}", plain), take: () => look(plain) };
  const isNumber = /^\D{0,2}[\d-]{6,}$/.test(plain);
  return search ? (isNumber ? [search, ...rows] : [...rows, search]) : rows;
}

async function open() {
  if (!chooser || coming || dialog.open) return;
  coming = true;
  rows = [];
  chooser.open(rows); // what is typed before the list has come is not lost
  try {
    const answer = await fetch(`/desk/palette/?case=${encodeURIComponent(number())}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) { dialog.close(); location.reload(); return; }
    rows = (await answer.json()).rows.map((row) => ({
      ...row,
      mark: row.mark || (row.key || "").toUpperCase(),
      words: `${row.label} ${row.note || ""} ${row.mark || ""} ${row.group}`,
      take: () => take(row),
    }));
    if (dialog.open) chooser.refill(all(chooser.words));
  } catch {
    // offline: what was typed can still be looked for
  } finally {
    coming = false;
  }
}

if (dialog) {
  const field = dialog.querySelector("[data-picker-search]");
  field.addEventListener("input", () => chooser.refill(all(field.value)));
  for (const button of document.querySelectorAll("[data-palette-open]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.shiftKey) return;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    const other = document.querySelector("dialog[open]");
    if (other && other !== dialog) return; // what is begun there is finished or closed first
    if (dialog.open) dialog.close();
    else open();
  });
}
