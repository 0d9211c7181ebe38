// Small comforts; every page works without them.
"use strict";

// The lit cell comes into view inside its scrolling box, and the keyboard goes on from there.
const lit = document.getElementById("lit");
if (lit) {
  lit.scrollIntoView({ block: "center", inline: "center" });
  lit.focus({ preventScroll: true });
}

// "/" goes to the search box, as long as nobody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const box = document.querySelector("[data-slash]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// Empty fields stay out of the address.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
}
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method=get] :disabled[name]")) field.disabled = false;
});

// Two to four notices can be compared.
for (const form of document.querySelectorAll("form[data-pick]")) {
  const [least, most] = form.dataset.pick.split(" ").map(Number);
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=n]")];
  const fixed = form.querySelectorAll("input[type=hidden][name=n]").length;
  const button = form.querySelector("button[type=submit]");
  const hint = form.querySelector("[data-pick-hint]");
  const update = () => {
    const count = fixed + boxes.filter((box) => box.checked).length;
    if (button) button.disabled = count < least || count > most;
    for (const box of boxes) box.disabled = !box.checked && count >= most;
    if (hint) hint.textContent = `已选 ${count} 份，可选 ${least} 至 ${most} 份。`;
  };
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}

// Ctrl+Enter runs the statement.
document.querySelector("textarea[name=q]")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
});
