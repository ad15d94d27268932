// The chat of a person: a stream of ids down, messages up; what is missed is fetched by its number.
// <div data-chat data-n data-part data-live data-typing-url data-read-url> with [data-turns], [data-chat-status],
// [data-typing]; <form data-composer data-failed data-unsent data-me>. Without this script all of it works as forms.
const box = document.querySelector("[data-chat]");
const form = document.querySelector("[data-composer]");
const turns = box && box.querySelector("[data-turns]");
const status = box && box.querySelector("[data-chat-status]");
const writes = box && box.querySelector("[data-typing]");
const said = form && form.querySelector("[data-said]");
const title = document.title;
const POLL = 5000, AGAIN = 20000, SHOWN = 6000;
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
const headers = () => ({ "X-CSRFToken": csrf(), "X-Chat": "1" });
let n = box ? Number(box.dataset.n) : 0, fetching = null, dirty = false, poll = 0, unseen = 0, hide = 0;

function atEnd() { return innerHeight + scrollY >= document.documentElement.scrollHeight - 160; }
function toEnd() { scrollTo(0, document.documentElement.scrollHeight); }

function take(part, own) {
  const follow = own || atEnd();
  if (part.n > n) {
    const fresh = document.createElement("template");
    fresh.innerHTML = part.turns;
    for (const turn of [...fresh.content.querySelectorAll("li")]) {
      if (Number(turn.dataset.n) <= n) continue;
      const pending = turn.dataset.mark && turns.querySelector(`[data-pending="${CSS.escape(turn.dataset.mark)}"]`);
      if (pending) pending.remove();
      const first = turns.querySelector("[data-pending]");
      turns.insertBefore(turn, first);
      if (turn.classList.contains("turn-agent")) { unseen += 1; silent(); }
    }
    n = part.n;
  }
  marks(part.read);
  if (part.status && status.innerHTML.trim() !== part.status.trim()) status.innerHTML = part.status;
  if (follow) toEnd();
  if (part.state !== box.dataset.state) turned(part.state);
  seen();
}

// What follows an end is another page: stars, going on. Whoever is writing keeps his words.
function turned(state) {
  box.dataset.state = state;
  const text = form && form.querySelector("textarea");
  if (state === "ended" && !(text && text.value.trim())) location.reload();
}

function marks(upto) {
  for (const mark of turns.querySelectorAll("[data-read]")) mark.hidden = Number(mark.dataset.read) > upto;
}

async function look() {
  if (fetching) { dirty = true; return; }
  fetching = fetch(`${box.dataset.part}?after=${n}&state=${box.dataset.state}`, { headers: { "X-Chat": "1" } });
  try {
    const answer = await fetching;
    if (answer.ok && !answer.redirected) take(await answer.json());
  } catch { /* offline: the stream comes back, or the next look */ }
  fetching = null;
  if (dirty) { dirty = false; look(); }
}

function seen() {
  if (document.hidden || !unseen) { document.title = unseen ? `(${unseen}) ${title}` : title; return; }
  unseen = 0;
  document.title = title;
  post(box.dataset.readUrl, { n: String(n) });
}

function post(url, values) {
  fetch(url, { method: "POST", headers: headers(), body: new URLSearchParams(values) }).catch(() => {});
}

function silent() { clearTimeout(hide); writes.hidden = true; }
function hear(told) {
  if (told.kind === "typing") {
    if (told.voice !== "agent") return;
    writes.hidden = false;
    clearTimeout(hide);
    hide = setTimeout(silent, SHOWN);
  } else if (told.kind === "read") {
    if (told.voice === "agent") marks(told.upto);
  } else if (told.kind !== "connected" || told.n > n || told.state !== box.dataset.state) look();
}

function open() {
  const source = new EventSource(box.dataset.live);
  source.addEventListener("chat-changed", (event) => { clearInterval(poll); hear(JSON.parse(event.data)); });
  source.addEventListener("resync", look);
  source.onerror = () => {
    clearInterval(poll);
    poll = setInterval(look, POLL);
    if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(open, AGAIN); }
  };
}

// ---- the composer
function pending(item) {
  const row = document.createElement("li");
  row.className = "turn turn-user turn-unsent";
  row.dataset.pending = item.mark;
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  const who = document.createElement("span");
  who.className = "turn-who";
  who.textContent = item.late ? form.dataset.unsent : form.dataset.sending;
  const words = document.createElement("p");
  words.textContent = item.text + (item.files || []).map((file) => `\n${file.name}`).join("");
  bubble.append(who, words);
  row.append(bubble);
  return row;
}

function show(items) {
  turns.querySelectorAll("[data-pending]").forEach((old) => old.remove());
  items.forEach((item) => turns.append(pending(item)));
  const late = items.find((item) => item.late);
  say(late ? late.why || form.dataset.failed : "");
}
function say(words) { said.hidden = !words; said.textContent = words || ""; }

async function send(item) {
  const body = new FormData();
  body.set("text", item.text);
  body.set("mark", item.mark);
  body.set("after", String(n));
  body.set("state", box.dataset.state);
  (item.files || []).forEach((file) => body.append("files", file));
  const answer = await fetch(form.action, { method: "POST", headers: headers(), body });
  if (answer.ok) answer.taken = answer.json().then((part) => { take(part, true); if (part.faults) say(part.faults); });
  return answer;
}

function compose() {
  const text = form.querySelector("textarea"), files = form.querySelector("[type=file]"), names = form.querySelector("[data-files]");
  const box_ = window.bihuanChat.outbox(`chat ${box.dataset.chat}`, send, {
    changed: show,
    refused(item, told) {
      show(box_ ? box_.items : []);
      if (!text.value) text.value = item.text; // nothing typed is lost
      say(told.said || form.dataset.failed);
    },
  });
  const tell = window.bihuanChat.typing(() => post(box.dataset.typingUrl, {}));
  const grow = () => { text.style.height = "auto"; text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`; };
  const list = () => { names.textContent = [...files.files].map((file) => file.name).join("、"); };
  text.addEventListener("input", () => { grow(); if (text.value.trim()) tell(); });
  files.addEventListener("change", list);
  text.addEventListener("keydown", (event) => {
    const desk = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !desk) return;
    event.preventDefault();
    form.requestSubmit ? form.requestSubmit() : form.querySelector("button").click();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words && !files.files.length) return;
    say("");
    box_.push({ text: words, files: [...files.files] });
    text.value = "";
    files.value = "";
    grow();
    list();
    toEnd();
    text.focus();
  });
}

if (box) {
  if (form) compose();
  if (form && "EventSource" in window) open();
  else if (form) setInterval(look, POLL);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { seen(); look(); } });
  if (form) toEnd();
}
