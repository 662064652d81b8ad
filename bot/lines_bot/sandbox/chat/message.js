// One message as a bubble: who, what it replies to, text, files, buttons.

import { renderText } from "./text.js";

const SERVICE = [
  ["new_chat_members", (m) => `${m.new_chat_members.map(fullName).join(", ")} joined the group`],
  ["left_chat_member", (m) => `${fullName(m.left_chat_member)} left the group`],
  ["migrate_to_chat_id", () => "The group became a supergroup"],
  ["migrate_from_chat_id", () => "The supergroup was made from a group"],
];

export function fullName(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

/** What the page calls a message; one that a person alone sees has a number of its own kind. */
export function idOf(message) {
  return message.message_id || -message.ephemeral_message_id;
}

export function create(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export function paintAvatar(node, name, id) {
  node.textContent = name.split(" ").map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  node.style.setProperty("--hue", (Math.abs(id) * 67) % 360);
}

/** `view` says who looks: {me, botId, opened, isWaiting(message, data)}. */
export function renderMessage(message, view) {
  const service = SERVICE.find(([field]) => field in message);
  if (service) return create("p", { className: "service", textContent: service[1](message) });
  const sender = message.sender_chat?.title ?? fullName(message.from);
  const senderId = message.sender_chat?.id ?? message.from.id;
  const isMine = message.from.id === view.me && !message.sender_chat;
  const article = create("article", { className: `message ${isMine ? "mine" : "theirs"}` });
  article.dataset.sender = senderId;
  article.setAttribute("aria-label", `${isMine ? "You" : sender}, ${clock(message.date)}`);
  const avatar = create("span", { className: "avatar", ariaHidden: "true" });
  paintAvatar(avatar, sender, senderId);
  const body = create("div", { className: "body" });
  body.append(bubble(message, sender, senderId, view));
  if (message.reply_markup?.inline_keyboard) body.append(keyboard(message, view));
  article.append(avatar, body);
  return article;
}

function bubble(message, sender, senderId, view) {
  const node = create("div", { className: "bubble" });
  const name = create("strong", { className: "sender", textContent: sender });
  name.style.setProperty("--hue", (Math.abs(senderId) * 67) % 360);
  if (message.from.is_bot && !message.sender_chat) name.append(create("small", { textContent: "bot" }));
  node.append(name);
  if (message.forward_origin) {
    const from = fullName(message.forward_origin.sender_user ?? {});
    node.append(create("p", { className: "forwarded", textContent: `Forwarded from ${from}` }));
  }
  if (message.reply_to_message) node.append(quote(message.reply_to_message));
  if (message.document) node.append(file(message.document));
  if (message.photo) {
    const source = `/page/files/${message.photo.at(-1).file_id}`;
    node.append(create("img", { className: "photo", src: source, alt: message.caption ?? "Photo" }));
  }
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  if (text) {
    const paragraph = create("div", { className: "text" });
    paragraph.append(renderText(text, entities, view.opened, idOf(message)));
    node.append(paragraph);
  }
  if (message.receiver_user) node.append(create("p", { className: "ephemeral", textContent: "Only you see this" }));
  const mark = message.edit_date ? "edited " : "";
  const time = create("span", { className: "time", textContent: mark + clock(message.date) });
  (node.querySelector(".text") ?? node).append(time);
  const reply = create("button", { type: "button", className: "icon reply", textContent: "↩︎", title: "Reply" });
  reply.setAttribute("aria-label", `Reply to ${sender}`);
  reply.dataset.reply = idOf(message);
  node.append(reply);
  return node;
}

function quote(original) {
  const node = create("button", { type: "button", className: "quote" });
  node.dataset.jump = original.message_id;
  node.append(
    create("strong", { textContent: original.sender_chat?.title ?? fullName(original.from ?? {}) }),
    create("span", { textContent: original.text ?? original.caption ?? "Message" }),
  );
  return node;
}

function file({ file_id: id, file_name: name, file_size: size }) {
  const link = create("a", { className: "file", href: `/page/files/${id}`, download: name });
  link.append(create("strong", { textContent: name }));
  link.append(create("small", { textContent: `${(size / 1024).toFixed(1)} KB` }));
  return link;
}

function keyboard(message, view) {
  const node = create("div", { className: "keyboard" });
  for (const row of message.reply_markup.inline_keyboard) {
    node.append(create("div", { className: "row" }, ...row.map((button) => key(message, button, view))));
  }
  return node;
}

function key(message, button, view) {
  const node = create("button", { type: "button", className: `key ${button.style ?? ""}` });
  node.append(create("span", { textContent: button.text }));
  if (button.callback_data !== undefined) {
    node.dataset.press = button.callback_data;
    node.dataset.message = idOf(message);
    const isWaiting = view.isWaiting(idOf(message), button.callback_data);
    node.classList.toggle("waiting", isWaiting);
    node.ariaBusy = String(isWaiting);
  } else if (button.url !== undefined) {
    node.dataset.open = button.url;
    node.append(create("small", { textContent: "↗", ariaHidden: "true" }));
  } else if (button.copy_text) {
    node.dataset.copy = button.copy_text.text;
    node.title = `Copy “${button.copy_text.text}”`;
    node.append(create("small", { textContent: "copy", ariaHidden: "true" }));
  } else if (button.disabled) {
    node.disabled = true;
  } else if (button.switch_inline_query_current_chat !== undefined) {
    node.dataset.insert = button.switch_inline_query_current_chat;
  }
  return node;
}

function clock(unixTime) {
  return new Date(unixTime * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
