// Words with their marks, as elements. Content becomes text nodes, never markup.

import { make } from "./elements.js";
import { say } from "./server.js";

const SAFE_LINK = /^(https?|mailto|tel|tg):/i;
const INLINE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

// Texts and their entities. Offsets count UTF-16 code units, as JavaScript's strings do.

export function rendered(text, entities) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, sorted, 0, text.length);
}

function pieces(text, entities, start, end) {
  const nodes = [];
  const queue = [...entities];
  let place = start;
  while (queue.length) {
    const entity = queue.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > place) nodes.push(text.slice(place, entity.offset));
    const inside = takeInside(queue, stop);
    nodes.push(marked(entity, text.slice(entity.offset, stop), pieces(text, inside, entity.offset, stop)));
    place = stop;
  }
  if (place < end) nodes.push(text.slice(place, end));
  return withoutDoubleBreaks(nodes);
}

// Takes the entities that begin before `stop` off the queue; one that goes on behind it is cut in two.
function takeInside(queue, stop) {
  const inside = [];
  const rest = [];
  while (queue.length && queue[0].offset < stop) {
    const entity = queue.shift();
    const behind = entity.offset + entity.length - stop;
    inside.push({ ...entity, length: Math.min(entity.length, stop - entity.offset) });
    if (behind > 0) rest.push({ ...entity, offset: stop, length: behind });
  }
  queue.unshift(...rest);
  return inside;
}

// A quote or a block of code breaks the line by itself; the line feeds next to it would break it twice.
function withoutDoubleBreaks(nodes) {
  const isBlock = (node) => node instanceof HTMLElement && ["BLOCKQUOTE", "PRE"].includes(node.tagName);
  return nodes.map((node, place) => {
    if (typeof node !== "string") return node;
    const before = isBlock(nodes[place - 1]) ? node.replace(/^\n/, "") : node;
    return isBlock(nodes[place + 1]) ? before.replace(/\n$/, "") : before;
  });
}

function marked(entity, text, children) {
  if (INLINE[entity.type]) return make(INLINE[entity.type], {}, ...children);
  return (MARKED[entity.type] ?? ((_, __, inner) => make("span", {}, ...inner)))(entity, text, children);
}

const MARKED = {
  blockquote: (_, __, children) => make("blockquote", {}, make("div", { class: "said" }, ...children)),
  expandable_blockquote: (_, __, children) => foldable(children),
  pre: (_, __, children) => make("pre", { tabindex: "0" }, make("code", {}, ...children)),
  text_link: (entity, _, children) => link(entity.url, children),
  url: (_, text, children) => link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, children),
  email: (_, text, children) => link(`mailto:${text}`, children),
  mention: (_, __, children) => make("span", { class: "tag" }, ...children),
  hashtag: (_, __, children) => make("span", { class: "tag" }, ...children),
  text_mention: (_, __, children) => make("span", { class: "tag" }, ...children),
  bot_command: (_, text, children) => make("button", { type: "button", class: "command", onclick: () => say(text) }, ...children),
  spoiler: (_, __, children) => spoiler(children),
};

export function link(url, children) {
  if (!SAFE_LINK.test(url)) return make("span", {}, ...children);
  return make("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function spoiler(children) {
  const reveal = (event) => event.currentTarget.setAttribute("aria-pressed", "true");
  return make("button", { type: "button", class: "spoiler", "aria-pressed": "false", "aria-label": "Hidden text, press to show", onclick: (event) => {
    reveal(event);
    event.currentTarget.removeAttribute("aria-label");
  } }, ...children);
}

function foldable(children) {
  const quote = make("blockquote", { class: "folded" }, make("div", { class: "said" }, ...children));
  const button = make("button", { type: "button", class: "unfold", "aria-expanded": "false", onclick: () => unfold(quote, button) }, "Show the whole quote");
  quote.append(button);
  return quote;
}

function unfold(quote, button) {
  const folded = quote.classList.toggle("folded");
  button.setAttribute("aria-expanded", String(!folded));
  button.textContent = folded ? "Show the whole quote" : "Show less";
}

// A quote that fits needs no button.
export function dropIdleFolds(element) {
  for (const quote of element.querySelectorAll("blockquote.folded")) {
    const said = quote.querySelector(".said");
    if (said.scrollHeight > said.clientHeight + 1) continue;
    quote.classList.remove("folded");
    quote.querySelector(".unfold").remove();
  }
}
