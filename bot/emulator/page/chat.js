// The chat page: shows one person's chats with the bot, as the server tells of them.
// Content becomes text nodes, never markup.

const WHO = new URLSearchParams(location.search).get("as") ?? "you";
const TYPING_MS = 6000;
const TOAST_MS = 4000;
const NEAR_END = 120;
const SAFE_LINK = /^(https?|mailto|tel|tg):/i;
const INLINE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const SVG = "http://www.w3.org/2000/svg";

const $ = (id) => document.getElementById(id);
const state = { home: null, chat: null, messages: new Map(), commands: [], seen: 0, replyTo: null, choices: [], chosen: -1 };

// Talking to the server

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/people/${WHO}${path}`, options);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.error ?? `The server answered ${answer.status}.`);
  return value;
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

const inChat = (path = "") => `/chats/${state.chat.id}${path}`;

function say(text, replyTo = null) {
  return attempt(() => ask(inChat("/messages"), { text, reply_to: replyTo }));
}

async function press(message, button, element) {
  element.setAttribute("aria-busy", "true");
  await attempt(() => ask(inChat("/presses"), { message_id: message.message_id, data: button.callback_data }));
  setTimeout(() => element.removeAttribute("aria-busy"), TYPING_MS);
}

function listen() {
  const stream = new EventSource(`/people/${WHO}/events?after=${state.seen}`);
  let lost = false;
  stream.onmessage = (event) => happened(JSON.parse(event.data));
  stream.onerror = () => {
    lost = true;
    $("connection").textContent = "Reconnecting…";
  };
  stream.onopen = async () => {
    $("connection").textContent = "";
    if (lost) await attempt(refresh);
    lost = false;
  };
}

function happened(event) {
  if (event.number <= state.seen) return;
  state.seen = event.number;
  if (event.kind === "commands") attempt(refreshCommands);
  else if (event.person || event.chat_id === state.chat?.id) HAPPENED[event.kind]?.(event);
}

const HAPPENED = {
  message: (event) => received(event.message),
  edited: (event) => place(event.message),
  deleted: (event) => removed(event.message_id),
  action: (event) => typing(event.action),
  answer: (event) => answered(event.answer),
};

// Building elements

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const FILE_ICON = "M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zM13 3v6h6M12 12v5m-2.2-2.2L12 17l2.2-2.2";

// Texts and their entities. Offsets count UTF-16 code units, as JavaScript's strings do.

function rendered(text, entities) {
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
  bot_command: (_, text, children) => make("button", { type: "button", class: "command", onclick: () => say(text) }, ...children),
  spoiler: (_, __, children) => spoiler(children),
};

function link(url, children) {
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
function dropIdleFolds(element) {
  for (const quote of element.querySelectorAll("blockquote.folded")) {
    const said = quote.querySelector(".said");
    if (said.scrollHeight > said.clientHeight + 1) continue;
    quote.classList.remove("folded");
    quote.querySelector(".unfold").remove();
  }
}

// Messages

const isMine = (message) => message.from?.id === state.home.person.id;
const isBot = (message) => message.from?.id === state.home.bot.id;
const words = (message) => message.text ?? message.caption ?? "";
const marks = (message) => message.entities ?? message.caption_entities ?? [];

function senderName(message) {
  if (isMine(message)) return "You";
  return message.from?.first_name ?? "";
}

function summary(message) {
  return words(message) || fileOf(message)?.name || message.forum_topic_created?.name || "a message";
}

function fileOf(message) {
  if (message.document) return { ...message.document, name: message.document.file_name ?? "Document" };
  if (message.voice) return { ...message.voice, name: "Voice message" };
  if (message.photo) return { ...message.photo.at(-1), name: "Photo" };
  if (message.sticker) return { ...message.sticker, name: `Sticker ${message.sticker.emoji ?? ""}` };
  return null;
}

function messageElement(message) {
  const mine = isMine(message);
  const bubble = make("div", { class: "bubble" }, ...bubbleContent(message));
  const name = make("h3", { class: "hidden" }, `${senderName(message)}, ${clock(message.date)}`);
  return make("article", { class: mine ? "message mine" : "message", id: `message-${message.message_id}` },
    name, bubble, keyboard(message), below(message));
}

function bubbleContent(message) {
  const text = words(message);
  return [
    state.chat.type !== "private" && !isMine(message) ? make("p", { class: "sender", "aria-hidden": "true" }, senderName(message)) : null,
    message.reply_to_message && !message.reply_to_message.forum_topic_created ? answeredElement(message) : null,
    fileElement(message),
    text ? make("div", { class: "words" }, ...rendered(text, marks(message))) : null,
    message.forum_topic_created ? make("p", {}, `Topic: ${message.forum_topic_created.name}`) : null,
  ].filter(Boolean);
}

function answeredElement(message) {
  const original = message.reply_to_message;
  const text = message.quote?.text ?? summary(original);
  return make("button", { type: "button", class: "answered", "aria-label": `In reply to: ${text}`, onclick: () => show(original.message_id) },
    make("span", {}, text));
}

function fileElement(message) {
  const file = fileOf(message);
  if (!file) return null;
  const path = `/people/${WHO}/files/${encodeURIComponent(file.file_id)}`;
  return make("a", { class: "file", href: path, download: file.file_name ?? true },
    icon(FILE_ICON), make("span", {}, make("b", {}, file.name), make("small", {}, `${size(file.file_size)}, download`)));
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}

function keyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return make("div", { class: "keyboard", role: "group", "aria-label": "Choices" },
    ...rows.map((row) => make("div", { class: "keys-row" }, ...row.map((button) => key(message, button)))));
}

function key(message, button) {
  if (button.url) return link(button.url, [button.text]);
  return make("button", { type: "button", onclick: (event) => press(message, button, event.currentTarget) }, button.text);
}

function below(message) {
  const stamp = make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date));
  const edited = message.edit_date ? make("span", {}, "edited") : null;
  const reply = make("button", { type: "button", "aria-label": `Reply to: ${summary(message).slice(0, 60)}`, onclick: () => replyTo(message) }, "Reply");
  return make("div", { class: "below" }, stamp, edited, reply);
}

const clock = (date) => new Date(date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function day(date) {
  const then = new Date(date * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return then.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

// Puts a message into the log: in place of its former self, or at the end.
function place(message) {
  const former = $(`message-${message.message_id}`);
  const focused = former?.contains(document.activeElement);
  state.messages.set(message.message_id, message);
  const element = messageElement(message);
  if (former) former.replaceWith(element);
  else append(message, element);
  dropIdleFolds(element);
  if (focused) element.querySelector(".keyboard button, .below button")?.focus();
  return element;
}

function append(message, element) {
  const label = day(message.date);
  if ($("log").dataset.day !== label) $("log").append(make("p", { class: "day" }, label));
  $("log").dataset.day = label;
  $("log").append(element);
}

function received(message) {
  const follow = isMine(message) || nearEnd();
  $("welcome").hidden = true;
  if (isBot(message)) stopTyping();
  const element = place(message);
  if (follow) reveal(element);
  else $("latest").hidden = false;
}

function removed(id) {
  $(`message-${id}`)?.remove();
  state.messages.delete(id);
  if (state.replyTo?.message_id === id) replyTo(null);
}

// Scrolling

function nearEnd() {
  const box = $("scroller");
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
}

// Shows the end of the log, but never less than the beginning of the newest message.
function reveal(element) {
  const box = $("scroller");
  box.scrollTop = Math.min(box.scrollHeight, element.offsetTop - 16);
  $("latest").hidden = true;
}

function show(id) {
  const element = $(`message-${id}`);
  if (!element) return toast("That message is not here any more.");
  element.scrollIntoView({ block: "center" });
  element.classList.add("found");
  setTimeout(() => element.classList.remove("found"), 1600);
}

// Typing, answers to buttons, notices

let typingTimer = 0;

function typing(action) {
  const doing = action.startsWith("upload") ? "sending a file…" : "typing…";
  const dots = make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
  $("typing").replaceChildren(dots, `${state.home.bot.first_name} is ${doing}`);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, TYPING_MS);
}

function stopTyping() {
  clearTimeout(typingTimer);
  $("typing").replaceChildren();
}

function answered(answer) {
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  if (!answer.text) return;
  if (!answer.show_alert) return toast(answer.text);
  $("alert-text").textContent = answer.text;
  $("alert").showModal();
}

let toastTimer = 0;

function toast(text) {
  $("toast").textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").textContent = ""), TOAST_MS);
}

// Composing

const question = $("question");

function replyTo(message) {
  state.replyTo = message;
  $("replying").hidden = !message;
  $("replying-text").textContent = message ? summary(message) : "";
  if (message) question.focus();
}

function grow() {
  question.style.height = "auto";
  question.style.height = `${question.scrollHeight + 2}px`;
}

async function send() {
  const text = question.value.trim();
  if (!text) return;
  const answeredId = state.replyTo?.message_id ?? null;
  question.value = "";
  grow();
  closeMenu();
  replyTo(null);
  if (!(await say(text, answeredId)) && !question.value) question.value = text;
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  question.focus();
});

$("replying-cancel").addEventListener("click", () => {
  replyTo(null);
  question.focus();
});

question.addEventListener("input", () => {
  grow();
  const typed = /^\/(\w*)$/.exec(question.value);
  if (typed) openMenu(typed[1].toLowerCase());
  else closeMenu();
});

question.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (!$("menu").hidden && menuKey(event)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") replyTo(null);
});

// The menu of commands and examples

function openMenu(filter = null) {
  const commands = state.commands.filter((command) => command.command.startsWith(filter ?? ""));
  const examples = filter === null ? state.home.suggestions ?? [] : [];
  state.choices = [...commands.map((command) => `/${command.command}`), ...examples];
  if (!state.choices.length) return closeMenu();
  const rows = [
    ...(commands.length ? [heading("Commands")] : []),
    ...commands.map((command, place) => option(place, make("b", {}, `/${command.command}`), make("span", {}, command.description))),
    ...(examples.length ? [heading("Examples")] : []),
    ...examples.map((example, place) => option(commands.length + place, example)),
  ];
  $("menu-list").replaceChildren(...rows);
  $("menu").hidden = false;
  $("menu-button").setAttribute("aria-expanded", "true");
  choose(0);
}

const heading = (text) => make("div", { role: "presentation" }, text);

function option(place, ...children) {
  const mouse = { onmousedown: (event) => event.preventDefault(), onmousemove: () => choose(place), onclick: () => pick(place) };
  return make("div", { role: "option", id: `choice-${place}`, "aria-selected": "false", ...mouse }, ...children);
}

function choose(place) {
  $(`choice-${state.chosen}`)?.setAttribute("aria-selected", "false");
  state.chosen = (place + state.choices.length) % state.choices.length;
  const element = $(`choice-${state.chosen}`);
  element.setAttribute("aria-selected", "true");
  element.scrollIntoView({ block: "nearest" });
  question.setAttribute("aria-activedescendant", element.id);
}

function pick(place) {
  question.value = state.choices[place];
  send();
  question.focus();
}

function closeMenu() {
  $("menu").hidden = true;
  state.chosen = -1;
  $("menu-button").setAttribute("aria-expanded", "false");
  question.removeAttribute("aria-activedescendant");
}

const MENU_KEYS = {
  ArrowDown: () => choose(state.chosen + 1),
  ArrowUp: () => choose(state.chosen - 1),
  Enter: () => pick(state.chosen),
  Escape: closeMenu,
};

function menuKey(event) {
  if (event.shiftKey || !MENU_KEYS[event.key]) return false;
  MENU_KEYS[event.key]();
  return true;
}

question.addEventListener("blur", closeMenu);

// Pressing the button must not take the focus from the field, which would close the menu before the click.
$("menu-button").addEventListener("mousedown", (event) => event.preventDefault());
$("menu-button").addEventListener("click", () => {
  if ($("menu").hidden) openMenu();
  else closeMenu();
  question.focus();
});

$("latest").addEventListener("click", () => {
  reveal($("log").lastElementChild);
  question.focus();
});

$("scroller").addEventListener("scroll", () => {
  if (nearEnd()) $("latest").hidden = true;
}, { passive: true });

// Starting

function welcome() {
  const { bot, description, short_description: short, suggestions = [] } = state.home;
  document.title = bot.first_name;
  $("bot-name").textContent = bot.first_name;
  $("about").textContent = short || `@${bot.username}`;
  $("welcome-text").textContent = description || short || "Say something to begin.";
  $("welcome-examples").hidden = !suggestions.length;
  $("suggestions").replaceChildren(...suggestions.map((text) =>
    make("li", {}, make("button", { type: "button", onclick: () => { say(text); question.focus(); } }, text))));
}

function listChats() {
  $("chats").hidden = state.home.chats.length < 2;
  $("chats").replaceChildren(...state.home.chats.map((chat) =>
    make("button", { type: "button", "aria-current": chat.id === state.chat?.id && "true", onclick: () => attempt(() => enter(chat)) }, chat.title)));
}

async function enter(chat) {
  state.chat = chat;
  listChats();
  const history = await ask(inChat());
  state.commands = history.commands ?? [];
  state.messages.clear();
  delete $("log").dataset.day;
  $("log").replaceChildren();
  $("log").setAttribute("aria-busy", "true");
  for (const message of history.messages ?? []) place(message);
  $("log").removeAttribute("aria-busy");
  $("welcome").hidden = state.messages.size > 0;
  $("menu-button").hidden = !state.commands.length && !(state.home.suggestions ?? []).length;
  if ($("log").lastElementChild) reveal($("log").lastElementChild);
  state.seen = Math.max(state.seen, history.seen);
}

async function refreshCommands() {
  state.commands = (await ask(inChat())).commands ?? [];
  $("menu-button").hidden = !state.commands.length && !(state.home.suggestions ?? []).length;
}

async function refresh() {
  state.home = await ask("");
  state.seen = state.home.seen;
  welcome();
  const current = state.home.chats.find((chat) => chat.id === state.chat?.id) ?? state.home.chats[0];
  if (current) await enter(current);
}

await attempt(refresh);
if (state.home) listen();
if (matchMedia("(hover: hover)").matches) question.focus();
