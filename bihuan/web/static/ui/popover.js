// Puts a popover beside its button; the browser opens, closes and focuses it.
const GAP = 8;

document.addEventListener("toggle", (event) => {
  const pop = event.target;
  if (event.newState !== "open" || !pop.matches(".pop")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(pop.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  // a clock's popover begins where the clock does, a menu ends where its button does
  const clock = button.closest("[data-clock]");
  const wanted = clock ? clock.getBoundingClientRect().left : at.right - pop.offsetWidth;
  const left = Math.min(wanted, innerWidth - pop.offsetWidth - GAP);
  const below = at.bottom + GAP + pop.offsetHeight <= innerHeight - GAP;
  pop.style.left = `${Math.max(GAP, left)}px`;
  pop.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - pop.offsetHeight)}px`;
}, true);
