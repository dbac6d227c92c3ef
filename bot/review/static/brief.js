// The choice of a brief's quotes: dragged, or moved by the arrow keys on the handle; the numbers of their places follow.
"use strict";

for (const list of document.querySelectorAll(".choices")) {
  const rows = () => [...list.children];
  const first = Math.min(...rows().map((row) => Number(row.querySelector("[name^=place-]").value)));
  const number = () => rows().forEach((row, at) => { row.querySelector("[name^=place-]").value = first + at; });
  let dragged = null;

  for (const row of rows()) {
    const handle = row.querySelector(".handle");
    handle.hidden = false;
    handle.addEventListener("pointerdown", () => { row.draggable = true; });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
      number();
      handle.focus();
    });
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      row.draggable = false;
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row || dragged.parentElement !== list) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) row.before(dragged);
      else row.after(dragged);
      number();
    });
    row.querySelector("[name^=chosen-]").addEventListener("change", (event) => {
      row.classList.toggle("left-out", !event.target.checked);
      if (!event.target.checked) row.querySelector("[name^=pinned-]").checked = false;
    });
    row.querySelector("[name^=pinned-]").addEventListener("change", (event) => {
      if (!event.target.checked) return;
      row.querySelector("[name^=chosen-]").checked = true;
      row.classList.remove("left-out");
    });
  }
}
