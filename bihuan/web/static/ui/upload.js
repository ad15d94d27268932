// Shows the chosen files as tiles with a way to take one back; the plain file input sends them.
// Where the form says data-uploads-to, they go at once, in parts (tus 1.0.0), and go on after a lost
// connection, a reload and a restart of the house: this device keeps a file until it has arrived.
const grid = (input) => input.closest("[data-uploads]");
const box = (node) => node.closest("[data-uploads-to]");
const filled = (words, facts) => Object.entries(facts).reduce((said, [name, fact]) => said.replace(`{${name}}`, fact), words || "");

function tile(input, file, remove) {
  const made = document.createElement("div");
  made.className = "tile";
  made.dataset.chosen = "";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => image.remove();
    made.append(image);
  }
  const name = document.createElement("small");
  name.textContent = file.name;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", filled(input.dataset.removeWords || "{name}", { name: file.name }));
  button.addEventListener("click", remove);
  made.append(button, name);
  return made;
}

// ---- without a place to send to: shown here, sent with the form
function take(input, index) {
  const rest = new DataTransfer();
  [...input.files].forEach((file, at) => { if (at !== index) rest.items.add(file); });
  input.files = rest.files;
  show(input);
  input.focus();
}

function show(input) {
  grid(input).querySelectorAll("[data-chosen]").forEach((old) => old.remove());
  const last = input.closest(".tile-add");
  [...input.files].forEach((file, index) => last.before(tile(input, file, () => take(input, index))));
}

// ---- what this device keeps until it has arrived
const KEPT = "bihuan.uploads";
const DAY = 24 * 3600 * 1000;
const over = (ask) => new Promise((done, fail) => { ask.onsuccess = () => done(ask.result); ask.onerror = () => fail(ask.error); });
async function kept(mode, act) {
  try {
    const opening = indexedDB.open(KEPT, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "id" });
    const base = await over(opening);
    const found = await over(act(base.transaction("files", mode).objectStore("files")));
    base.close();
    return found;
  } catch { return null; /* a private window: it goes on only while this page is open */ }
}
const keep = (job) => kept("readwrite", (files) => files.put({ id: job.id, to: job.to, url: job.url, file: job.file, name: job.file.name, at: job.since }));
const drop = (job) => kept("readwrite", (files) => files.delete(job.id));

// ---- one file on its way
const LEAST = 64 * 1024, USUAL = 256 * 1024, MOST = 1024 * 1024;
const jobs = new Set();
class Refused extends Error { constructor(answer, said) { super(said.code); this.status = answer.status; this.said = said; } }
const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); addEventListener("online", done, { once: true }); });

async function ask(method, url, headers = {}, body = undefined) {
  const way = new AbortController();
  const tired = setTimeout(() => way.abort(), 90000);
  try {
    const answer = await fetch(url, { method, body, signal: way.signal, headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), ...headers } });
    if (answer.ok) return answer;
    const again = answer.status >= 500 || answer.status === 408 || answer.status === 460 || answer.headers.has("Retry-After");
    if (again) throw Object.assign(new Error("later"), { wait: Number(answer.headers.get("Retry-After")) || 0 });
    throw new Refused(answer, await answer.json().catch(() => ({})));
  } finally { clearTimeout(tired); }
}

async function begin(job) {
  const name = base64(new TextEncoder().encode(job.file.name));
  const answer = await ask("POST", job.to, { "Upload-Length": String(job.file.size), "Upload-Metadata": `filename ${name}` });
  job.url = answer.headers.get("Location");
  job.at = 0;
  await keep(job);
}

async function look(job) {
  job.at = Number((await ask("HEAD", job.url)).headers.get("Upload-Offset"));
}

async function send(job) {
  const piece = job.file.slice(job.at, job.at + job.size);
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(job.at) };
  if (window.crypto && crypto.subtle) headers["Upload-Checksum"] = `sha256 ${base64(await crypto.subtle.digest("SHA-256", await new Response(piece).arrayBuffer()))}`;
  const since = Date.now();
  const answer = await ask("PATCH", job.url, headers, piece);
  job.at = Number(answer.headers.get("Upload-Offset"));
  const took = Date.now() - since;
  job.size = took < 1000 ? Math.min(MOST, job.size * 2) : took > 8000 ? Math.max(LEAST, job.size / 2) : job.size;
}

async function step(job) {
  try {
    if (!job.url) await begin(job);
    else if (job.at === null) await look(job);
    else await send(job);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    if (fault.said.code === "out_of_place") job.at = null;
    else if ([404, 410].includes(fault.status) && job.url && !job.anew) { job.url = null; job.anew = true; }
    else throw fault;
  }
}

async function carry(job) {
  let rest = 1;
  while (jobs.has(job)) {
    try {
      await step(job);
      rest = 1;
      if (!jobs.has(job)) return;
      progress(job, "going");
      if (job.at !== null && job.at >= job.file.size) { await arrived(job); return; }
    } catch (fault) {
      if (fault instanceof Refused) { refused(job, fault); return; }
      if (!jobs.has(job)) return;
      job.at = null;
      progress(job, "broken");
      await pause(fault.wait || rest);
      rest = Math.min(30, rest * 2);
    }
  }
}

