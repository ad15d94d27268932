// Keeps the words of a clock fresh between two answers of the server, by the server's time; the server decides.
const root = document.documentElement;
const skew = (Date.parse(root.dataset.now) || Date.now()) - Date.now();
const parts = document.getElementById("sla-parts");
const URGENT = 60 * 60 * 1000;

function span(ms) {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60000));
  const d = Math.floor(minutes / 1440), h = Math.floor((minutes % 1440) / 60), m = minutes % 60;
  if (d) return parts.dataset.days.replace("{d}", d).replace("{h}", h);
  if (h) return parts.dataset.hours.replace("{h}", h).replace("{m}", String(m).padStart(2, "0"));
  return parts.dataset.minutes.replace("{m}", m);
}

class SlaChip extends HTMLElement {
  connectedCallback() {
    this.tick();
    this.timer = setInterval(() => this.tick(), 30000);
  }
  disconnectedCallback() { clearInterval(this.timer); }

  tick() {
    const { due, state, soft } = this.dataset;
    if (!due || !parts || ["paused", "met", "late_met"].includes(state)) return;
    const left = Date.parse(due) - (Date.now() + skew);
    const words = left < 0 ? parts.dataset.over : parts.dataset.left;
    this.querySelector("time").textContent = words.replace("{time}", span(left));
    if (left < 0) this.turn(soft === undefined ? "over" : "soon");
    else if (left <= URGENT) this.turn(soft === undefined ? "urgent" : "soon");
  }

  turn(state) {
    if (this.dataset.state === state) return;
    this.dataset.state = state;
    if (this.classList.contains("sla")) this.className = `sla sla-${state}`;
    const card = this.closest("[data-clock]");
    if (card) card.dataset.clock = state;
    const icon = parts.content.querySelector(`[data-icon=${state}]`);
    const old = this.querySelector("[data-icon]");
    if (icon && old) old.replaceWith(icon.cloneNode(true));
  }
}
customElements.define("sla-chip", SlaChip);
