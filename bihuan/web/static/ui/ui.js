// What every page needs: focus on what is wrong, character counts, copying, dialogs.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
const refused = document.querySelector("[data-refused]");
if (refused) (refused.querySelector("[aria-invalid=true]") || refused).focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  if (!link) return;
  const place = document.getElementById(link.hash.slice(1));
  const field = place && (place.matches("input, select, textarea") ? place : place.querySelector("input, select, textarea"));
  if (field) { event.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
});

// <textarea data-most="5000" data-count="id"> and <… id="id" data-words="还可输入 {n} 字" data-over="超出 {n} 字">
function count(area) {
  const place = document.getElementById(area.dataset.count);
  if (!place) return;
  const left = Number(area.dataset.most) - [...area.value].length;
  place.textContent = (left < 0 ? place.dataset.over : place.dataset.words).replace("{n}", String(Math.abs(left)));
  place.classList.toggle("count-over", left < 0);
}
document.querySelectorAll("[data-count]").forEach(count);
document.addEventListener("input", (event) => { if (event.target.dataset && event.target.dataset.count) count(event.target); });

async function copy(text) {
  if (navigator.clipboard) { await navigator.clipboard.writeText(text); return; }
  const area = document.createElement("textarea"); // an address without TLS has no clipboard of its own
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  const words = button.querySelector("span");
  if (button.dataset.copied && words) words.textContent = button.dataset.copied;
  else if (button.dataset.copied) { button.title = button.dataset.copied; button.setAttribute("aria-label", button.dataset.copied); }
});

// <a href="/page/" data-dialog="id"> opens the dialog where there is one and is a plain link elsewhere.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (!dialog || !dialog.showModal || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  else if (event.target.matches && event.target.matches("dialog")) event.target.close();
});

document.addEventListener("change", (event) => {
  const place = event.target.dataset && document.getElementById(event.target.dataset.fileNames || "");
  if (place) place.textContent = [...event.target.files].map((file) => file.name).join("、");
});

// A button of the portal pressed twice sends once; the back button and a lost connection free it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !document.body.classList.contains("portal")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => { delete form.dataset.sent; }));

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
