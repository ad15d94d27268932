// The desk's chats: what changed is fetched, what is written is kept until it has arrived (outbox.js).
// [data-chat-list] is the list and its address; [data-desk-chat] the open chat, [data-desk-composer] its form.
const list = document.querySelector("[data-chat-list]");
const box = document.querySelector("[data-desk-chat]");
const form = document.querySelector("[data-desk-composer]");
const turns = box && box.querySelector("[data-turns]");
const writes = box && box.querySelector("[data-typing]");
const title = document.title;
const BEAT = 30000, SHOWN = 6000, REST = 300, POLL = 15000;
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
const headers = () => ({ "X-CSRFToken": csrf(), "X-Chat": "1" });
const post = (url, values) => fetch(url, { method: "POST", headers: headers(), body: new URLSearchParams(values) }).catch(() => {});
let n = box ? Number(box.dataset.n) : 0, fetching = false, dirty = false, hide = 0, listing = 0, polling = 0;

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
function marks(upto) { turns.querySelectorAll("[data-read]").forEach((one) => { one.hidden = Number(one.dataset.read) > upto; }); }

function take(part, own) {
  const follow = own || atEnd();
  if (part.n > n) {
    const fresh = document.createElement("template");
    fresh.innerHTML = part.turns;
    for (const turn of [...fresh.content.children]) {
      if (Number(turn.dataset.n) <= n) continue;
      const sent = turn.dataset.mark && turns.querySelector(`[data-pending="${CSS.escape(turn.dataset.mark)}"]`);
      if (sent) sent.remove();
      turns.insertBefore(turn, turns.querySelector("[data-pending]"));
      if (turn.dataset.voice === "user") silent();
    }
    n = part.n;
    seen();
  }
  marks(part.read);
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

async function look() {
  if (!box) return;
  if (fetching) { dirty = true; return; }
  fetching = true;
  try {
    const answer = await fetch(`${box.dataset.part}?after=${n}`, { headers: { "X-Chat": "1" } });
    if (answer.status === 404) { location.assign("/desk/chat/"); return; }
    if (answer.ok && !answer.redirected) take(await answer.json());
  } catch { /* offline */ }
  fetching = false;
  if (dirty) { dirty = false; look(); }
}
function seen() { if (!document.hidden && box.dataset.mine) post(box.dataset.readUrl, { n: String(n) }); }
function silent() { clearTimeout(hide); writes.hidden = true; }

document.addEventListener("bihuan:chat", (event) => {
  const told = event.detail;
  if (!box || told.chat !== box.dataset.deskChat) { if (told.kind !== "typing" && told.kind !== "read") relistSoon(); return; }
  if (told.kind === "typing") {
    if (told.voice !== "user") return;
    writes.hidden = false;
    clearTimeout(hide);
    hide = setTimeout(silent, SHOWN);
  } else if (told.kind === "read") {
    if (told.voice === "user") marks(told.upto);
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

function compose() {
  const text = form.querySelector("textarea"), files = form.querySelector("[type=file]"), names = form.querySelector("[data-files]");
  const said = form.querySelector("[data-said]");
  const say = (words) => { said.hidden = !words; said.textContent = words || ""; };
  const list_ = () => { if (names) names.textContent = [...files.files].map((file) => file.name).join("、"); };
  const show = (items) => {
    turns.querySelectorAll("[data-pending]").forEach((old) => old.remove());
    items.forEach((item) => turns.append(pending(item)));
    const late = items.find((item) => item.late);
    say(late ? late.why || form.dataset.failed : "");
  };
  async function send(item) {
    const body = new FormData();
    Object.entries({ text: item.text, mark: item.mark, mode: "answer", after: String(n) }).forEach(([name, value]) => body.set(name, value));
    (item.files || []).forEach((file) => body.append("files", file));
    const answer = await fetch(form.action, { method: "POST", headers: headers(), body });
    if (answer.ok) answer.taken = answer.json().then((part) => { take(part, true); if (part.faults) say(part.faults); });
    return answer;
  }
  const out = window.bihuanChat.outbox(`desk chat ${box.dataset.deskChat}`, send, {
    changed: show,
    refused(item, told) {
      show(out ? out.items : []);
      if (!text.value) text.value = item.text; // nothing typed is lost
      say(told.said || form.dataset.failed);
    },
  });
  const tell = window.bihuanChat.typing(() => post(box.dataset.typingUrl, {}));
  const mode = () => (form.querySelector("[name=mode]:checked") || {}).value;
  text.addEventListener("input", () => { if (mode() === "answer" && text.value.trim()) tell(); });
  if (files) files.addEventListener("change", list_);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || mode() !== "answer" || (event.submitter && event.submitter.formNoValidate)) return;
    event.preventDefault();
    const words = text.value.trim();
    if (!words && !(files && files.files.length)) return;
    say("");
    out.push({ text: words, files: files ? [...files.files] : [] });
    text.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true })); // its draft is sent with it
    if (files) files.value = "";
    list_();
    toEnd();
    text.focus();
  });
}

if (list) count();
if (box) {
  toEnd();
  if (form && box.dataset.mine) compose();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { seen(); look(); } });
}
if (list) {
  post("/desk/chat/beat/", {});
  setInterval(() => post("/desk/chat/beat/", {}), BEAT);
}
