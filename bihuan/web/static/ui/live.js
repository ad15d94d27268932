// One stream of ids a browser; what changed is fetched again, so that permission is asked each time.
// <body data-live-url="/live/">, and parts <div data-live="/f/rows/" data-case="…"> whose inside is replaced;
// with data-of="call" only when calls have changed, of which the other parts do not hear.
const url = document.body.dataset.liveUrl;
const banner = document.querySelector("[data-live-banner]");
const said = document.querySelector("[data-live-said]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("bihuan-live") : null;
const POLL = 20000, AGAIN = 3000;
let lastGood = Date.now(), waiting = new Set(), refreshing = 0, changes = 0, poll = 0;

function busy(part) {
  const active = document.activeElement;
  const typing = active && part.contains(active) && active.matches("input:not([name=chosen]), textarea, select");
  let open = null;
  try { open = part.querySelector(":popover-open, details[open][data-keep]"); } catch { /* no popovers in this browser */ }
  return Boolean(typing || open);
}

// Somebody may have opened or begun something while the answer was on its way: it is asked again later.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target: part, requestConfig: asked } = event.detail;
  if (asked.elt !== part || !part.matches("[data-live]") || !busy(part)) return;
  event.detail.shouldSwap = false;
  waiting.add(mark(part));
  if (!refreshing) refreshing = setTimeout(refresh, AGAIN);
});

function mark(part) { return part.dataset.of || part.dataset.case || "*"; }
function concerns(part, what) {
  if (what.has("*")) return true;
  if (part.dataset.of) return what.has(part.dataset.of);
  if (part.dataset.case) return what.has(part.dataset.case);
  return [...what].some((one) => one !== "call");
}

function refresh() {
  refreshing = 0;
  const cases = waiting;
  waiting = new Set();
  for (const part of document.querySelectorAll("[data-live]")) {
    if (!concerns(part, cases)) continue;
    if (busy(part)) { waiting.add(mark(part)); continue; }
    // each part is its own source: of one element htmx keeps a single request waiting
    window.htmx.ajax("GET", part.dataset.live, { source: part, target: part, swap: "innerHTML" });
  }
  if (waiting.size) refreshing = setTimeout(refresh, AGAIN);
}

function changed(which) {
  waiting.add(which ? String(which) : "*");
  changes += 1;
  if (!refreshing) refreshing = setTimeout(refresh, 150);
}

function connected(good) {
  if (good) lastGood = Date.now();
  clearInterval(poll);
  if (!good) poll = setInterval(() => changed("*"), POLL);
  if (!banner) return;
  banner.hidden = good;
  banner.querySelector("[data-live-last]").textContent = new Date(lastGood).toLocaleTimeString(document.documentElement.lang);
}

function hear(message) {
  if (message.kind === "chat") { document.dispatchEvent(new CustomEvent("bihuan:chat", { detail: message.told })); return; }
  if (message.kind !== "case") document.dispatchEvent(new CustomEvent("bihuan:chat-resync", { detail: message }));
  if (message.kind === "connected") connected(message.good);
  else changed(message.kind === "resync" ? "*" : message.case);
}
function tell(message) {
  hear(message);
  if (channel) channel.postMessage(message);
}

function open() {
  const source = new EventSource(url);
  let trouble = 0;
  source.onopen = () => { clearTimeout(trouble); trouble = 0; tell({ kind: "connected", good: true }); };
  source.addEventListener("case-changed", (event) => {
    const told = JSON.parse(event.data);
    tell({ kind: "case", case: told.kind.startsWith("call.") ? "call" : told.case });
  });
  source.addEventListener("chat-changed", (event) => tell({ kind: "chat", told: JSON.parse(event.data) }));
  source.addEventListener("resync", () => tell({ kind: "resync" }));
  source.onerror = () => {
    if (!trouble) trouble = setTimeout(() => tell({ kind: "connected", good: false }), 3000);
    if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(open, POLL); }
  };
}

// A screen reader hears one sentence in ten seconds at most.
setInterval(() => {
  if (said && changes) said.textContent = said.dataset.liveSaid.replace("{n}", String(changes));
  changes = 0;
}, 10000);

if (url && "EventSource" in window) {
  if (channel) channel.onmessage = (event) => hear(event.data);
  // One tab holds the stream and tells the others: HTTP/1.1 allows six connections a host.
  if (navigator.locks && channel) navigator.locks.request("bihuan-live", () => new Promise(() => open()));
  else open();
}
