// Says every twenty seconds that this case is open here and whether its composer has the focus;
// the answer is who else is there: <div data-here="/desk/cases/…/here/">.
const BEAT = 20000;
let url = "", said = 0, shown = "";

const box = () => document.querySelector("[data-here]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
function writing() {
  const active = document.activeElement;
  return Boolean(active && active.matches("textarea") && active.closest("form[data-send], form.retry, #sheet"));
}

async function beat() {
  clearTimeout(said);
  said = setTimeout(beat, BEAT);
  const place = box();
  if (!place || document.hidden) return;
  const here = place.dataset.here;
  const body = new URLSearchParams({ writing: writing() ? "1" : "0" });
  try {
    const answer = await fetch(here, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    const now = box();
    if (!answer.ok || answer.redirected || !now || now.dataset.here !== here) return;
    const html = await answer.text();
    if (shown !== here + html) now.innerHTML = html; // what is the same is not read out again
    shown = here + html;
  } catch { /* offline: the banner of the live stream says so */ }
}
const soon = () => { clearTimeout(said); said = setTimeout(beat, 250); };

function leave(from) {
  const body = new FormData();
  body.append("leave", "1");
  body.append("csrfmiddlewaretoken", token());
  navigator.sendBeacon(from, body);
}

function arrived() {
  const now = box() ? box().dataset.here : "";
  if (now === url) return;
  if (url) leave(url);
  url = now;
  if (url) beat();
}

for (const kind of ["focusin", "focusout"]) {
  document.addEventListener(kind, (event) => { if (url && event.target.matches && event.target.matches("textarea")) soon(); });
}
document.addEventListener("visibilitychange", () => { if (url && !document.hidden) beat(); });
document.addEventListener("htmx:afterSwap", arrived);
window.addEventListener("pagehide", () => { if (url) leave(url); });
window.addEventListener("pageshow", (event) => { if (event.persisted && url) beat(); });
arrived();
