// The foot of the page: composing, replying, editing, attaching, the menu of commands and what the bot offers inline.

import { $, make, toast } from "./elements.js";
import { startPrivately } from "./chats.js";
import { attach, attempt, postInChat, say, state } from "./server.js";
import { summary } from "./message_text.js";
import { nearEnd, reveal, revealing } from "./scrolling.js";

const TYPING_MS = 6000;
const PAUSE_MS = 250;

const question = $("question");
let choices = [];
let chosen = -1;
let typed = null;
let offer = null;
let pause = 0;
let asking = 0;

// Typing, answers to buttons

let typingTimer = 0;

export function typing({ action, message_thread_id: topic }) {
  if (state.chat.is_forum && (topic === 1 ? null : topic ?? null) !== state.topic) return;
  const doing = action.startsWith("upload") ? "sending a file…" : "typing…";
  const dots = make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
  $("typing").replaceChildren(dots, `${state.home.bot.first_name} is ${doing}`);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, TYPING_MS);
}

export function stopTyping() {
  clearTimeout(typingTimer);
  $("typing").replaceChildren();
}

export function answered({ answer }) {
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  if (!answer.text) return;
  if (!answer.show_alert) return toast(answer.text);
  $("alert-text").textContent = answer.text;
  $("alert").showModal();
}

// Composing

export function replyTo(message) {
  state.replyTo = message;
  if (message) state.editing = null;
  about(message, "Replying to");
}

export function editing(message) {
  state.editing = message;
  state.replyTo = null;
  about(message, "Editing");
  question.value = message ? message.text ?? message.caption ?? "" : "";
  grow();
}

function about(message, label) {
  $("replying").hidden = !message;
  $("replying-label").textContent = label;
  $("replying-text").textContent = message ? summary(message) : "";
  if (message) question.focus();
}

function dismiss() {
  if (state.editing) editing(null);
  else replyTo(null);
}

function grow() {
  question.style.height = "auto";
  question.style.height = `${question.scrollHeight + 2}px`;
}

async function send() {
  const text = question.value.trim();
  const file = $("file").files[0];
  if (!state.chat || (!text && !file)) return;
  const [replied, changed] = [state.replyTo?.message_id ?? null, state.editing];
  dismiss();
  question.value = "";
  grow();
  closeMenu();
  forgetFile();
  if (!(await sent(text, file, replied, changed)) && !question.value) question.value = text;
}

function sent(text, file, replied, changed) {
  if (changed) return attempt(() => postInChat(`/messages/${changed.message_id}`, { text }));
  return file ? attach(file, text) : say(text, replied);
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  question.focus();
});

$("replying-cancel").addEventListener("click", () => {
  dismiss();
  question.focus();
});

question.addEventListener("input", () => {
  grow();
  const command = /^\/(\w*)$/.exec(question.value);
  const inline = inlineWords(question.value);
  if (command) openMenu(command[1].toLowerCase());
  else if (inline === null) closeMenu();
  clearTimeout(pause);
  if (inline !== null) pause = setTimeout(() => typeInline(inline), PAUSE_MS);
});

question.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (!$("menu").hidden && menuKey(event)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") dismiss();
});

// Attaching a file

function forgetFile() {
  $("file").value = "";
  $("attached").hidden = true;
}

$("attach").addEventListener("click", () => $("file").click());
$("attached-cancel").addEventListener("click", () => {
  forgetFile();
  question.focus();
});
$("file").addEventListener("change", () => {
  const file = $("file").files[0];
  $("attached").hidden = !file;
  $("attached-name").textContent = file?.name ?? "";
  if (file) question.focus();
});

// What the bot offers to those who type behind its name

function inlineWords(text) {
  if (!state.home?.inline) return null;
  const name = `@${state.home.bot.username} `;
  return text.toLowerCase().startsWith(name.toLowerCase()) ? text.slice(name.length) : null;
}

export function inlineFrom(words) {
  question.value = `@${state.home.bot.username} ${words}`;
  question.focus();
  question.dispatchEvent(new Event("input"));
}

