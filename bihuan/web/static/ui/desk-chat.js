// The desk's chats: what changed is fetched, what is written is kept until it has arrived (outbox.js).
// [data-chat-list] is the list and its address; [data-desk-chat] the open chat, [data-desk-composer] its form.
const list = document.querySelector("[data-chat-list]");
const box = document.querySelector("[data-desk-chat]");
const form = document.querySelector("[data-desk-composer]");
const turns = box && box.querySelector("[data-turns]");
const { compose, insert, looker, marks, post, store, writing } = window.bihuanChat;
const writes = writing(box && box.querySelector("[data-typing]"));
const title = document.title;
const BEAT = 30000, REST = 300, POLL = 15000, WATCH = 5000;
let n = box ? Number(box.dataset.n) : 0, listing = 0, polling = 0;

// ---- the list
async function relist() {
  listing = 0;
  const inside = list.contains(document.activeElement) ? document.activeElement.id : "";
  const rows = list.querySelector(".rows"), top = rows ? rows.scrollTop : 0;
  try {
    const answer = await fetch(list.dataset.chatList);
    if (!answer.ok || answer.redirected) return;
    list.innerHTML = await answer.text();
  } catch { return; /* offline: the next change, or the stream that comes back */ }
  const fresh = list.querySelector(".rows");
  if (fresh) fresh.scrollTop = top;
  if (inside && document.getElementById(inside)) document.getElementById(inside).focus();
  count();
}
function relistSoon() { if (!listing) listing = setTimeout(relist, REST); }
function count() {
  const unread = Number((list.querySelector("[data-unread]") || { dataset: {} }).dataset.unread || 0);
  document.title = unread ? `(${unread}) ${title}` : title;
}

// ---- the open chat
const atEnd = () => turns.scrollHeight - turns.scrollTop - turns.clientHeight < 60;
const toEnd = () => { turns.scrollTop = turns.scrollHeight; };

function take(part, own) {
  const follow = own || atEnd();
  const last = insert(turns, part, n, (turn) => { if (turn.dataset.voice === "user") writes.silent(); });
  if (last > n) { n = last; seen(); }
  marks(turns, part.read);
  const head = box.querySelector("[data-chat-head]");
  if (!head.contains(document.activeElement)) head.innerHTML = part.status;
  if (part.state !== box.dataset.stamp) moved();
  if (follow) toEnd();
}
// Who answers it, or its case, is another now: the page is another. Whoever is writing keeps his words.
function moved() {
  const text = form && form.querySelector("textarea");
  if (text && (text.value.trim() || document.querySelector("dialog[open]"))) box.querySelector("[data-moved]").hidden = false;
  else location.reload();
}

const look = looker(async () => {
  if (!box) return;
  const answer = await fetch(`${box.dataset.part}?after=${n}`, { headers: { "X-Chat": "1" } });
  if (answer.status === 404) location.assign("/desk/chat/");
  else if (answer.ok && !answer.redirected) take(await answer.json());
});
function seen() { if (!document.hidden && box.dataset.mine) post(box.dataset.readUrl, { n: String(n) }); }

document.addEventListener("bihuan:chat", (event) => {
  const told = event.detail;
  if (!box || told.chat !== box.dataset.deskChat) { if (told.kind !== "typing" && told.kind !== "read") relistSoon(); return; }
  if (told.kind === "typing") {
    if (told.voice === "user") writes.show();
  } else if (told.kind === "read") {
    if (told.voice === "user") marks(turns, told.upto);
  } else { look(); relistSoon(); }
});
// Ids are not told twice: after a gap, and while there is no stream, all is fetched.
document.addEventListener("bihuan:chat-resync", (event) => {
  clearInterval(polling);
  if (event.detail.kind === "connected" && !event.detail.good) polling = setInterval(() => { look(); relistSoon(); }, POLL);
  look();
  relistSoon();
});

// ---- the composer
function pending(item) {
  const row = document.createElement("article"), bubble = document.createElement("div"), by = document.createElement("div"), words = document.createElement("p");
  row.className = "message message-agent message-unsent";
  row.dataset.pending = item.mark;
  bubble.className = "bubble";
  by.className = "message-by";
  by.textContent = item.late ? turns.dataset.unsent : turns.dataset.sending;
  words.textContent = item.text + (item.files || []).map((file) => `\n${file.name}`).join("");
  bubble.append(by, words);
  row.append(document.createElement("span"), bubble);
  return row;
}

// What was written for colleagues is never found again in the box whose words the person reads.
function readers(mode) {
  const text = form.querySelector("textarea");
  form.addEventListener("change", (event) => {
    if (event.target.name !== "mode") return;
    const was = form.dataset.draft;
    form.dataset.draft = was.replace(/\w+$/, mode());
    if (text.value.trim()) {
      store.write(was, []);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    } else text.value = (store.read(form.dataset.draft).fields || {}).text || "";
  });
}

function write() {
  const mode = () => (form.querySelector("[name=mode]:checked") || {}).value;
  readers(mode);
  compose(form, turns, {
    key: `desk chat ${box.dataset.deskChat}`, typingUrl: box.dataset.typingUrl, pending, look, toEnd,
    facts: () => ({ mode: "answer", after: String(n) }),
    took: (part) => take(part, true),
    mine: (button) => mode() === "answer" && !(button && button.formNoValidate),
  });
  form.querySelector("textarea").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}

if (list) count();
if (box) {
  toEnd();
  if (form && box.dataset.mine) write();
  // what is said in an open chat is told to its agent alone: who reads along asks for it
  else if (box.dataset.stamp.startsWith("open ")) setInterval(() => { if (!document.hidden) look(); }, WATCH);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { seen(); look(); } });
}
if (list) {
  post("/desk/chat/beat/", {});
  setInterval(() => {
    post("/desk/chat/beat/", {});
    if (!document.hidden) relistSoon(); // how long each waits is told by nobody
  }, BEAT);
}
