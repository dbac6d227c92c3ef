// Where the log stands: near its end, or with a message in view.

import { $ } from "./elements.js";

const NEAR_END = 120;

export function nearEnd() {
  const box = $("scroller");
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
}

// Shows the end of the log, but never less than the beginning of the newest message.
export function reveal(element) {
  const box = $("scroller");
  box.scrollTop = Math.min(box.scrollHeight, element.offsetTop - 16);
  $("latest").hidden = true;
}
