// Keys of the inbox (j, k, Enter, 1 to 5) and of an exchange (j, k, 1 to 5); notes are kept while a sentence is chosen.
"use strict";

const rows = [...document.querySelectorAll(".row")];
const judging = document.getElementById("judging");
const buttons = [...document.querySelectorAll(".verdicts button")];
const place = "policydesk-row";
let selected = -1;

const isTyping = (target) => target.matches("input, select, textarea, [contenteditable]");

function select(index) {
  if (!rows.length) return;
  rows[selected]?.classList.remove("selected");
  selected = Math.max(0, Math.min(index, rows.length - 1));
  const row = rows[selected];
  row.classList.add("selected");
  row.querySelector("a").focus();
  row.scrollIntoView({ block: "nearest" });
}

function judge(index) {
  if (buttons[index]) buttons[index].click();
  const row = rows[selected];
  if (!judging || !row) return;
  sessionStorage.setItem(place, String(selected));
  judging.action = `/exchange/${row.dataset.number}/verdict${judging.dataset.query}`;
  judging.verdict.value = judging.dataset.rulings.split("|")[index];
  judging.submit();
}

function move(step) {
  if (rows.length) select(selected + step);
  else if (step > 0) document.getElementById("next")?.click();
  else history.back();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (/^[1-5]$/.test(event.key)) judge(Number(event.key) - 1);
});

for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
const kept = sessionStorage.getItem(place);
if (rows.length && kept !== null) select(Number(kept));
sessionStorage.removeItem(place);

const note = document.querySelector("[data-keep]");
if (note) {
  const name = note.dataset.keep;
  note.value = sessionStorage.getItem(name) ?? note.value;
  note.addEventListener("input", () => sessionStorage.setItem(name, note.value));
  note.form.addEventListener("submit", () => sessionStorage.removeItem(name));
}