async function typeInline(words) {
  const number = (asking += 1);
  const query = await attempt(() => postInChat("/inline", { words }));
  if (number !== asking) return;
  typed = query?.id ?? null;
  if (query) offered({ inline: query.inline ?? offer });
}

// The bot may answer before the page has learnt the query's id.
export function offered({ inline }) {
  offer = inline;
  if (!inline || inline.inline_query_id !== typed) return;
  const results = inline.results ?? [];
  const rows = results.map((result, place) =>
    option(place, make("b", {}, result.title), result.description ? make("span", {}, result.description) : null));
  choices = results.map((result) => () => choose(result, inline));
  if (inline.button) {
    rows.push(option(choices.length, make("b", {}, inline.button.text)));
    choices.push(() => toPrivate(inline.button.start_parameter ?? ""));
  }
  if (choices.length) openWith([heading(`From ${state.home.bot.first_name}`), ...rows]);
  else closeMenu();
}

function toPrivate(payload) {
  question.value = "";
  closeMenu();
  return startPrivately(payload);
}

async function choose(result, inline) {
  question.value = "";
  grow();
  closeMenu();
  await attempt(() => postInChat("/choices", { query_id: inline.inline_query_id, result_id: result.id }));
}

// The menu of commands and examples

function openMenu(filter = null) {
  const commands = state.commands.filter((command) => command.command.startsWith(filter ?? ""));
  const examples = filter === null ? state.home.suggestions ?? [] : [];
  choices = [...commands.map((command) => `/${command.command}`), ...examples].map((text) => () => pick(text));
  if (!choices.length) return closeMenu();
  openWith([
    ...(commands.length ? [heading("Commands")] : []),
    ...commands.map((command, place) => option(place, make("b", {}, `/${command.command}`), make("span", {}, command.description))),
    ...(examples.length ? [heading("Examples")] : []),
    ...examples.map((example, place) => option(commands.length + place, example)),
  ]);
}

function openWith(rows) {
  $("menu-list").replaceChildren(...rows);
  $("menu").hidden = false;
  $("menu-button").setAttribute("aria-expanded", "true");
  mark(0);
}

const heading = (text) => make("div", { role: "presentation" }, text);

function option(place, ...children) {
  const mouse = { onmousedown: (event) => event.preventDefault(), onmousemove: () => mark(place), onclick: () => choices[place]() };
  return make("div", { role: "option", id: `choice-${place}`, "aria-selected": "false", ...mouse }, ...children);
}

function mark(place) {
  $(`choice-${chosen}`)?.setAttribute("aria-selected", "false");
  chosen = (place + choices.length) % choices.length;
  const element = $(`choice-${chosen}`);
  element.setAttribute("aria-selected", "true");
  element.scrollIntoView({ block: "nearest" });
  question.setAttribute("aria-activedescendant", element.id);
}

function pick(text) {
  question.value = text;
  send();
  question.focus();
}

export function closeMenu() {
  clearTimeout(pause);
  asking += 1;
  $("menu").hidden = true;
  chosen = -1;
  typed = null;
  $("menu-button").setAttribute("aria-expanded", "false");
  question.removeAttribute("aria-activedescendant");
}

const MENU_KEYS = {
  ArrowDown: () => mark(chosen + 1),
  ArrowUp: () => mark(chosen - 1),
  Enter: () => choices[chosen](),
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

// On a phone the keyboard takes half of the screen: whoever was at the end stays there.
let wasNearEnd = true;
$("scroller").addEventListener("scroll", () => { wasNearEnd = nearEnd() || (wasNearEnd && revealing()); }, { passive: true });
new ResizeObserver(() => {
  const last = $("log").lastElementChild;
  if (last && (wasNearEnd || revealing())) reveal(last);
}).observe($("scroller"));

$("scroller").addEventListener("scroll", () => {
  if (nearEnd()) $("latest").hidden = true;
}, { passive: true });
