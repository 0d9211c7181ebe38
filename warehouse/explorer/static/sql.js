// The tables and columns beside the statement: found by words, inserted where the cursor is.
"use strict";

const box = document.getElementById("q");
const panel = document.querySelector("[data-tables]");
const MOST_OPENED = 6;

const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// Text goes in where the cursor is, so that Ctrl+Z takes it back.
const insert = (text) => {
  box.focus();
  if (!document.execCommand("insertText", false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
};

// After a name, a column continues the list; after a keyword or a sign it begins one.
const KEYWORD = /^(select|where|and|or|by|on|distinct|not|having|using|then|else|when|case|in|is|as|like)$/i;
const insertColumn = (name) => {
  const before = box.value.slice(0, box.selectionStart);
  const [, word] = /([\p{L}\p{N}_"]+)\s*$/u.exec(before) ?? [];
  if (word === undefined) insert(name);
  else if (KEYWORD.test(word)) insert(/\s$/.test(before) ? name : ` ${name}`);
  else insert(/\s$/.test(before) ? name : `, ${name}`);
};

const insertTable = (name) => {
  if (box.value.trim() === "") insert(`SELECT *\nFROM ${name}\nLIMIT 100`);
  else insert(/\S$/.test(box.value.slice(0, box.selectionStart)) ? ` ${name}` : name);
};

const makeTable = (table) => {
  const columns = table.columns.map((column) => {
    const button = make("button", { type: "button", className: "insert", title: column.comment, textContent: column.name });
    button.addEventListener("click", () => insertColumn(column.written));
    const label = column.label && column.label !== column.name ? ` ${column.label}` : "";
    return make("li", {}, button, make("span", { className: "hint", textContent: label }));
  });
  const whole = make("button", { type: "button", className: "insert", textContent: `插入表名 ${table.name}` });
  whole.addEventListener("click", () => insertTable(table.name));
  const more = make("a", { href: `/dictionary/${encodeURIComponent(table.name)}`, textContent: "字典" });
  const name = table.name.replace(/^cn\./, "");
  const summary = make("summary", { title: table.label }, name, make("span", { className: "hint", textContent: ` ${table.label}` }));
  const element = make("details", {}, summary, make("p", {}, whole, " ", more), make("ul", { className: "plain" }, ...columns));
  const text = (...parts) => parts.join(" ").toLowerCase();
  return {
    element,
    own: text(table.name, table.label),
    columns: table.columns.map((column, index) => ({ element: columns[index], text: text(column.name, column.comment) })),
  };
};

const filter = (tables, words) => {
  let opened = 0;
  for (const table of tables) {
    const fits = (text) => words.every((word) => text.includes(word));
    const isOwn = fits(table.own);
    const hits = words.length ? table.columns.filter((column) => fits(column.text)) : [];
    table.element.hidden = !isOwn && !hits.length;
    for (const column of table.columns) column.element.hidden = words.length > 0 && !isOwn && !hits.includes(column);
    table.element.open = hits.length > 0 && opened++ < MOST_OPENED;
  }
  return tables.some((table) => !table.element.hidden);
};

const show = (listed) => {
  const tables = listed.map(makeTable);
  const search = make("input", { type: "search", placeholder: "找表和列，如 分值", maxLength: 100 });
  search.setAttribute("aria-label", "找表和列");
  const none = make("p", { className: "hint", textContent: "没有这样的表或列。", hidden: true });
  search.addEventListener("input", () => {
    none.hidden = filter(tables, search.value.toLowerCase().split(/\s+/).filter(Boolean));
  });
  const list = make("div", { className: "list-of-tables", tabIndex: 0 }, ...tables.map((table) => table.element));
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "表和列的列表");
  panel.append(search, make("p", { className: "hint", textContent: "点列名，插入到光标处" }), none, list);
};

fetch(panel.dataset.tables, { cache: "no-store" })
  .then((answer) => (answer.ok ? answer.json() : []))
  .then((listed) => listed.length && show(listed))
  // Without the list, the dictionary is still a link away.
  .catch(() => {});
