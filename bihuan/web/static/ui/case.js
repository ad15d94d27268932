// The open case: it opens at its newest words, stays there while it grows, and tells its version to the forms.
const story = () => document.querySelector("[data-story]");
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;
let wasAtEnd = true;

function toEnd() {
  const box = story();
  if (box) box.scrollTop = box.scrollHeight;
}

// Has anything been written or chosen in it?
const begun = (form) => [...form.elements].some((one) => {
  if (one.matches("select")) return [...one.options].some((option) => option.selected !== option.defaultSelected);
  if (one.matches("[type=checkbox]")) return one.checked !== one.defaultChecked;
  return one.matches("textarea, input:not([type=hidden]):not([type=radio])") && one.value !== one.defaultValue;
});

// What was fetched anew is in sight: the forms of this case, also one kept in the sheet, speak of that version from now
// on, and say so to whoever is writing. Words that were begun before it (data-version="begun") keep the version their
// writer had read: the server says whether something was said since.
function tellVersion(head) {
  const now = head.querySelector("[data-version-now]");
  if (!now) return;
  for (const field of document.querySelectorAll("input[data-version]")) {
    if (field.value === now.dataset.versionNow || !field.form.action.includes(`/${now.dataset.of}/`)) continue;
    const words = field.dataset.version === "begun" && [...field.form.querySelectorAll("textarea")].some((one) => one.value);
    if (!words) field.value = now.dataset.versionNow;
    const news = field.form.querySelector("[data-news]");
    if (news && (field.form.closest("dialog[open]") || words || begun(field.form))) news.hidden = false;
  }
}

// It was closed to this reader meanwhile: what stands here is no longer his to read.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 404 && event.detail.elt.matches(".case-head[data-live]")) location.assign("/desk/inbox/");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.matches("[data-story]")) wasAtEnd = atEnd(event.target);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-story]") && wasAtEnd) toEnd();
  else if (event.target.id === "case") { toEnd(); tellVersion(event.target); }
  else if (event.target.matches(".case-head")) tellVersion(event.target);
});
toEnd();
