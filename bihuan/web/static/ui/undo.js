// What the server still holds can be taken back for some seconds: <div class="toast" data-left="8000">, gone after that
// unless it stays (data-stays) to ask how it went. A toast that htmx fetched is tended like one of the page.
function tend(toast) {
  const left = Number(toast.dataset.left);
  const bar = toast.querySelector("progress");
  const ends = Date.now() + left;
  const tick = setInterval(() => { if (bar) bar.value = Math.max(0, ends - Date.now()); }, 250);
  setTimeout(() => { clearInterval(tick); if (!("stays" in toast.dataset)) toast.remove(); }, left);
}
document.querySelectorAll("[data-toasts] [data-left]").forEach(tend);
document.addEventListener("htmx:load", (event) => {
  const toast = event.detail.elt;
  if (toast !== document.body && toast.matches("[data-toasts] [data-left]")) tend(toast);
});
