// The page: who one is, which chat is open, and what happens in it.

import { Composer } from "./composer.js";
import { attempt, showAlert, showToast } from "./feedback.js";
import { create, fullName, idOf, paintAvatar, renderMessage } from "./message.js";
import { renderPanel } from "./panel.js";
import { isAtEnd, jumpTo, toEnd } from "./scrolling.js";
import { fetchCommands, follow } from "./server.js";
import { renderChatList, renderPicker, renderTopics } from "./sidebar.js";
import { refreshTimes } from "./text.js";

const byId = (id) => document.getElementById(id);
const state = { bot: null, persons: [], chats: new Map(), messages: new Map(), pressed: new Map(), panel: [] };
const opened = new Set();
const unread = new Map();
let me = null;
let chatId = null;
let topicId = null;

const composer = new Composer({
  send: (text, replyTo) => attempt("send", { ...here(), text, reply_to: replyTo, topic: topicId }),
  commands: () => fetchCommands(me, chatId),
});

const here = () => ({ person: me, chat: chatId });
const openChat = () => state.chats.get(chatId);
const messagesOf = (id) => state.messages.get(id) ?? state.messages.set(id, new Map()).get(id);
const myChats = () => [...state.chats.values()].filter(({ id, type, members }) =>
  type === "private" ? id === me : members.includes(me));
const titleOf = (chat) => (chat.type === "private" ? fullName(state.bot) : chat.title);
const isSeen = ({ receiver_user: receiver, from }) => !receiver || [receiver.id, from.id].includes(me);
const seenIn = (id) => [...messagesOf(id).values()].filter(isSeen);
const inTopic = (message) => topicId === null || message.message_thread_id === topicId;

const view = () => ({
  me,
  opened,
  isWaiting: (message, data) => [...state.pressed.values()].some((tap) =>
    tap.person === me && tap.chat === chatId && tap.message === message && tap.data === data),
});

follow(apply, (isConnected) => { byId("offline").hidden = isConnected; });
setInterval(() => refreshTimes(byId("messages")), 15_000);

function apply(event) {
  const handlers = {
    snapshot, chat: chatChanged, message: messageChanged, deleted, pressed, answered, reply_wanted: replyWanted, action, panel,
  };
  handlers[event.kind]?.(event);
}

function snapshot(event) {
  Object.assign(state, { bot: event.bot, persons: event.persons, panel: event.panel });
  state.chats = new Map(event.chats.map((chat) => [chat.id, chat]));
  state.messages = new Map();
  for (const message of event.messages) messagesOf(message.chat.id).set(idOf(message), message);
  state.pressed = new Map(event.pressed.map((tap) => [tap.query, tap]));
  const role = decodeURIComponent(location.hash.slice(1));
  const wanted = state.persons.find((person) => person.role === role) ?? state.persons[0];
  become(state.persons.some(({ id }) => id === me) ? me : wanted?.id, chatId);
  panel(event);
}

function become(person, chat = null) {
  me = person;
  unread.clear();
  byId("toast").hidden = true;
  const { role } = state.persons.find(({ id }) => id === me) ?? {};
  if (role) history.replaceState(null, "", `#${encodeURIComponent(role)}`);
  const reachable = myChats();
  const kept = reachable.find(({ id }) => id === chat);
  const group = reachable.find(({ type }) => type !== "private");
  renderPersons();
  open((kept ?? group ?? reachable[0])?.id ?? null);
}

function open(id) {
  chatId = id;
  topicId = null;
  unread.delete(id);
  composer.clear();
  renderChats();
  renderConversation();
}

function chatChanged({ chat }) {
  state.chats.set(chat.id, chat);
  renderChats();
  if (chat.id === chatId) renderHeader();
}

function messageChanged({ message }) {
  const isNew = !messagesOf(message.chat.id).has(idOf(message));
  messagesOf(message.chat.id).set(idOf(message), message);
  if (!isSeen(message)) return;
  if (isNew && message.chat.id !== chatId) unread.set(message.chat.id, (unread.get(message.chat.id) ?? 0) + 1);
  renderChats();
  if (message.chat.id !== chatId || !inTopic(message)) return;
  setStatus();
  const list = byId("messages");
  const wasAtEnd = isAtEnd();
  const old = list.querySelector(`[data-id="${idOf(message)}"]`);
  if (old) replaceMessage(old, message);
  else {
    list.querySelector(".empty")?.remove();
    list.append(messageNode(message));
  }
  if (wasAtEnd || message.from?.id === me) toEnd();
  else byId("newest").hidden = false;
  renderHeader();
}

function deleted({ chat, message }) {
  messagesOf(chat).delete(message);
  renderChats();
  if (chat === chatId) byId("messages").querySelector(`[data-id="${message}"]`)?.remove();
}

function pressed(tap) {
  state.pressed.set(tap.query, tap);
  rerenderTapped(tap);
}

