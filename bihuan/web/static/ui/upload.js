// Shows the chosen files as tiles with a way to take one back; the plain file input sends them.
const grid = (input) => input.closest("[data-uploads]");

function tile(input, file, index) {
  const box = document.createElement("div");
  box.className = "tile";
  box.dataset.chosen = "";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    box.append(image);
  }
  const name = document.createElement("small");
  name.textContent = file.name;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", (input.dataset.removeWords || "{name}").replace("{name}", file.name));
  remove.addEventListener("click", () => take(input, index));
  box.append(name, remove);
  return box;
}

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
  [...input.files].forEach((file, index) => last.before(tile(input, file, index)));
}

document.addEventListener("change", (event) => { if (event.target.matches("[data-upload]") && grid(event.target)) show(event.target); });

// What did not arrive is said beside the photos; they stay chosen, and go with the form itself.
function failed(event) {
  const box = event.target.closest && event.target.closest("[data-upload-failed]");
  if (!box) return;
  const words = box.querySelector("[data-failed]") || document.createElement("p");
  words.className = "errors";
  words.dataset.failed = "";
  words.setAttribute("role", "alert");
  words.textContent = box.dataset.uploadFailed;
  box.querySelector("[data-uploads]").before(words);
}
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);
