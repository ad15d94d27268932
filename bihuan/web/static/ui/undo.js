// What the server still holds can be taken back for some seconds: <div class="toast" data-left="8000">, gone after that
// unless it stays (data-stays) to say how it went.
for (const toast of document.querySelectorAll("[data-toasts] [data-left]")) {
  const left = Number(toast.dataset.left);
  const bar = toast.querySelector("progress");
  const ends = Date.now() + left;
  const tick = setInterval(() => { if (bar) bar.value = Math.max(0, ends - Date.now()); }, 250);
  setTimeout(() => { clearInterval(tick); if (!("stays" in toast.dataset)) toast.remove(); }, left);
}
