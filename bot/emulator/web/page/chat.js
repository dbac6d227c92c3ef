// The chat page: shows one person's chats with the bot, as the server tells of them.

import { $, make } from "./elements.js";
import { listChats, listMembers, onEnter } from "./chats.js";
import { answered, closeMenu, editing, offered, replyTo, stopTyping, typing } from "./composer.js";
import { edited, place, reacted, received, removed } from "./messages.js";
import { reveal } from "./scrolling.js";
import { ask, attempt, history, pathOf, say, state } from "./server.js";

const question = $("question");

// What happens

const HAPPENED = { message: received, edited, deleted: removed, action: typing, reaction: reacted };
const EVERYWHERE = { answer: answered, inline: offered, commands: () => attempt(refreshCommands), chats: () => attempt(refreshChats) };

function happened(event) {
  if (event.number <= state.seen) return;
  state.seen = event.number;
  if (EVERYWHERE[event.kind]) EVERYWHERE[event.kind](event);
  else if (event.chat_id === state.chat?.id) HAPPENED[event.kind]?.(event);
}

function listen() {
  const stream = new EventSource(pathOf(`/events?after=${state.seen}`));
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

// Entering a chat

function welcome() {
  const { bot, suggestions = [] } = state.home;
  document.title = bot.first_name;
  const inGroup = state.chat && state.chat.type !== "private";
  $("welcome-text").textContent = inGroup
    ? `In a group: /ask and your question, mention @${bot.username}, or reply to one of its messages. What people say to each other it leaves alone.`
    : "Say something to begin.";
  $("welcome-examples").hidden = !suggestions.length;
  $("suggestions").replaceChildren(...suggestions.map((text) =>
    make("li", {}, make("button", { type: "button", onclick: () => { say(inGroup ? `/ask ${text}` : text); question.focus(); } }, text))));
}

function heading() {
  const { bot } = state.home;
  const { chat } = state;
  const topic = chat.topics?.find((one) => one.id === state.topic);
  const count = chat.members.filter((member) => !["left", "kicked"].includes(member.status)).length;
  $("bot-name").textContent = chat.type === "private" ? bot.first_name : chat.title;
  $("about").textContent = chat.type === "private" ? `@${bot.username}` : `${topic ? `${topic.name}, ` : chat.is_forum ? "General, " : ""}${count} members`;
}

async function enter(chat, topic = null) {
  // On a page that just loads, what was typed meanwhile stays.
  if (state.chat && (chat.id !== state.chat.id || topic !== state.topic)) {
    editing(null);
    replyTo(null);
    closeMenu();
    stopTyping();
  }
  Object.assign(state, { chat, topic });
  $("send").disabled = false;
  const found = await history();
  if (state.chat.id !== chat.id || state.topic !== topic) return;
  Object.assign(state, { chat: found.chat, commands: found.commands ?? [], seen: Math.max(state.seen, found.seen) });
  about();
  state.shown.clear();
  delete $("log").dataset.day;
  $("log").replaceChildren();
  $("log").setAttribute("aria-busy", "true");
  for (const shown of found.messages ?? []) place(shown);
  $("log").removeAttribute("aria-busy");
  welcome();
  $("welcome").hidden = $("log").querySelector("article") !== null;
  if ($("log").lastElementChild) reveal($("log").lastElementChild);
}

function about() {
  listChats();
  listMembers();
  heading();
  $("menu-button").hidden = !state.commands.length && !(state.home.suggestions ?? []).length;
}

async function refreshCommands() {
  state.commands = (await history()).commands ?? [];
  about();
}

async function refreshChats() {
  const seen = state.seen;
  state.home = await ask("");
  state.seen = seen;
  const current = state.home.chats.find((chat) => chat.id === state.chat?.id);
  if (!current) return enter(state.home.chats[0]);
  state.chat = current;
  await refreshCommands();
}

async function refresh() {
  state.home = await ask("");
  state.seen = state.home.seen;
  welcome();
  const wanted = state.chat?.id ?? Number(new URLSearchParams(location.search).get("chat"));
  const current = state.home.chats.find((chat) => chat.id === wanted) ?? state.home.chats[0];
  if (current) await enter(current, current.id === state.chat?.id ? state.topic : null);
}

onEnter(enter);
await attempt(refresh);
if (state.home) listen();
if (matchMedia("(hover: hover)").matches) question.focus();
