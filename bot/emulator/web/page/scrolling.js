// Where the log stands: near its end, or with a message in view.

import { $ } from "./elements.js";

const NEAR_END = 120;
const SMOOTH_MS = 500;
let revealedAt = -Infinity;

// Some phones lay their keyboard over the page and tell only the part of it that is left.
window.visualViewport?.addEventListener("resize", () => {
  if (visualViewport.scale === 1) document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
});

export function nearEnd() {
  const box = $("scroller");
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
}

// Shows the end of the log, but never less than the beginning of the newest message.
export function reveal(element) {
  const box = $("scroller");
  box.scrollTop = Math.min(box.scrollHeight, element.offsetTop - 16);
  $("latest").hidden = true;
  revealedAt = performance.now();
}

// Whether the log may still be on its way to its end.
export function revealing() {
  return performance.now() - revealedAt < SMOOTH_MS;
}
