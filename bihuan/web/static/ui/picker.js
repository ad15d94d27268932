// A list to choose from by typing and arrow keys (the combobox pattern): the focus stays in the field.
// rows: [{words, label, note, mark, group, take}]; an Enter that ends an IME composition chooses nothing.
export function picker(dialog, { empty } = {}) {
  const field = dialog.querySelector("[data-picker-search]");
  const list = dialog.querySelector("[role=listbox]");
  const nothing = dialog.querySelector("[data-picker-empty]");
  let rows = [], shown = [], at = 0;

  function mark(place) {
    at = Math.max(0, Math.min(place, shown.length - 1));
    const options = [...list.querySelectorAll("[role=option]")];
    options.forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    if (options[at]) { field.setAttribute("aria-activedescendant", options[at].id); options[at].scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  }

  function option(row, n) {
    const item = document.createElement("li");
    item.id = `${list.id}-${n}`;
    item.setAttribute("role", "option");
    if (row.disabled) item.setAttribute("aria-disabled", "true");
    const label = document.createElement("b");
    label.textContent = row.label;
    item.append(label);
    if (row.mark) { const key = document.createElement("kbd"); key.textContent = row.mark; item.append(key); }
    if (row.note) { const note = document.createElement("small"); note.textContent = row.note; item.append(note); }
    item.addEventListener("click", () => take(n));
    return item;
  }

  function draw() {
    const wanted = field.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    shown = rows.filter((row) => row.always || wanted.every((word) => row.words.toLowerCase().includes(word)));
    list.replaceChildren();
    let group = "";
    shown.forEach((row, n) => {
      if (row.group && row.group !== group) {
        const head = document.createElement("li");
        head.className = "picker-group";
        head.setAttribute("role", "presentation");
        head.textContent = group = row.group;
        list.append(head);
      }
      list.append(option(row, n));
    });
    if (nothing) nothing.hidden = shown.length > 0;
    if (empty) empty(field.value, shown);
    mark(0);
  }

  function take(n) {
    const row = shown[n];
    if (!row || row.disabled) return;
    dialog.close();
    row.take();
  }

  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1, PageDown: at + 8, PageUp: at - 8 };
    if (event.key in steps && !(["Home", "End"].includes(event.key) && field.value)) { event.preventDefault(); mark(steps[event.key]); }
    if (event.key === "Enter") { event.preventDefault(); take(at); }
  });

  return {
    open(given) {
      rows = given;
      field.value = "";
      draw();
      if (!dialog.open) dialog.showModal();
      field.focus();
    },
    refill(given) { rows = given; draw(); },
    get words() { return field.value; },
  };
}
