// The side of the page: who one is, one's chats with their topics, and who is in a group.

import { $, make } from "./elements.js";
import { attempt, post, postInChat, say, state } from "./server.js";

let enter = () => {};

export function onEnter(act) {
  enter = act;
}

const PARTS = { creator: "owner", administrator: "administrator", member: "", restricted: "muted", left: "not here", kicked: "removed" };
const isIn = (member) => !["left", "kicked"].includes(member.status);

export function listChats() {
  const { person, people, chats } = state.home;
  $("person").replaceChildren(...people.map((one) => make("option", { value: one.id, selected: one.id === person.id }, named(one))));
  $("chat-list").replaceChildren(...chats.flatMap((chat) => [chatButton(chat), ...(chat.id === state.chat?.id ? topicButtons(chat) : [])]));
}

const named = (person) => (person.language_code ? `${person.first_name} (${person.language_code})` : person.first_name);

function chatButton(chat) {
  const here = chat.id === state.chat?.id && state.topic === null;
  return make("button", { type: "button", "aria-current": here && "true", onclick: () => go(chat, null) },
    make("span", {}, chat.title), make("small", {}, KIND[chat.type] ?? ""));
}

const KIND = { private: "bot", group: "group", supergroup: "group", channel: "channel" };

function topicButtons(chat) {
  if (!chat.is_forum) return [];
  return (chat.topics ?? []).map((topic) => make("button", { type: "button", class: "topic", "aria-current": topic.id === state.topic && "true",
    onclick: () => go(chat, topic.id) }, make("span", {}, topic.name), topic.closed ? make("small", {}, "closed") : null));
}

function go(chat, topic) {
  showSide(false);
  return attempt(() => enter(chat, topic));
}

// Follows a link to the bot: the app sends /start there with what the link carries.
export async function startPrivately(payload) {
  await go(state.home.chats.find((chat) => chat.type === "private"), null);
  return say(`/start ${payload}`.trim());
}

// On narrow screens the side lies over the chat.
export function showSide(open) {
  $("chats").classList.toggle("open", open);
  $("side-button").setAttribute("aria-expanded", String(open));
}

$("side-button").addEventListener("click", () => showSide(!$("chats").classList.contains("open")));
$("chats").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !$("chats").classList.contains("open")) return;
  showSide(false);
  $("side-button").focus();
});

$("person").addEventListener("change", () => {
  const wanted = new URL(location.href);
  wanted.searchParams.set("as", $("person").value);
  if (state.chat?.type !== "private") wanted.searchParams.set("chat", state.chat.id);
  else wanted.searchParams.delete("chat");
  location.assign(wanted);
});

// Asking for names

let asked = () => {};

function askFor(title, fields, act) {
  $("form-title").textContent = title;
  $("form-fields").replaceChildren(...fields.map(([name, label, value]) =>
    make("label", {}, label, make("input", { name, value, maxlength: 128, autocomplete: "off" }))));
  asked = act;
  $("form").showModal();
}

$("form").addEventListener("close", () => {
  if ($("form").returnValue !== "do") return;
  attempt(() => asked(Object.fromEntries(new FormData($("form-itself")))));
});

$("new-person").addEventListener("click", () => askFor("Another person", [["name", "Name", ""], ["language_code", "Language of their app", "en"]],
  ({ name, language_code: language }) => post("/people", { name, language_code: language || null })));

$("new-group").addEventListener("click", () => askFor("A new group with everybody", [["title", "Name", ""], ["topics", "Topics, with commas between them (none for a plain group)", ""]],
  ({ title, topics }) => post("/chats", { title, topics: topics.split(",").map((topic) => topic.trim()).filter(Boolean) })));

// Who is in a group

export function listMembers() {
  const chat = state.chat;
  $("members-button").hidden = chat.type === "private";
  if (chat.type === "private") return;
  const bot = state.home.bot.id;
  const others = state.home.people.filter((one) => !chat.members.some((member) => member.user.id === one.id && isIn(member)));
  $("members-title").textContent = chat.title;
  $("members-list").replaceChildren(
    ...chat.members.filter((member) => isIn(member) || member.user.id === bot).map((member) => memberRow(member, bot)),
    ...others.map((one) => row(one.first_name, "not here", [["Add", "add", one.id]])),
    ...(chat.topics ?? []).map(topicRow));
  $("new-topic").hidden = !chat.is_forum;
  $("upgrade").hidden = chat.type !== "group";
}

function memberRow(member, bot) {
  const who = member.user.id === bot ? 0 : member.user.id;
  const part = member.is_anonymous ? "speaks as the group" : PARTS[member.status];
  if (!isIn(member)) return row(member.user.first_name, part, [["Add", "add", who]]);
  const up = member.status === "member" ? [["Promote", "promote", who]] : [];
  const down = member.status === "administrator" ? [["Demote", "demote", who]] : [];
  const hide = who && member.status !== "member" ? [member.is_anonymous ? ["Show name", "promote", who] : ["Hide name", "anonymous", who]] : [];
  const out = member.status === "creator" ? [] : [["Remove", "remove", who]];
  return row(member.user.first_name, part, [...up, ...down, ...hide, ...out]);
}

function row(name, part, acts) {
  return make("li", {}, make("span", {}, make("b", {}, name), part ? make("small", {}, part) : null),
    ...acts.map(([label, act, who]) => make("button", { type: "button", class: "quiet-button", "aria-label": `${label} ${name}`,
      onclick: () => attempt(() => postInChat("/members", { act, who })) }, label)));
}

function topicRow(topic) {
  const label = topic.closed ? "Open" : "Close";
  return make("li", {}, make("span", {}, make("b", {}, topic.name), make("small", {}, topic.closed ? "topic, closed" : "topic")),
    make("button", { type: "button", class: "quiet-button", "aria-label": `${label} ${topic.name}`,
      onclick: () => attempt(() => postInChat(`/topics/${topic.id}`, { closed: !topic.closed })) }, label));
}

$("members-button").addEventListener("click", () => $("members").showModal());
$("new-topic").addEventListener("click", () => askFor("A new topic", [["name", "Name", ""]], ({ name }) => postInChat("/topics", { name })));
$("upgrade").addEventListener("click", () => attempt(() => postInChat("/upgrade", {})));
