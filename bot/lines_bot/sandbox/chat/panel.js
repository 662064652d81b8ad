// The company: buttons whose list, states and actions come from the demo.

import { create } from "./message.js";

/** `run(id)` does an action and resolves when it is done. */
export function renderPanel(root, actions, run) {
  const groups = Map.groupBy ? Map.groupBy(actions, ({ group }) => group) : groupBy(actions);
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  root.replaceChildren(...[...groups].map(([name, members]) => section(name, members, run)));
  if (focused) root.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

function groupBy(actions) {
  const groups = new Map();
  for (const action of actions) groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
  return groups;
}

function section(name, actions, run) {
  const node = create("section");
  if (name) node.append(create("h3", { textContent: name }));
  node.append(...actions.map((action) => button(action, run)));
  return node;
}

function button({ id, label, state }, run) {
  const node = create("button", { type: "button", className: "action" });
  node.dataset.action = id;
  node.append(create("span", { textContent: label }));
  if (state) node.append(create("small", { textContent: state }));
  node.addEventListener("click", async () => {
    node.ariaBusy = "true";
    await run(id);
    node.ariaBusy = "false";
  });
  return node;
}