function answered({ query, person, text, alert, url }) {
  const tap = state.pressed.get(query);
  state.pressed.delete(query);
  if (tap) rerenderTapped(tap);
  if (person !== me) return;
  if (url) window.open(url, "_blank", "noopener");
  if (text && alert) showAlert(text);
  else if (text) showToast(text);
}

function replyWanted({ chat, message, person, placeholder }) {
  if (chat !== chatId || (person ?? me) !== me) return;
  composer.reply(messagesOf(chat).get(message), placeholder ?? undefined);
}

function action({ chat }) {
  if (chat !== chatId) return;
  setStatus(`${state.bot.first_name} is typing…`);
  clearTimeout(action.timer);
  action.timer = setTimeout(setStatus, 5000);
}

function panel({ panel: actions }) {
  state.panel = actions;
  document.body.classList.toggle("has-company", actions.length > 0);
  renderPanel(byId("panel"), actions, (id) => attempt("panel", { id }));
}

function rerenderTapped(tap) {
  const node = byId("messages").querySelector(`[data-id="${tap.message}"]`);
  const message = messagesOf(chatId).get(tap.message);
  if (tap.chat === chatId && node && message) replaceMessage(node, message);
}

function messageNode(message) {
  const node = renderMessage(message, view());
  node.dataset.id = idOf(message);
  return node;
}

function replaceMessage(old, message) {
  const focusable = "button, a, [tabindex]";
  const index = [...old.querySelectorAll(focusable)].indexOf(document.activeElement);
  const fresh = messageNode(message);
  old.replaceWith(fresh);
  if (index >= 0) fresh.querySelectorAll(focusable)[index]?.focus({ preventScroll: true });
}

function renderPersons() {
  const withChats = state.persons.filter(({ id }) => state.chats.has(id));
  renderPicker(byId("persons"), withChats, me, (person) => become(person, chatId));
}

function renderChats() {
  const rows = myChats().map((chat) => ({
    id: chat.id,
    title: titleOf(chat),
    faceId: chat.type === "private" ? state.bot.id : chat.id,
    last: seenIn(chat.id).at(-1),
    unread: unread.get(chat.id) ?? 0,
  }));
  renderChatList(byId("chats"), rows, chatId, open);
}

function renderConversation() {
  const chat = openChat();
  byId("messages").replaceChildren();
  if (!chat) return;
  renderHeader();
  setStatus();
  const messages = seenIn(chatId).filter(inTopic);
  byId("messages").append(...messages.map(messageNode));
  if (messages.length === 0) byId("messages").append(create("p", {
    className: "empty",
    textContent: chat.type === "private" ? "Press Start to talk to the bot." : "Write / to see what the bot can do.",
  }));
  toEnd();
}

function renderHeader() {
  const chat = openChat();
  byId("chat-title").textContent = titleOf(chat);
  paintAvatar(byId("chat-avatar"), titleOf(chat), chat.type === "private" ? state.bot.id : chat.id);
  const pinned = messagesOf(chatId).get(chat.pinned.at(-1));
  byId("pinned").hidden = !pinned;
  byId("pinned").textContent = pinned ? (pinned.text ?? pinned.caption ?? "Message") : "";
  byId("pinned").dataset.jump = pinned?.message_id;
  const isOpen = chat.type !== "private" || chat.members.includes(state.bot.id);
  byId("start").hidden = isOpen;
  byId("composer").hidden = !isOpen;
  renderTopics(byId("topics"), chat.topics, topicId, (id) => { topicId = id; renderConversation(); });
}

function setStatus(words) {
  const chat = openChat();
  const people = chat.members.length === 1 ? "1 member" : `${chat.members.length} members`;
  byId("chat-status").textContent = words ?? (chat.type === "private" ? "bot" : people);
}

byId("start").addEventListener("click", () => attempt("send", { ...here(), text: "/start" }));
byId("company-toggle").addEventListener("click", () => {
  const isOpen = byId("company").classList.toggle("open");
  byId("company-toggle").ariaExpanded = String(isOpen);
});
byId("messages").addEventListener("click", async (event) => {
  const { press, message, open: url, copy, insert, send, reply, jump } = event.target.closest("button")?.dataset ?? {};
  if (press !== undefined && !view().isWaiting(Number(message), press)) {
    await attempt("press", { ...here(), message: Number(message), data: press });
  } else if (url && /^https?:/.test(url)) {
    window.open(url, "_blank", "noopener");
  } else if (copy) {
    await navigator.clipboard.writeText(copy).then(() => showToast("Copied."), () => showToast(copy));
  } else if (insert !== undefined) {
    composer.insert(`@${state.bot.username} ${insert}`);
  } else if (send) {
    await attempt("send", { ...here(), text: send, topic: topicId });
  } else if (reply) {
    composer.reply(messagesOf(chatId).get(Number(reply)));
  } else if (jump) {
    jumpTo(jump);
  }
});
