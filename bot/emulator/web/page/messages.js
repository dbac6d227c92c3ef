// The messages of a chat: how each looks, where it stands, and what can be done with it.

import { $, icon, make, toast } from "./elements.js";
import { attempt, pathOf, postInChat, state, takeBack } from "./server.js";
import { editing, inlineFrom, replyTo, stopTyping } from "./composer.js";
import { FILE_ICON, fileOf, summary, words } from "./message_text.js";
import { nearEnd, reveal } from "./scrolling.js";
import { dropIdleFolds, link, rendered } from "./words.js";

const BUSY_MS = 6000;
const EMOJI = { "👍": "Thumbs up", "👎": "Thumbs down", "❤": "Heart", "🔥": "Fire", "🤔": "Thinking" };

const isMine = (shown) => shown.author === state.home.person.id;
const iRunIt = () => state.chat.members.some((member) =>
  member.user.id === state.home.person.id && ["creator", "administrator"].includes(member.status));
const marks = (message) => message.entities ?? message.caption_entities ?? [];

function senderName(message) {
  if (message.from?.id === state.home.person.id) return "You";
  return message.sender_chat?.title ?? message.from?.first_name ?? "";
}

// What happened to the chat, in words; null for what somebody said.
function happening(message) {
  const who = senderName(message);
  const names = (message.new_chat_members ?? []).map((user) => user.first_name).join(", ");
  if (names) return names === message.from?.first_name ? `${names} joined` : `${who} added ${names}`;
  if (message.left_chat_member) {
    const left = message.left_chat_member;
    return left.id === message.from?.id ? `${left.first_name} left` : `${who} removed ${left.first_name}`;
  }
  if (message.migrate_to_chat_id) return "This group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group";
  if (message.forum_topic_created) return `${who} began the topic ${message.forum_topic_created.name}`;
  if (message.forum_topic_closed) return `${who} closed the topic`;
  if (message.forum_topic_reopened) return `${who} opened the topic again`;
  return null;
}

function messageElement(shown) {
  const { message } = shown;
  const id = `message-${message.message_id}`;
  const note = happening(message);
  if (note) return make("p", { class: "message note", id }, note);
  const bubble = make("div", { class: "bubble" }, ...bubbleContent(shown));
  const name = make("h3", { class: "hidden" }, `${senderName(message)}, ${clock(message.date)}`);
  return make("article", { class: isMine(shown) ? "message mine" : "message", id },
    name, bubble, pills(shown), keyboard(message), below(shown));
}

function bubbleContent(shown) {
  const { message } = shown;
  const text = words(message);
  const via = message.via_bot ? ` via @${message.via_bot.username}` : "";
  const named = state.chat.type !== "private" && !isMine(shown) ? senderName(message) : "";
  const title = message.author_signature ? `, ${message.author_signature}` : "";
  return [
    named || via ? make("p", { class: "sender", "aria-hidden": "true" }, `${named}${named ? title : ""}${via}`.trim()) : null,
    message.is_automatic_forward ? make("p", { class: "origin" }, `Forwarded from ${message.sender_chat.title}`) : null,
    message.reply_to_message && !message.reply_to_message.forum_topic_created ? answeredElement(message) : null,
    fileElement(message),
    text ? make("div", { class: "words" }, ...rendered(text, marks(message))) : null,
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
  return make("a", { class: "file", href: pathOf(`/files/${encodeURIComponent(file.file_id)}`), download: file.file_name ?? true },
    icon(FILE_ICON), make("span", {}, make("b", {}, file.name), make("small", {}, `${size(file.file_size)}, download`)));
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}

// Buttons

function keyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return make("div", { class: "keyboard", role: "group", "aria-label": "Choices" },
    ...rows.map((row) => make("div", { class: "keys-row" }, ...row.map((button) => key(message, button)))));
}

function key(message, button) {
  if (button.url) return link(button.url, [button.text]);
  const inline = button.switch_inline_query_current_chat ?? button.switch_inline_query;
  const act = (element) => {
    if (button.copy_text) return navigator.clipboard.writeText(button.copy_text.text).then(() => toast("Copied."));
    return inline === undefined ? press(message, button, element) : inlineFrom(inline);
  };
  const calls = button.callback_data ? { "data-calls": button.callback_data } : {};
  const style = button.style ? { class: button.style } : {};
  return make("button", { type: "button", ...calls, ...style, onclick: (event) => act(event.currentTarget) }, button.text);
}

async function press(message, button, element) {
  element.setAttribute("aria-busy", "true");
  await attempt(() => postInChat("/presses", { message_id: message.message_id, data: button.callback_data }));
  setTimeout(() => element.removeAttribute("aria-busy"), BUSY_MS);
}

