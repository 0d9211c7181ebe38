// Small comforts; every page works without them.
"use strict";

// The lit cell comes into view inside its scrolling box, and the keyboard goes on from there.
const lit = document.getElementById("lit");
if (lit) {
  lit.scrollIntoView({ block: "center", inline: "center" });
  lit.focus({ preventScroll: true });
}

// Light and dark: as the system has it, until the visitor chooses; a choice that agrees with the system is forgotten.
const theme = document.querySelector("[data-theme]");
if (theme) {
  const link = document.querySelector("[data-dark]");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (link.media.startsWith("screen and") ? system.matches : link.media === "screen");
  const name = () => (theme.textContent = isDark() ? "浅色" : "深色");
  theme.addEventListener("click", () => {
    const dark = !isDark();
    const follows = dark === system.matches;
    link.media = follows ? "screen and (prefers-color-scheme: dark)" : dark ? "screen" : "not all";
    const age = follows ? 0 : 365 * 24 * 3600;
    document.cookie = `wenming_colors=${dark ? "dark" : "light"}; path=/; max-age=${age}; samesite=strict`;
    name();
  });
  system.addEventListener("change", name);
  name();
  theme.hidden = false;
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

// A change is being read in the background: the page says when it is done.
const job = document.querySelector("[data-job]");
if (job && job.dataset.over === "no") {
  const state = job.querySelector("[data-job-state]");
  const list = job.querySelector("[data-job-lines]");
  const ask = async () => {
    let news = null;
    try {
      const answer = await fetch(`/jobs/${job.dataset.job}`, { cache: "no-store" });
      if (answer.ok) news = await answer.json();
    } catch {
      // The server may be starting again; the next question tells.
    }
    if (news) {
      const count = news.total ? `（${news.done}/${news.total}）` : "";
      const words = { waiting: "已记下，排队等待处理", running: `正在处理${count}，完成后在此显示`, done: "完成", failed: "没有完成" };
      state.textContent = words[news.state];
      job.className = `job ${news.state}`;
      list.replaceChildren(...news.lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    }
    if (news && news.over) {
      job.dataset.over = "yes";
      job.querySelector("[data-job-again]").textContent = "刷新本页，看改后的内容";
    } else {
      setTimeout(ask, 700);
    }
  };
  setTimeout(ask, 300);
}

// A double click on a cell of the table lights it, so that it can be settled.
document.querySelector("table[data-cells]")?.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (cell) location.assign(`${event.currentTarget.dataset.cells}?cell=${cell.dataset.cell}#lit`);
});

// Files can be dropped; what was chosen is named, and the upload shows how far it is.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const box = form.querySelector("[data-drop]");
  const input = box.querySelector("input[type=file]");
  const chosen = form.querySelector("[data-chosen]");
  const sent = form.querySelector("[data-sent]");
  const button = form.querySelector("button.main");
  const list = () => {
    const names = [...input.files].map((file) => `${file.name}（${Math.max(1, Math.round(file.size / 1024))} KB）`);
    chosen.replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  };
  input.addEventListener("change", list);
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) box.addEventListener(name, () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      list();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const fail = (text) => {
      sent.hidden = true;
      button.disabled = false;
      const line = Object.assign(document.createElement("li"), { textContent: text, className: "late" });
      line.setAttribute("role", "alert");
      chosen.append(line);
    };
    request.upload.addEventListener("progress", (news) => {
      if (news.lengthComputable) sent.value = (100 * news.loaded) / news.total;
    });
    request.addEventListener("error", () => fail("没有传完：与服务的连接中断，请重试。"));
    request.addEventListener("load", () => {
      if (request.status < 400) {
        location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      fail(page.querySelector("[role=alert]")?.textContent || request.responseText.slice(0, 200) || "没有上传成功。");
    });
    sent.hidden = false;
    button.disabled = true;
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post].settle:not([data-upload])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
