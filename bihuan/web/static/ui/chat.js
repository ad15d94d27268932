// The chat of a person: a stream of ids down, messages up; what is missed is fetched by its number.
// <div data-chat data-n data-part data-live data-typing-url data-read-url> with [data-turns], [data-chat-status],
// [data-typing]; <form data-composer data-failed data-untaken>. Without this script all of it works as forms.
const box = document.querySelector("[data-chat]");
const form = document.querySelector("[data-composer]");
const turns = box && box.querySelector("[data-turns]");
const status = box && box.querySelector("[data-chat-status]");
const { compose, insert, looker, marks, post, store, writing } = window.bihuanChat;
const key = box && `chat ${box.dataset.chat}`;
const writes = writing(box && box.querySelector("[data-typing]"));
const title = document.title;
const POLL = 5000, AGAIN = 20000, QUEUE = 15000;
let n = box ? Number(box.dataset.n) : 0, poll = 0, unseen = 0;

function atEnd() { return innerHeight + scrollY >= document.documentElement.scrollHeight - 160; }
function toEnd() { scrollTo(0, document.documentElement.scrollHeight); }

function take(part, own) {
  const follow = own || atEnd();
  n = insert(turns, part, n, (turn) => {
    if (turn.classList.contains("turn-agent")) { unseen += 1; writes.silent(); }
  });
  marks(turns, part.read);
  if (part.status && status.innerHTML.trim() !== part.status.trim()) status.innerHTML = part.status;
  if (follow) toEnd();
  if (part.state !== box.dataset.state) turned(part.state);
  seen();
}

// What follows an end is another page: stars, going on. Whoever is writing keeps his words.
function turned(state) {
  box.dataset.state = state;
  if (state !== "ended") return;
  if (form.querySelector("textarea").value.trim()) form.querySelector("[data-moved]").hidden = false;
  else location.reload();
}

const look = looker(async () => {
  const answer = await fetch(`${box.dataset.part}?after=${n}&state=${box.dataset.state}`, { headers: { "X-Chat": "1" } });
  if (answer.ok && !answer.redirected) take(await answer.json());
});

function seen() {
  if (document.hidden || !unseen) { document.title = unseen ? `(${unseen}) ${title}` : title; return; }
  unseen = 0;
  document.title = title;
  post(box.dataset.readUrl, { n: String(n) });
}

function hear(told) {
  if (told.kind === "typing") {
    if (told.voice === "agent") writes.show();
  } else if (told.kind === "read") {
    if (told.voice === "agent") marks(turns, told.upto);
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
  who.textContent = item.late ? turns.dataset.unsent : turns.dataset.sending;
  const words = document.createElement("p");
  words.textContent = item.text + (item.files || []).map((file) => `\n${file.name}`).join("");
  bubble.append(who, words);
  row.append(bubble);
  return row;
}

function write() {
  const text = form.querySelector("textarea");
  compose(form, turns, {
    key, typingUrl: box.dataset.typingUrl, pending, look, toEnd,
    facts: () => ({ after: String(n), state: box.dataset.state }),
    took: (part) => take(part, true),
  });
  text.addEventListener("input", () => { text.style.height = "auto"; text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`; });
  text.addEventListener("keydown", (event) => {
    const desk = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || !desk) return;
    event.preventDefault();
    form.requestSubmit ? form.requestSubmit() : form.querySelector("button").click();
  });
}

if (box) {
  if (form) write();
  else store.read(key).forEach((item) => turns.append(pending({ ...item, late: true }))); // it goes when the chat goes on
  if (form && "EventSource" in window) open();
  else if (form) setInterval(look, POLL);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { seen(); look(); } });
  if (form) {
    addEventListener("online", look);
    // whoever stands ahead has a chat of their own, of which this stream does not tell
    setInterval(() => { if (box.dataset.state === "waiting" && !document.hidden) look(); }, QUEUE);
    toEnd();
  }
}
