// Cases chosen in the list (by X, see keys.js, or by their boxes), and the bar whose steps open in the sheet.
// Without script the boxes and the bar are a form like any other.
const bar = document.querySelector("[data-bulk]");
const rows = document.getElementById("rows");
const sheet = document.getElementById("sheet");
const boxes = () => [...document.querySelectorAll("input[name=chosen]")];
const numberOf = (box) => box.value.split(":")[0];

function said() {
  const all = bar.elements.namedItem("all").checked;
  const many = boxes().filter((box) => box.checked).length;
  const place = bar.querySelector("[data-bulk-said]");
  place.textContent = all ? bar.querySelector(".bulk-all").textContent.trim() : place.dataset.bulkSaid.replace("{n}", String(many));
}

if (bar && rows) {
  let last = null;
  rows.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=chosen]");
    if (!box) return;
    const all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
    if (event.shiftKey && from >= 0) all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((each) => { each.checked = box.checked; });
    last = box;
  });
  rows.addEventListener("change", said);
  bar.addEventListener("change", said);
  bar.addEventListener("reset", () => setTimeout(said));

  // The list was fetched again: what was chosen stays chosen, and the focus where it was.
  let chosen = new Set(), focused = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== rows) return;
    chosen = new Set(boxes().filter((box) => box.checked).map(numberOf));
    focused = document.activeElement.name === "chosen" ? numberOf(document.activeElement) : "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== rows) return;
    boxes().forEach((box) => {
      box.checked = chosen.has(numberOf(box));
      if (focused && numberOf(box) === focused) box.focus();
    });
    said();
  });

  // What is wrong with the form is said in the sheet, over the list.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target !== sheet || ![409, 422].includes(xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const told = event.target === sheet && sheet.querySelector("[data-error-summary], [data-refused] .banner");
    if (told) { told.tabIndex = -1; told.focus(); }
  });

  bar.addEventListener("submit", async (event) => {
    if (!sheet || !sheet.showModal || !event.submitter || event.submitter.hasAttribute("formaction")) return;
    event.preventDefault();
    const asked = `${bar.getAttribute("action")}?${new URLSearchParams(new FormData(bar, event.submitter))}`;
    try {
      await window.htmx.ajax("GET", asked, { source: sheet, target: sheet });
    } catch { /* offline: the page of its own says so */ }
    if (!sheet.querySelector(`form[action="${CSS.escape(bar.getAttribute("action"))}"]`)) { location.assign(asked); return; }
    sheet.showModal();
    const field = sheet.querySelector("input:not([type=hidden]), select, textarea");
    if (field) field.focus();
  });
}
