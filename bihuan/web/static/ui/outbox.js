// What somebody writes in a chat is kept until it has arrived, and sent again under the same mark:
// the server takes a mark once. Used by the page of a person and by the desk.
// const box = window.bihuanChat.outbox("chat 17", send, { changed, refused }); box.push({ text, files });
// `send(item)` resolves to a Response; words are kept on this device, files only as long as the page stands.
const PREFIX = "bihuan.draft."; // goes with all drafts when somebody signs out
const FIRST = 1000, LONGEST = 30000;

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

function outbox(key, send, { changed = () => {}, refused = () => {} } = {}) {
  let items = store.read(key), going = false, wait = FIRST, again = 0;
  const keep = () => { store.write(key, items.map(({ mark, text }) => ({ mark, text }))); changed(items); };

  async function flush() {
    clearTimeout(again);
    if (going || !items.length) return;
    going = true;
    const item = items[0];
    let pause = 0;
    try {
      const answer = await send(item);
      if (answer.ok) { wait = FIRST; items.shift(); await answer.taken; }
      else if (answer.status === 429 || answer.status >= 500) {
        const told = await answer.json().catch(() => ({}));
        pause = Math.max(1000 * (told.retry_after || 0), wait);
        item.why = told.said || "";
      } else {
        items.shift();
        refused(item, await answer.json().catch(() => ({})));
      }
    } catch { pause = wait; item.why = ""; }
    going = false;
    if (pause) { item.late = true; wait = Math.min(2 * wait, LONGEST); }
    keep();
    if (items.length) again = setTimeout(flush, pause);
  }

  addEventListener("online", () => { wait = FIRST; flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  if (items.length) { changed(items); flush(); }
  return {
    get items() { return items; },
    push(item) { items.push({ mark: mark(), ...item }); keep(); flush(); },
    flush,
  };
}

// Tells the other side at most every three seconds that somebody writes.
function typing(tell) {
  let last = 0;
  return () => { if (Date.now() - last > 3000) { last = Date.now(); tell(); } };
}

window.bihuanChat = { mark, outbox, typing };
