// Eight seconds to take it back. Held by the server: the answer's header
//   HX-Trigger: {"undoable": {"text": "已转派", "url": "/…/undo/"}}   shows the toast.
// Held here: <form data-undo="已发送给用户">; leaving the page sends what is held, so nothing is lost.
const DELAY = 8000;
const toasts = document.querySelector("[data-toasts]");
const held = new Map();

function toast(text, undo, end) {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.dataset.undoNow = "";
  button.textContent = toasts.dataset.undoLabel;
  box.append(words, button);
  toasts.append(box);
  const timer = setTimeout(() => { box.remove(); end(); }, DELAY);
  button.addEventListener("click", () => { clearTimeout(timer); box.remove(); undo(); });
  return () => { clearTimeout(timer); box.remove(); };
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.undo || !toasts) return;
  if (held.get(form) === "go") { held.delete(form); return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (held.has(form)) return;
  const submitter = event.submitter;
  form.setAttribute("aria-busy", "true");
  const release = () => { form.removeAttribute("aria-busy"); };
  const drop = toast(form.dataset.undo, () => { held.delete(form); release(); }, () => {
    release();
    held.set(form, "go");
    form.requestSubmit(submitter);
  });
  held.set(form, { drop, submitter });
}, true);

// requestSubmit would be cut off by the leaving page; a keepalive request is not.
addEventListener("pagehide", () => {
  for (const [form, state] of held) {
    if (state === "go") continue;
    state.drop();
    const body = new FormData(form);
    if (state.submitter && state.submitter.name) body.append(state.submitter.name, state.submitter.value);
    fetch(form.action, { method: "POST", body, keepalive: true });
  }
  held.clear();
});

document.addEventListener("undoable", (event) => {
  if (!toasts || !event.detail) return;
  const { text, url } = event.detail;
  toast(text, () => window.htmx.ajax("POST", url, { swap: "none" }), () => {});
});
