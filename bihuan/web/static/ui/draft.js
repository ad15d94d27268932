// Keeps what somebody is writing: at once on this device, after a second of rest on the server.
// <form data-draft="case 17, reply" data-draft-url="/…/" data-restored="已恢复 {time} 的草稿" data-kept="草稿已存 {time}">
// Who somebody is stays off this device; <p data-unkept="出于隐私，{fields}不保存在本机，请重新填写"> says so.
const PREFIX = "bihuan.draft.";
const PRIVATE = "[type=password], [type=hidden], [type=file], [data-private]";
const timers = new WeakMap();
const going = new WeakMap(); // what is on its way: an older state must not arrive after a newer

const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or private: the server still keeps it */ } },
  drop(key) { try { localStorage.removeItem(PREFIX + key); } catch { /* nothing was kept */ } },
  clear() { try { Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key)); } catch { /* nothing was kept */ } },
};
const clock = (ms) => new Date(ms).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
const written = (form) => [...form.querySelectorAll("textarea[name], select[name], input[name]:not([type=radio]):not([type=checkbox])")].filter((field) => !field.matches(PRIVATE));
const personal = (form) => [...form.querySelectorAll("[data-private][name]")];
const left = new WeakMap(); // names of fields that were filled when the draft was kept, and are not in it

function say(form, words, at) {
  const place = form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
  if (!place || !words) return;
  place.textContent = words.replace("{time}", clock(at));
  const box = place.closest("[data-saved-box]");
  if (box) box.hidden = false;
}

function missing(form) {
  const place = form.querySelector("[data-unkept]");
  if (!place) return;
  const names = personal(form).filter((field) => (left.get(form) || []).includes(field.name) && !field.value)
    .map((field) => field.labels[0].firstChild.textContent.trim());
  place.hidden = !names.length;
  place.textContent = place.dataset.unkept.replace("{fields}", names.join(place.dataset.and));
}

function restore(form) {
  if (form.dataset.draftReady) return;
  form.dataset.draftReady = "yes";
  const kept = store.read(form.dataset.draft);
  if (!kept || form.querySelector("[aria-invalid=true]")) return;
  left.set(form, kept.left || []);
  missing(form);
  let restored = false;
  for (const field of written(form)) {
    if (!field.value && kept.fields[field.name]) { field.value = kept.fields[field.name]; restored = true; }
  }
  if (restored) say(form, form.dataset.restored, kept.at);
}

function stop(form) {
  clearTimeout(timers.get(form));
  going.get(form)?.abort();
}

async function send(form) {
  if (!form.isConnected) return;
  if (!form.dataset.draftUrl) { say(form, form.dataset.kept, Date.now()); return; }
  stop(form);
  const way = new AbortController();
  going.set(form, way);
  const body = new FormData(form);
  for (const field of form.querySelectorAll("[type=file], [type=password]")) body.delete(field.name);
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { "X-Draft": "1" }, signal: way.signal });
    if (answer.ok && !answer.redirected) say(form, form.dataset.kept, Date.now());
  } catch { /* overtaken, or offline: this device has it, the next pause tries again */ }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest && event.target.closest("[data-draft]");
  if (!form) return;
  const fields = Object.fromEntries(written(form).map((field) => [field.name, field.value]));
  const now = personal(form).filter((field) => field.value || (left.get(form) || []).includes(field.name));
  left.set(form, now.map((field) => field.name));
  missing(form);
  store.write(form.dataset.draft, { at: Date.now(), fields, left: left.get(form) });
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => send(form), 1000));
});

// What was sent is no draft any more; what is taken back comes from the server with its words.
// That it was sent is known when the next page of ours is there: where the connection failed and
// the reader came back, the words are still on this device.
const SENT = "bihuan.sent";
const UNSENT = "#kept"; // the way on from a page that says it was not: its reader may be faster than its script
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-signout]")) store.clear();
  if (!form.dataset.draft || event.defaultPrevented) return;
  stop(form);
  try { sessionStorage.setItem(SENT, form.dataset.draft); } catch { store.drop(form.dataset.draft); }
});
function settle() {
  let sent = null;
  try { sent = sessionStorage.getItem(SENT); sessionStorage.removeItem(SENT); } catch { return; }
  const [came] = performance.getEntriesByType("navigation");
  if (!sent || (came && came.type === "back_forward") || location.hash === UNSENT) return;
  const again = [...document.querySelectorAll("[data-draft]")].find((form) => form.dataset.draft === sent);
  if (document.querySelector(".refused, [data-refused], [data-error-summary]")) return;
  if (!again || !again.querySelector("[aria-invalid=true]")) store.drop(sent);
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("[data-draft]");
  if (form && event.target === form && event.detail.successful) { stop(form); store.drop(form.dataset.draft); }
});

const ready = () => document.querySelectorAll("[data-draft]").forEach(restore);
document.addEventListener("htmx:afterSettle", ready);
settle();
ready();