// one after the other: a phone has one thin line
let line = Promise.resolve();
function start(job) {
  job.box = document.querySelector(`[data-uploads-to="${CSS.escape(job.to)}"]`);
  const input = job.box.querySelector("[data-upload]");
  job.tile = tile(input, job.file, () => { stop(job); input.focus(); });
  job.tile.classList.add("tile-coming");
  job.bar = document.createElement("progress");
  job.bar.max = 100;
  job.bar.setAttribute("aria-label", job.file.name);
  job.tile.append(job.bar);
  input.closest(".tile-add").before(job.tile);
  jobs.add(job);
  progress(job, "going");
  line = line.then(() => carry(job)).catch(() => {});
}

function stop(job) {
  jobs.delete(job);
  job.tile.remove();
  drop(job);
  if (job.url) ask("DELETE", job.url).catch(() => { /* it expires by itself */ });
  go(job.box);
}

function progress(job, how) {
  const percent = Math.floor(100 * (job.at === null ? job.bar.value / 100 : job.at / job.file.size));
  job.bar.value = percent;
  job.tile.querySelector("small").textContent = `${percent}% ${job.file.name}`;
  const mark = `${how}${Math.floor(percent / 25)}`; // a voice that reads along is told four times
  if (mark === job.mark) return;
  job.mark = mark;
  say(job, how, { percent });
}

function say(job, how, facts = {}) {
  const place = job.box.querySelector("[data-uploads-said]");
  if (place) place.textContent = filled(job.box.dataset[how], { name: job.file.name, ...facts });
}

async function arrived(job) {
  await drop(job);
  await refresh(job.box).catch(() => { /* the page shows it when it is loaded anew */ });
  jobs.delete(job);
  job.tile.remove();
  say(job, "arrived");
  go(job.box);
}

function refused(job, fault) {
  const signin = fault.status === 401 || fault.status === 403;
  const later = signin || (fault.said.codes || {}).files === "not_scanned";
  if (!later) drop(job);
  jobs.delete(job);
  job.tile.remove();
  const why = signin ? job.box.dataset.signin : (fault.said.fields || {}).files || fault.said.detail || job.box.dataset.again;
  const place = job.box.querySelector("[data-uploads-refused]");
  place.hidden = false;
  place.append(filled(job.box.dataset.refused, { name: job.file.name, why }), document.createElement("br"));
  say(job, "none");
  leaving.delete(job.box); // read first why, then go on
}

async function refresh(place) {
  const answer = await fetch(place.dataset.uploadsTo);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.querySelectorAll("[data-kept]").forEach((old) => old.remove());
  place.querySelector("[data-uploads]").prepend(...fresh.querySelectorAll("[data-kept]"));
}

// ---- the form waits for what is on its way; pressed once more, it goes without
const leaving = new Map();
let pressed = null;
document.addEventListener("click", (event) => { pressed = event.target.closest("button"); });
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-signout]")) { try { indexedDB.deleteDatabase(KEPT); } catch { /* none was kept */ } }
  const place = event.target.querySelector("[data-uploads-to]");
  const button = event.submitter || pressed;
  if (!place || (button && button.formNoValidate) || leaving.has(place)) return;
  if (![...jobs].some((job) => job.box === place)) return;
  event.preventDefault();
  leaving.set(place, button);
  const said = place.querySelector("[data-uploads-said]");
  said.textContent = place.dataset.waiting;
  said.scrollIntoView({ block: "center" });
}, true);
function go(place) {
  if (!leaving.has(place) || [...jobs].some((job) => job.box === place)) return;
  const button = leaving.get(place);
  leaving.delete(place);
  if (button) button.click(); else place.closest("form").submit();
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("[data-upload]") || !grid(input)) return;
  const place = box(input);
  if (!place) { show(input); return; }
  const words = place.querySelector("[data-uploads-refused]");
  words.hidden = true;
  words.textContent = "";
  const chosen = [...input.files];
  input.value = "";
  chosen.forEach((file) => {
    const job = { id: `${Date.now()}-${Math.random()}`, to: place.dataset.uploadsTo, url: null, at: null, size: USUAL, file, since: Date.now() };
    keep(job);
    start(job);
  });
});

async function resume() {
  const places = [...document.querySelectorAll("[data-uploads-to]")].map((place) => place.dataset.uploadsTo);
  if (!places.length) return;
  for (const found of (await kept("readonly", (files) => files.getAll())) || []) {
    const file = new File([found.file], found.name, { type: found.file.type });
    const job = { ...found, file, since: found.at, at: null, size: USUAL };
    if (Date.now() - found.at > DAY) drop(job);
    else if (places.includes(found.to)) {
      document.querySelectorAll("[data-coming]").forEach((old) => { if (old.dataset.coming === found.url) old.remove(); });
      start(job);
    }
  }
}
resume();
