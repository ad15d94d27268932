// On a phone the rows of a data table stand below one another, and each cell says what its column is; it stays a table
// for whoever listens. The chosen tab of a row of tabs that is wider than the page is brought into sight.
const heading = (cell) => { const copy = cell.cloneNode(true); copy.querySelectorAll(".vh").forEach((one) => one.remove()); return copy.textContent.trim(); };

function stack(table) {
  if (table.dataset.stacks !== undefined || !table.tHead || table.tHead.rows.length !== 1) return;
  const heads = [...table.tHead.rows[0].cells];
  if (heads.some((head) => head.colSpan > 1)) return;
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies, table.tFoot].filter(Boolean)) {
    group.setAttribute("role", "rowgroup");
    for (const row of group.rows) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, n) => {
        cell.setAttribute("role", group === table.tHead ? "columnheader" : cell.matches("th") ? "rowheader" : "cell");
        if (heads[n] && cell.colSpan === 1) cell.dataset.label = heading(heads[n]);
      });
    }
  }
  table.dataset.stacks = "";
}

function inSight(tabs) {
  const chosen = tabs.querySelector("[aria-current]");
  if (!chosen || tabs.scrollWidth <= tabs.clientWidth) return;
  const [place, room] = [chosen.getBoundingClientRect(), tabs.getBoundingClientRect()];
  tabs.scrollLeft += place.left - room.left - (room.width - place.width) / 2;
}

function settle() {
  document.querySelectorAll(".desk-face .table").forEach(stack);
  document.querySelectorAll(".tabs").forEach(inSight);
}
document.addEventListener("htmx:afterSettle", settle);
settle();
