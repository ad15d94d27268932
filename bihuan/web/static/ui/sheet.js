// <a href="/form/" data-sheet>: its form opens in the page's one dialog; what was written in it stays there until another
// is opened. With Ctrl, without script, and where the server answers with no form, it is a page of its own.
const sheet = document.getElementById("sheet");
const unreachable = sheet ? sheet.innerHTML : ""; // what it says as it came
const holds = (path) => sheet.querySelector(`form[action="${CSS.escape(path)}"]`);
const focusIn = (place) => {
  const field = place.querySelector("input:not([type=hidden]), select, textarea");
  if (field) field.focus();
  return Boolean(field);
};
let coming = false;

async function fetched(link) {
  coming = true;
  try {
    await window.htmx.ajax("GET", link.href, { source: sheet, target: sheet });
    return true;
  } catch {
    return false;
  } finally {
    coming = false;
  }
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest && event.target.closest("[data-sheet]");
  if (!link || !sheet || !sheet.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (coming) return;
  const path = link.pathname;
  const menu = link.closest("[popover]");
  if (menu) menu.hidePopover();
  const open = document.querySelector(`form.retry[action="${CSS.escape(path)}"]`); // it was refused, or asked for as a page
  if (open && focusIn(open)) return;
  if (!holds(path)) {
    const heard = await fetched(link);
    const wanted = document.querySelector(`[data-sheet][href="${CSS.escape(link.getAttribute("href"))}"]`);
    if (!wanted) return; // another case is open by now
    if (!holds(path) && heard) { location.assign(link.href); return; }
    if (!holds(path)) sheet.innerHTML = unreachable;
  }
  sheet.showModal();
  focusIn(sheet);
});
