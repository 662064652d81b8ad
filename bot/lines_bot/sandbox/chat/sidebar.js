// Who one is, the list of chats and the topics of a forum.

import { create, paintAvatar } from "./message.js";

/** `choose(id)` is called with the person that one becomes. */
export function renderPicker(root, persons, me, choose) {
  const labels = persons.map((person) => {
    const input = create("input", { type: "radio", name: "person", value: person.id, checked: person.id === me });
    input.addEventListener("change", () => choose(person.id));
    const name = create("span", { className: "name" }, person.name, create("small", { textContent: person.role }));
    return create("label", { className: "person" }, input, face(person.name, person.id), name);
  });
  const hadFocus = root.contains(document.activeElement);
  root.replaceChildren(root.querySelector("legend"), ...labels);
  if (hadFocus) root.querySelector(":checked")?.focus();
}

/** `rows` are {id, title, faceId, last, unread}, `last` being the newest message. */
export function renderChatList(root, rows, openId, open) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.chat : null;
  root.replaceChildren(...rows.map(({ id, title, faceId, last, unread }) => {
    const preview = last ? (last.text ?? last.caption ?? "…") : "No messages yet";
    const about = create("span", { className: "about" },
      create("strong", { textContent: title }), create("small", { textContent: preview }));
    const button = create("button", { type: "button" }, face(title, faceId), about);
    if (unread) button.append(create("span", { className: "unread", title: "Unread", textContent: unread }));
    button.dataset.chat = id;
    button.setAttribute("aria-current", id === openId);
    button.addEventListener("click", () => open(id));
    return create("li", {}, button);
  }));
  if (focused) root.querySelector(`[data-chat="${focused}"]`)?.focus();
}

export function renderTopics(root, topics, current, choose) {
  root.hidden = topics.length === 0;
  root.replaceChildren(...[{ id: null, name: "All" }, ...topics].map(({ id, name, closed }) => {
    const button = create("button", { type: "button", textContent: closed ? `${name} (closed)` : name });
    button.setAttribute("aria-pressed", id === current);
    button.addEventListener("click", () => choose(id));
    return button;
  }));
}

function face(name, id) {
  const avatar = create("span", { className: "avatar", ariaHidden: "true" });
  paintAvatar(avatar, name, id);
  return avatar;
}
