// Talking to the server, and what is known from it.

import { toast } from "./elements.js";

const WHO = new URLSearchParams(location.search).get("as") ?? "you";

export const state = { home: null, chat: null, topic: null, shown: new Map(), commands: [], seen: 0, replyTo: null, editing: null };

export const pathOf = (path) => `/people/${WHO}${path}`;
const inChat = (path = "") => `/chats/${state.chat.id}${path}`;

export async function ask(path, options) {
  const answer = await fetch(pathOf(path), options);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.error ?? `The server answered ${answer.status}.`);
  return value;
}

export function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export const postInChat = (path, body) => post(inChat(path), body);
export const history = () => ask(inChat());
export const takeBack = (message) => ask(inChat(`/messages/${message.message_id}`), { method: "DELETE" });

export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

export function say(text, replyTo = null) {
  return attempt(() => postInChat("/messages", { text, reply_to: replyTo, topic: state.topic }));
}

export function attach(file, caption) {
  const body = new FormData();
  body.append("file", file);
  body.append("caption", caption);
  if (state.topic) body.append("topic", state.topic);
  return attempt(() => ask(inChat("/files"), { method: "POST", body }));
}
