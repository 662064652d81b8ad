// The input field: sending, replying and the menu of commands.

import { create, fullName, idOf } from "./message.js";

const byId = (id) => document.getElementById(id);

export class Composer {
  /** `send(text, replyTo)` sends; `commands()` fetches what the bot published for this person and chat. */
  constructor({ send, commands }) {
    this.send = send;
    this.fetchCommands = commands;
    this.replyTo = null;
    this.chosen = -1;
    this.text = byId("text");
    this.menu = byId("commands");
    byId("composer").addEventListener("submit", (event) => this.submit(event));
    byId("commands-open").addEventListener("click", () => this.toggleMenu());
    byId("reply-cancel").addEventListener("click", () => this.reply(null));
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.menu.contains(document.activeElement) || this.close()));
    this.menu.addEventListener("mousedown", (event) => event.preventDefault());
    this.menu.addEventListener("click", (event) => this.pick(event.target.closest("[data-command]")));
  }

  async changed() {
    this.grow();
    const typed = this.text.value;
    if (!/^\/\w*$/.test(typed)) return this.close();
    const commands = await this.fetchCommands();
    if (this.text.value !== typed) return;
    const name = typed.slice(1);
    const matching = commands.filter(({ command }) => command.startsWith(name));
    this.show(matching.sort((a, b) => (b.command === name) - (a.command === name)));
  }

  show(commands) {
    this.menu.replaceChildren(...commands.map(({ command, description }, index) => {
      const item = create("li", { id: `command-${index}`, role: "option" });
      item.dataset.command = `/${command}`;
      item.append(create("strong", { textContent: `/${command}` }), create("span", { textContent: description }));
      return item;
    }));
    this.menu.hidden = commands.length === 0;
    this.text.ariaExpanded = String(!this.menu.hidden);
    this.choose(this.menu.hidden ? -1 : 0);
  }

  choose(index) {
    this.chosen = index;
    [...this.menu.children].forEach((item, number) => { item.ariaSelected = String(number === index); });
    this.menu.children[index]?.scrollIntoView({ block: "nearest" });
    if (index < 0) this.text.removeAttribute("aria-activedescendant");
    else this.text.setAttribute("aria-activedescendant", `command-${index}`);
  }

  close() {
    this.show([]);
  }

  toggleMenu() {
    this.text.value = this.menu.hidden ? "/" : "";
    this.text.focus();
    this.changed();
  }

  key(event) {
    const count = this.menu.children.length;
    if (!this.menu.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      this.choose((this.chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    } else if (!this.menu.hidden && event.key === "Tab") {
      event.preventDefault();
      this.text.value = `${this.menu.children[this.chosen].dataset.command} `;
      this.close();
    } else if (event.key === "Escape") {
      if (this.menu.hidden) this.reply(null);
      this.close();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (this.menu.hidden) byId("composer").requestSubmit();
      else this.pick(this.menu.children[this.chosen]);
    }
  }

  pick(item) {
    if (!item) return;
    this.text.value = item.dataset.command;
    this.close();
    byId("composer").requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.text.value;
    if (!text.trim()) return;
    const replyTo = this.replyTo ? idOf(this.replyTo) : null;
    this.text.value = "";
    this.reply(null);
    this.grow();
    if (!(await this.send(text, replyTo)) && !this.text.value) this.text.value = text;
  }

  reply(message, placeholder = "Message") {
    this.replyTo = message;
    this.text.placeholder = placeholder;
    byId("replying").hidden = message === null;
    if (message === null) return;
    byId("replying-to").textContent = message.from ? fullName(message.from) : "";
    byId("replying-text").textContent = message.text ?? message.caption ?? "";
    this.text.focus();
  }

  insert(text) {
    this.text.value = text;
    this.text.focus();
    this.grow();
  }

  clear() {
    this.text.value = "";
    this.reply(null);
    this.close();
    this.grow();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 160)}px`;
  }
}
