// The page's HTTP API.

/** One action of a person. Returns the answer, or throws an Error with Telegram's words. */
export async function act(name, body) {
  const response = await fetch(`/page/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => { throw new Error("The sandbox does not answer. Is it still running?"); });
  const answer = await response.json().catch(() => ({ ok: false, description: `HTTP ${response.status}` }));
  if (!answer.ok) throw new Error(answer.description);
  return answer;
}

export async function fetchCommands(person, chat) {
  const response = await fetch(`/page/commands?${new URLSearchParams({ person, chat })}`);
  return response.ok ? response.json() : [];
}

/** Calls `apply` with every event; the first one after each connection is the whole state. */
export function follow(apply, connected) {
  const events = new EventSource("/page/events");
  events.addEventListener("message", (event) => apply(JSON.parse(event.data)));
  events.addEventListener("open", () => connected(true));
  events.addEventListener("error", () => connected(false));
}
