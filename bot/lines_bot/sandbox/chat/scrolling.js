// Where the reader stands in the conversation.

const byId = (id) => document.getElementById(id);

export function isAtEnd() {
  const { scrollHeight, scrollTop, clientHeight } = byId("messages");
  return scrollHeight - scrollTop - clientHeight < 80;
}

export function toEnd() {
  byId("messages").scrollTop = byId("messages").scrollHeight;
  byId("newest").hidden = true;
}

/** Shows a message by its id and lets it flash. */
export function jumpTo(id) {
  const node = byId("messages").querySelector(`[data-id="${id}"]`);
  node?.scrollIntoView({ block: "center" });
  node?.animate([{ background: "var(--flash)" }, { background: "transparent" }], 1200);
}

byId("messages").addEventListener("scroll", () => { if (isAtEnd()) byId("newest").hidden = true; });
byId("newest").addEventListener("click", toEnd);
byId("pinned").addEventListener("click", () => jumpTo(byId("pinned").dataset.jump));