// Below a message: when, and what one can do with it

function below(shown) {
  const { message } = shown;
  const named = (verb) => `${verb}: ${summary(message).slice(0, 60)}`;
  const act = (label, name, onclick) => make("button", { type: "button", "aria-label": named(name), onclick }, label);
  const mine = isMine(shown);
  const own = [
    mine && (message.text || message.document) ? act("Edit", "Edit", () => editing(message)) : null,
    mine || iRunIt() ? act("Delete", "Delete", () => attempt(() => takeBack(message))) : null,
  ];
  return make("div", { class: "below" },
    make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)),
    message.edit_date ? make("span", {}, "edited") : null,
    act("Reply", "Reply to", () => replyTo(message)),
    act("React", "React to", (event) => choices(shown, event.currentTarget)),
    ...own);
}

// Reactions

function choices(shown, button) {
  const open = button.parentElement.querySelector(".emoji");
  if (open) return open.remove();
  const pick = (emoji) => {
    row.remove();
    button.focus();
    react(shown, emoji);
  };
  const row = make("span", { class: "emoji", role: "group", "aria-label": "Reactions", onkeydown: (event) => {
    if (event.key === "Escape") { row.remove(); button.focus(); }
  } }, ...Object.entries(EMOJI).map(([emoji, name]) => make("button", { type: "button", "aria-label": name, onclick: () => pick(emoji) }, emoji)));
  button.after(row);
  row.firstElementChild.focus();
}

function react(shown, emoji) {
  const given = shown.mine === emoji ? null : emoji;
  shown.mine = given;
  return attempt(() => postInChat(`/messages/${shown.message.message_id}/reaction`, { emoji: given }));
}

function pills(shown) {
  if (!shown.reactions?.length) return null;
  return make("div", { class: "pills", role: "group", "aria-label": "Reactions given" }, ...shown.reactions.map(({ type, total_count: count }) =>
    make("button", { type: "button", "aria-label": `${EMOJI[type.emoji] ?? type.emoji}, ${count}`, onclick: () => react(shown, type.emoji) }, `${type.emoji} ${count}`)));
}

export function reacted(event) {
  const shown = state.shown.get(event.message_id);
  if (shown) place(Object.assign(shown, { reactions: event.reactions ?? [] }));
}

// Time

const clock = (date) => new Date(date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function day(date) {
  const then = new Date(date * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return then.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

// Placing

// In a forum only one topic is on screen; what is no topic message belongs to the General one.
export function belongs(message) {
  if (!state.chat.is_forum) return true;
  return (message.is_topic_message ? message.message_thread_id : null) === state.topic;
}

// Puts a message into the log: in place of its former self, or at the end.
export function place(shown) {
  const { message } = shown;
  const former = $(`message-${message.message_id}`);
  const focused = former?.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  state.shown.set(message.message_id, shown);
  if (!belongs(message)) return null;
  const element = messageElement(shown);
  if (former) former.replaceWith(element);
  else append(message, element);
  dropIdleFolds(element);
  if (focused !== null) focusAgain(element, focused);
  return element;
}

// What a button does stays when its words change.
const nameOf = (button) => button.dataset.calls ?? button.textContent;

// After a message changed under somebody's finger, the same button has the focus, and new ones are on screen.
function focusAgain(element, name) {
  const buttons = [...element.querySelectorAll(".keyboard button, .below button")];
  (buttons.find((button) => nameOf(button) === name) ?? buttons[0])?.focus();
  element.querySelector(".keyboard")?.scrollIntoView({ block: "nearest" });
}

function append(message, element) {
  const label = day(message.date);
  if ($("log").dataset.day !== label) $("log").append(make("p", { class: "day" }, label));
  $("log").dataset.day = label;
  $("log").append(element);
}

export function received({ message, author }) {
  const shown = { message, author, reactions: [] };
  const follow = isMine(shown) || nearEnd();
  if (author === state.home.bot.id) stopTyping();
  const element = place(shown);
  if (!element) return;
  if (element.matches("article")) $("welcome").hidden = true;
  if (follow) reveal(element);
  else $("latest").hidden = false;
}

export function edited({ message }) {
  const shown = state.shown.get(message.message_id);
  if (shown) place(Object.assign(shown, { message }));
}

export function removed({ message_id: id }) {
  $(`message-${id}`)?.remove();
  state.shown.delete(id);
  if (state.replyTo?.message_id === id) replyTo(null);
  if (state.editing?.message_id === id) editing(null);
}

function show(id) {
  const element = $(`message-${id}`);
  if (!element) return toast("That message is not here any more.");
  element.scrollIntoView({ block: "center" });
  element.classList.add("found");
  setTimeout(() => element.classList.remove("found"), 1600);
}
