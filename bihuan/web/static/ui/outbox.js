// What somebody writes in a chat is kept until it has arrived, and sent again under the same mark:
// the server takes a mark once. With it all that the page of a person and the desk do alike.
// const box = outbox("chat 17", send, { changed, taken, refused }); box.push({ text, files });
// `send(item)` resolves to a Response in JSON; words are kept on this device, files only as long as the page stands.
const PREFIX = "bihuan.draft."; // goes with all drafts when somebody signs out
const FIRST = 1000, LONGEST = 30000, SHOWN = 6000;

const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(PREFIX + key)) || []; } catch { return []; } },
  write(key, items) {
    try {
      if (items.length) localStorage.setItem(PREFIX + key, JSON.stringify(items));
      else localStorage.removeItem(PREFIX + key);
    } catch { /* full or private: it is sent as long as the page stands */ }
  },
};

function mark() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

function outbox(key, send, { changed, taken, refused }) {
  let items = store.read(key), going = false, wait = FIRST, again = 0;
  const keep = () => { store.write(key, items.map(({ mark, text }) => ({ mark, text }))); changed(items); };

  async function flush() {
    clearTimeout(again);
    if (going || !items.length) return;
    going = true;
    const item = items[0];
    let pause = 0, then = () => {};
    try {
      const answer = await send(item);
      if (answer.ok && !answer.redirected) { // a page to sign in has taken nothing
        const part = await answer.json();
        wait = FIRST;
        items.shift();
        then = () => taken(part);
      } else {
        const told = await answer.json().catch(() => ({}));
        // 429 with 0 seconds to wait: never, so that it holds up nothing that was written after it
        if (answer.status >= 500 || (answer.status === 429 && told.retry_after !== 0)) {
          pause = Math.max(1000 * (told.retry_after || 0), wait);
          item.why = told.said || "";
        } else {
          items.shift();
          then = () => refused(item, told);
        }
      }
    } catch { pause = wait; item.why = ""; }
    going = false;
    if (pause) { item.late = true; wait = Math.min(2 * wait, LONGEST); }
    keep();
    if (items.length) again = setTimeout(flush, pause);
    then(); // after what is shown of the others, which takes older words away
  }

  addEventListener("online", () => { wait = FIRST; flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  if (items.length) { changed(items); flush(); }
  return { push(item) { items.push({ mark: mark(), ...item }); keep(); flush(); } };
}

// Tells the other side at most every three seconds that somebody writes.
function typing(tell) {
  let last = 0;
  return () => { if (Date.now() - last > 3000) { last = Date.now(); tell(); } };
}

// ---- what is asked and shown
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
const headers = () => ({ "X-CSRFToken": csrf(), "X-Chat": "1" });
const post = (url, values) => fetch(url, { method: "POST", headers: headers(), body: new URLSearchParams(values) }).catch(() => {});

// One look at a time; what is asked for meanwhile is one more after it.
function looker(ask) {
  let going = false, dirty = false;
  return async function look() {
    if (going) { dirty = true; return; }
    going = true;
    try { await ask(); } catch { /* offline: the stream comes back, or the next look */ }
    going = false;
    if (dirty) { dirty = false; look(); }
  };
}

// The turns of a part after the n-th, in place of what was on its way; the place of the last one. There
// may be more than the part knew of, said while it was made.
function insert(turns, part, n, each) {
  const fresh = document.createElement("template");
  fresh.innerHTML = part.turns;
  let last = Math.max(n, part.n);
  for (const turn of fresh.content.querySelectorAll("[data-n]")) {
    if (Number(turn.dataset.n) <= n) continue;
    const sent = turn.dataset.mark && turns.querySelector(`[data-pending="${CSS.escape(turn.dataset.mark)}"]`);
    if (sent) sent.remove();
    turns.insertBefore(turn, turns.querySelector("[data-pending]"));
    last = Math.max(last, Number(turn.dataset.n));
    each(turn);
  }
  return last;
}

function marks(turns, upto) {
  for (const mark of turns.querySelectorAll("[data-read]")) mark.hidden = Number(mark.dataset.read) > upto;
}

// The other side writes: said for a moment.
function writing(place) {
  let hide = 0;
  const silent = () => { clearTimeout(hide); place.hidden = true; };
  return { silent, show() { place.hidden = false; clearTimeout(hide); hide = setTimeout(silent, SHOWN); } };
}

// The form of either side. `pending(item)` draws what is on its way, `facts()` go with it, `took(part)` is
// told what came back; `look` asks how the chat stands; `toEnd` scrolls; `mine(button)`: whether the form is
// sent from here just now.
function compose(form, turns, { key, typingUrl, pending, facts, took, look, toEnd, mine = () => true }) {
  const [text, files, names, said] = ["textarea", "[type=file]", "[data-files]", "[data-said]"].map((one) => form.querySelector(one));
  const say = (words) => { said.hidden = !words; said.textContent = words || ""; };
  const list = () => { if (names) names.textContent = [...files.files].map((file) => file.name).join("、"); };
  function changed(items) {
    turns.querySelectorAll("[data-pending]").forEach((old) => old.remove());
    items.forEach((item) => turns.append(pending(item)));
    const late = items.find((item) => item.late);
    say(late ? late.why || form.dataset.failed : "");
  }
  function send(item) {
    const body = new FormData();
    Object.entries({ text: item.text, mark: item.mark, ...facts() }).forEach(([name, value]) => body.set(name, value));
    (item.files || []).forEach((file) => body.append("files", file));
    return fetch(form.action, { method: "POST", headers: headers(), body });
  }
  const out = outbox(key, send, {
    changed,
    taken(part) { took(part); if (part.faults) say(part.faults); },
    refused(item, told) {
      text.value = [text.value, item.text].filter(Boolean).join("\n"); // nothing typed is lost
      text.dispatchEvent(new Event("input", { bubbles: true }));
      say(told.said || form.dataset.untaken);
      look();
    },
  });
  const tell = typing(() => post(typingUrl, {}));
  text.addEventListener("input", () => { if (mine() && text.value.trim()) tell(); });
  if (files) files.addEventListener("change", list);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !mine(event.submitter)) return;
    event.preventDefault();
    const words = text.value.trim();
    if (!words && !(files && files.files.length)) return;
    say("");
    out.push({ text: words, files: files ? [...files.files] : [] });
    text.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true })); // its draft is sent with it
    if (files) files.value = "";
    list();
    toEnd();
    text.focus();
  });
}

window.bihuanChat = { compose, insert, looker, marks, post, store, writing };
