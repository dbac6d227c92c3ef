// Keys of the inbox and of the choice of a sentence (j, k, Enter), and of an exchange (j, k, c, n); of both 1 to 4, u and /.
"use strict";

const rows = [...document.querySelectorAll(".row")];
const judging = document.getElementById("judging");
const buttons = [...document.querySelectorAll(".verdicts button")];
const place = "policydesk-row";
let selected = -1;

const isTyping = (target) => target.matches("input, select, textarea, [contenteditable]");
const press = (id) => document.getElementById(id)?.click();

function select(index) {
  if (!rows.length) return;
  rows[selected]?.classList.remove("selected");
  selected = Math.max(0, Math.min(index, rows.length - 1));
  const row = rows[selected];
  row.classList.add("selected");
  (row.querySelector(".choice") ?? row.querySelector("a")).focus();
  row.scrollIntoView({ block: "nearest" });
}

function judge(key) {
  buttons.find((button) => button.dataset.key === key)?.click();
  const row = rows[selected];
  if (!judging || !row) return;
  const rulings = judging.dataset.rulings.split("|").filter((_, index) => judging.dataset.keys.split("|")[index] === key);
  const ruling = rulings.find((each) => row.dataset.fitting.split("|").includes(each));
  if (!ruling) return;
  sessionStorage.setItem(place, String(selected));
  judging.action = `/exchange/${row.dataset.number}/verdict${judging.dataset.query}`;
  judging.verdict.value = ruling;
  judging.submit();
}

function move(step) {
  if (rows.length) select(selected + step);
  else press(step > 0 ? "next" : "previous");
}

function search() {
  const field = document.querySelector("input[type=search]");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  u: () => press("undo"),
  c: () => press("choose"),
  n: () => document.getElementById("note")?.focus(),
  "/": search,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = actions[event.key] ?? (/^[1-4]$/.test(event.key) ? () => judge(event.key) : null);
  if (!action) return;
  event.preventDefault(); // the key is not typed into the field that it leads to
  action();
});

for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
const kept = sessionStorage.getItem(place);
if (rows.length && kept !== null) select(Number(kept));
sessionStorage.removeItem(place);

// A note is kept while a sentence is chosen, and after it was sent until its verdict stands: an undone one is to go on from.
const note = document.querySelector("[data-keep]");
if (note) {
  const name = note.dataset.keep;
  const sent = `${name}-sent`;
  if (sessionStorage.getItem(sent) && "given" in note.dataset) sessionStorage.removeItem(name);
  sessionStorage.removeItem(sent);
  note.value = sessionStorage.getItem(name) ?? note.value;
  note.addEventListener("input", () => sessionStorage.setItem(name, note.value));
  note.form.addEventListener("submit", () => {
    sessionStorage.setItem(name, note.value);
    sessionStorage.setItem(sent, "1");
  });
}
