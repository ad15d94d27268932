// @ in an internal note offers the names of colleagues; a name written by hand is found as well.
const ASKED = /[@＠]([^\s@＠，。；、：！？]{0,12})$/;
let colleagues = null, list = null, area = null, at = 0, shown = [];

const isNote = (form) => Boolean(form && form.querySelector("[name=mode][value=note]:checked"));

async function known() {
  if (!colleagues) {
    const answer = await fetch("/desk/colleagues/", { headers: { Accept: "application/json" } });
    colleagues = answer.ok && !answer.redirected ? (await answer.json()).colleagues : [];
  }
  return colleagues;
}

function close() {
  if (list) list.remove();
  if (area) { area.removeAttribute("aria-activedescendant"); area.removeAttribute("aria-controls"); }
  list = null;
  shown = [];
}

function mark(place) {
  at = (place + shown.length) % shown.length;
  [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
  area.setAttribute("aria-activedescendant", list.children[at].id);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function take(n) {
  const found = ASKED.exec(area.value.slice(0, area.selectionStart));
  const end = area.selectionStart, name = shown[n].name;
  close();
  if (!found) return;
  area.setRangeText(`@${name} `, end - found[0].length, end, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function draw() {
  if (!list) {
    list = document.createElement("ul");
    list.id = "mention-list";
    list.className = "mention-list picker-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", area.closest("form").querySelector("[data-mention]").dataset.mention);
    area.closest(".composer-box").before(list);
    area.setAttribute("aria-controls", list.id);
  }
  list.replaceChildren(...shown.map((one, n) => {
    const item = document.createElement("li"), name = document.createElement("b"), unit = document.createElement("small");
    item.id = `mention-${n}`;
    item.setAttribute("role", "option");
    name.textContent = one.name;
    unit.textContent = one.unit;
    item.append(name, unit);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(n); });
    return item;
  }));
  mark(0);
}

document.addEventListener("input", async (event) => {
  const target = event.target;
  if (!target.matches || !target.matches("form[data-send] textarea") || !isNote(target.form)) return;
  const found = ASKED.exec(target.value.slice(0, target.selectionStart));
  if (!found) { close(); return; }
  area = target;
  const wanted = found[1].toLowerCase();
  const names = await known();
  if (!ASKED.test(area.value.slice(0, area.selectionStart))) { close(); return; }
  shown = names.filter((one) => `${one.name} ${one.unit}`.toLowerCase().includes(wanted)).slice(0, 8);
  if (shown.length && !names.some((one) => one.name === found[1])) draw();
  else close();
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== area || event.isComposing || event.keyCode === 229) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(at + (event.key === "ArrowDown" ? 1 : -1));
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(at);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("focusout", (event) => { if (event.target === area) close(); });
