// Warns before an identity or bank card number goes to a user; the server masks what it finds in any case.
const ID = /(^|\D)\d{17}[\dXx](?!\d)/;
const CARD = /(^|[^\dA-Z])\d(?:[ -]?\d){15,18}(?!\d)/;

function warn(form) {
  const warning = form.querySelector("[data-mask-warning]");
  if (!warning) return;
  const note = form.querySelector("[value=note]:checked");
  const text = form.querySelector("textarea").value;
  warning.hidden = Boolean(note) || !(ID.test(text) || CARD.test(text));
}

// What was taken back stands in the composer again, and so does its warning.
const ready = () => document.querySelectorAll("form[data-send]").forEach(warn);
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-send]");
  if (form) warn(form);
});
document.addEventListener("htmx:afterSettle", ready);
ready();
