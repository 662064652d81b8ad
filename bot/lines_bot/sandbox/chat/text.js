// Text with Telegram's entities as DOM nodes. Nothing that anybody wrote becomes markup: only textContent is set.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span", date_time: "time",
  bot_command: "button", url: "a", text_link: "a",
};
const LINKS = ["http:", "https:"];
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
// As in Telegram, times are in the reader's own language.
const relative = new Intl.RelativeTimeFormat(navigator.language, { numeric: "auto" });

/** `opened` remembers what the reader revealed, so that an edit does not hide it again. */
export function renderText(text, entities, opened, key) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return fill(document.createDocumentFragment(), text, 0, text.length, sorted, opened, key);
}

/** Shows relative times anew; called from time to time. */
export function refreshTimes(root) {
  for (const node of root.querySelectorAll("time[data-relative]")) {
    node.textContent = ago(Number(node.dataset.relative));
  }
}

export function ago(unixTime) {
  const seconds = Math.round(unixTime - Date.now() / 1000);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

function fill(parent, text, start, end, entities, opened, key) {
  let position = start;
  for (let index = 0; index < entities.length; index++) {
    const entity = entities[index];
    const stop = entity.offset + entity.length;
    if (entity.offset < position || stop > end) continue;
    const inner = entities.slice(index + 1).filter((other) => other.offset + other.length <= stop);
    parent.append(text.slice(position, entity.offset));
    const node = element(entity, text.slice(entity.offset, stop), opened, `${key}:${entity.offset}`);
    if (!node.textContent) fill(node, text, entity.offset, stop, inner, opened, key);
    parent.append(node);
    position = stop;
  }
  parent.append(text.slice(position, end));
  return parent;
}

function element(entity, covered, opened, key) {
  const url = entity.type === "url" ? covered : entity.url;
  const isLink = url !== undefined && URL.canParse(url) && LINKS.includes(new URL(url).protocol);
  const tag = TAGS[entity.type];
  const node = document.createElement(tag === undefined || (tag === "a" && !isLink) ? "span" : tag);
  node.className = entity.type;
  if (isLink) Object.assign(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
  if (entity.type === "pre" && entity.language) node.dataset.language = entity.language;
  if (entity.type === "bot_command") Object.assign(node, { type: "button" }).dataset.send = covered;
  if (entity.type === "date_time") showTime(node, entity);
  if (["spoiler", "expandable_blockquote"].includes(entity.type)) makeOpenable(node, opened, key);
  return node;
}

function makeOpenable(node, opened, key) {
  const open = () => {
    const isOpen = opened.has(key) ? !opened.delete(key) : Boolean(opened.add(key));
    node.setAttribute("aria-expanded", isOpen);
  };
  node.setAttribute("role", "button");
  node.setAttribute("aria-expanded", opened.has(key));
  node.tabIndex = 0;
  node.addEventListener("click", (event) => event.target.closest("a, [data-send]") || open());
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
}

function showTime(node, { unix_time: unixTime, date_time_format: format }) {
  const date = new Date(unixTime * 1000);
  node.dateTime = date.toISOString();
  node.title = date.toLocaleString("en");
  if (!format) return;
  if (format === "r") {
    node.dataset.relative = unixTime;
    node.textContent = ago(unixTime);
    return;
  }
  const options = {};
  if (format.includes("w")) options.weekday = "long";
  if (format.includes("d")) Object.assign(options, { day: "numeric", month: "numeric", year: "2-digit" });
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  node.textContent = new Intl.DateTimeFormat("en-GB", options).format(date);
}
