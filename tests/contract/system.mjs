/**
 * `System` as a script on the platform finds it, over a company held in memory.
 *
 * Written from the vendor's page and from scripts seen at work, not from the bridge: values are the SDK's own objects
 * (references that are fetched, datetimes, enumerations), absent values are undefined, a search gives ten rows unless
 * told and gives deleted ones too, and every rule refuses in the platform's words. The clock stands still but while
 * the SDK is at work: what is asked for side by side takes the time of one.
 */

const TYPES = ["telegram", "telegramBot", "inbox", "viberbot", "livechat", "instagram", "internal", "support"];
const RECONNECTABLE = ["telegramBot", "inbox", "viberbot", "livechat", "instagram"];
const COMMON = {
  __id: "id",
  __name: "text",
  __createdAt: "time",
  __createdBy: "users",
  __updatedAt: "time",
  __updatedBy: "users",
  __deletedAt: "time",
};
/** A kind that is a collection's name is a reference into it. */
const FIELDS = {
  lines: { ...COMMON },
  channels: { ...COMMON, _state: "code", _type: "code", _line: "lines" },
  clients: { ...COMMON, _channel: "channels", _username: "text", _applicationItem: "app" },
  sessions: {
    ...COMMON,
    _state: "code",
    _priority: "code",
    _line: "lines",
    _channel: "channels",
    _clients: ["clients"],
    _userId: "text",
    _userGroupId: "text",
    _apps: ["app"],
    _acceptedAt: "time",
    _closedAt: "time",
    _lastActivityAt: "time",
    _externalChatId: "text",
    _externalChatName: "text",
  },
  users: { ...COMMON, email: "text", presence: "text" },
  userGroups: { ...COMMON },
  messages: { ...COMMON, session: "sessions", client: "clients", operator: "users", files: ["file"] },
};

export class Datetime {
  #date;

  constructor(value) {
    this.#date = new Date(value.getTime());
  }

  asDate() {
    return new Date(this.#date.getTime());
  }
}

export class HttpResponse {
  constructor(status = 200) {
    this.code = status;
    this.headers = {};
    this.text = "";
  }

  status(code) {
    this.code = code;
    return this;
  }

  content(text) {
    this.text = text;
    return this;
  }

  json(value) {
    return this.set("Content-Type", "application/json").content(JSON.stringify(value));
  }

  set(header, value) {
    this.headers[header] = value;
    return this;
  }
}

/** The company, its clock, and the ways in which one platform may differ from the next. */
export class Company {
  constructor(document, settings = {}) {
    this.now = Date.parse(document.now);
    this.me = document.me ?? null;
    this.rows = {};
    for (const collection of Object.keys(FIELDS)) {
      this.rows[collection] = new Map((document[collection] ?? []).map((row) => [row.__id, row]));
    }
    this.settings = {
      enumerationsAreCodes: false,
      tellsUser: true,
      newestMessageFirst: false,
      parsesBody: false,
      unknownFields: [],
      millisecondsPerOperation: 0,
      mostPerPage: [],
      repeatsPages: false,
      failures: {},
      ...settings,
    };
    this.started = this.now;
    this.pending = [];
    this.pages = 0;
    this.made = 0;
    this.operations = [];
    this.inFlight = 0;
    this.peak = 0;
    const enumeration = (codes) => Object.fromEntries(codes.map((code) => [code, this.code(code)]));
    this.globals = {
      Datetime,
      HttpResponse,
      System: this.system(),
      LineChannelState: enumeration(["active", "disconnected", "error"]),
      LineChannelType: enumeration(TYPES),
      LineSessionState: enumeration(["Waiting", "AssignedToBot", "AssignedToOperator", "MarkedAsSpam", "Closed"]),
      LineSessionPriority: enumeration(["Low", "Medium", "High"]),
    };
  }

  code(code) {
    return this.settings.enumerationsAreCodes ? code : { code, name: `The product's name for ${code}` };
  }

  codeOf(value) {
    const code = this.settings.enumerationsAreCodes ? value : value.code;
    if (typeof code !== "string") {
      throw new TypeError("A value of the enumeration is needed");
    }
    return code;
  }

  system() {
    const collection = (name) => ({ search: () => new Search(this, name) });
    return {
      lines: {
        lines: collection("lines"),
        channels: collection("channels"),
        clients: collection("clients"),
        sessions: { ...collection("sessions"), create: (channel, account) => this.create(channel, account) },
      },
      users: {
        ...collection("users"),
        getCurrentUser: () =>
          this.operate("users.getCurrentUser", () => {
            if (!this.settings.tellsUser) {
              throw new Error("getCurrentUser is not available in server scripts");
            }
            const row = this.present("users", this.me);
            return row && this.item("users", row);
          }),
      },
      userGroups: collection("userGroups"),
    };
  }

  /** One promise of the SDK: it takes a turn of the event loop and, by the script's clock, the time that was set. */
  async operate(name, act) {
    this.operations.push(name);
    this.inFlight += 1;
    this.peak = Math.max(this.peak, this.inFlight);
    await this.pass(this.settings.millisecondsPerOperation);
    this.inFlight -= 1;
    if (name in this.settings.failures) {
      const { error, value } = this.settings.failures[name];
      throw error === undefined ? value : new Error(error);
    }
    return act();
  }

  pass(milliseconds) {
    return new Promise((resolve) => {
      this.pending.push({ at: this.now + milliseconds, resolve });
      if (this.pending.length === 1) {
        setImmediate(() => this.tick());
      }
    });
  }

  /** The clock goes on to the next end of an operation, and all that end then end. */
  tick() {
    this.now = Math.min(...this.pending.map(({ at }) => at));
    const ended = this.pending.filter(({ at }) => at === this.now);
    this.pending = this.pending.filter(({ at }) => at !== this.now);
    if (this.pending.length > 0) {
      setImmediate(() => this.tick());
    }
    ended.forEach(({ resolve }) => resolve());
  }

  /** The part of `all` that the platform gives where `size` rows from an offset on are asked for. */
  page(all, from, size) {
    const { mostPerPage, repeatsPages } = this.settings;
    const start = repeatsPages ? 0 : from;
    const most = mostPerPage.length === 0 ? size : mostPerPage[this.pages % mostPerPage.length];
    this.pages += 1;
    return all.slice(start, start + Math.min(size, most));
  }

  time() {
    return new Date(this.now).toISOString();
  }

  present(collection, id) {
    const row = this.rows[collection].get(id);
    return row && row.__deletedAt == null ? row : undefined;
  }

  change(row, values) {
    Object.assign(row, values, { __updatedAt: this.time(), __updatedBy: this.me });
  }

  add(collection, values) {
    this.made += 1;
    const made = `00000000-0000-4000-8000-${String(this.made).padStart(12, "0")}`;
    const row = { __id: made, __createdAt: this.time(), __createdBy: this.me, __updatedAt: this.time(), ...values };
    this.rows[collection].set(row.__id, row);
    return row;
  }

  item(collection, row) {
    const Kind = { channels: Channel, clients: Client, sessions: Session, userGroups: UserGroup }[collection] ?? Item;
    return new Kind(this, collection, row);
  }

  value(kind, raw) {
    if (raw == null) {
      return undefined;
    }
    if (Array.isArray(kind)) {
      return raw.map((each) => this.value(kind[0], each));
    }
    switch (kind) {
      case "time":
        return new Datetime(new Date(raw));
      case "code":
        return this.code(raw);
      case "app":
        return { ...raw, fetch: async () => ({ ...raw }) };
      case "file":
        return { id: raw.__id, fetch: () => this.operate("files.fetch", () => ({ id: raw.__id, data: { ...raw } })) };
      default:
        return kind in FIELDS ? new Reference(this, kind, raw) : raw;
    }
  }

  create(channel, account) {
    return this.operate("sessions.create", () => {
      const target = this.rows.channels.get(idOf(channel, "channels"));
      const line = this.present("lines", target._line);
      const operators = (line?.$operators ?? []).flatMap((id) => this.present("userGroups", id)?.$users ?? []);
      if (this.me === null || !operators.includes(this.me)) {
        throw new Error("You are not an operator of this line");
      }
      if (this.present("users", this.me)?.presence === "offline") {
        throw new Error("Operator status is Offline");
      }
      if (target._state !== "active") {
        throw new Error("Channel is switched off");
      }
      const clients = [...this.rows.clients.values()].filter((row) => row.__deletedAt == null);
      let client = clients.find((row) => row._channel === target.__id && row._username === account);
      const sessions = [...this.rows.sessions.values()].filter((row) => row.__deletedAt == null && isOpen(row));
      if (client && sessions.some((row) => (row._clients ?? []).includes(client.__id))) {
        throw new Error("Client already has an active session");
      }
      if (target._type === "telegramBot" && !client?.$wrote) {
        throw new Error("Bot cannot send the first message");
      }
      client ??= this.add("clients", { __name: account, _channel: target.__id, _username: account, $wrote: false });
      const row = this.add("sessions", {
        __name: client.__name,
        _state: "AssignedToOperator",
        _priority: "Medium",
        _line: target._line,
        _channel: target.__id,
        _clients: [client.__id],
        _userId: this.me,
        _apps: [],
        _acceptedAt: this.time(),
      });
      return this.item("sessions", row);
    });
  }
}

function isOpen(session) {
  return !["Closed", "MarkedAsSpam"].includes(session._state);
}

function idOf(reference, collection) {
  if (!(reference instanceof Reference) || reference.code !== collection) {
    throw new TypeError(`A reference into ${collection} is needed`);
  }
  return reference.id;
}

class Reference {
  constructor(company, collection, id) {
    this.id = id;
    this.namespace = "system";
    this.code = collection;
    Object.defineProperty(this, "company", { value: company });
  }

  fetch() {
    return this.company.operate(`${this.code}.fetch`, () => {
      const row = this.company.rows[this.code].get(this.id);
      if (!row) {
        throw new Error("Item not found");
      }
      return this.company.item(this.code, row);
    });
  }
}

class Item extends Reference {
  constructor(company, collection, row) {
    super(company, collection, row.__id);
    const published = Object.entries(row).filter(([name]) => !name.startsWith("$"));
    this.data = Object.fromEntries(
      published.map(([name, raw]) => [name, company.value(FIELDS[collection][name], raw)]),
    );
    Object.defineProperty(this, "row", { value: row });
  }

  act(name, change) {
    return this.company.operate(`${this.code}.${name}`, change);
  }
}

class Channel extends Item {
  disconnect() {
    return this.act("disconnect", () => this.company.change(this.row, { _state: "disconnected" }));
  }

  reconnect() {
    return this.act("reconnect", () => {
      if (!RECONNECTABLE.includes(this.row._type)) {
        throw new Error(`Channels of type ${this.row._type} cannot be activated`);
      }
      this.company.change(this.row, { _state: "active" });
    });
  }
}

class Client extends Item {
  save() {
    return this.act("save", () => {
      const linked = this.data._applicationItem ?? null;
      const channel = this.company.present("channels", this.row._channel);
      const apps = this.company.present("lines", channel?._line)?.$apps ?? [];
      if (linked && !apps.some((app) => app.namespace === linked.namespace && app.code === linked.code)) {
        throw new Error("This application is not available for binding in the line settings");
      }
      const { namespace, code, id } = linked ?? {};
      this.company.change(this.row, { _applicationItem: linked && { namespace, code, id } });
    });
  }
}

class Session extends Item {
  accept(values) {
    this.company.change(this.row, { ...values, _acceptedAt: this.company.time() });
  }

  line() {
    return this.company.present("lines", this.row._line);
  }

  assignToOperator(operator) {
    return this.act("assignToOperator", () =>
      this.accept({ _state: "AssignedToOperator", _userId: idOf(operator, "users") }),
    );
  }

  assignToOperatorGroup(group) {
    return this.act("assignToOperatorGroup", () => {
      const id = idOf(group, "userGroups");
      if (!(this.line()?.$operators ?? []).includes(id)) {
        throw new Error("The group does not belong to the line");
      }
      this.accept({ _state: "Waiting", _userId: null, _userGroupId: id });
    });
  }

  assignToBot() {
    return this.act("assignToBot", () => {
      if (!this.line()?.$bot) {
        throw new Error("There is no bot in the line");
      }
      this.accept({ _state: "AssignedToBot", _userId: null });
    });
  }

  close() {
    return this.act("close", () => {
      if (this.row._state !== "AssignedToBot" && (this.company.me === null || this.row._userId !== this.company.me)) {
        throw new Error("Only the assigned operator can close the session");
      }
      this.accept({ _state: "Closed", _closedAt: this.company.time() });
    });
  }

  markAsSpam() {
    return this.act("markAsSpam", () => {
      const { _userId = null, _priority = null } = this.row;
      this.accept({ _state: "MarkedAsSpam", _closedAt: this.company.time(), _userId: null, _priority: null });
      this.row.$before = { _userId, _priority };
    });
  }

  unmarkAsSpam() {
    return this.act("unmarkAsSpam", () => {
      Object.assign(this.row, this.row.$before);
      delete this.row.$before;
      this.accept({ _state: this.row._userId ? "AssignedToOperator" : "Waiting", _closedAt: null });
    });
  }

  conversation() {
    const messages = [...this.company.rows.messages.values()].filter((row) => row.session === this.id);
    return messages.map((row) => this.company.item("messages", row));
  }

  getLastMessage() {
    return this.act("getLastMessage", () => this.conversation().pop());
  }

  getAllMessages(from = 0, size = 10) {
    return this.act("getAllMessages", () => {
      const messages = this.conversation();
      const ordered = this.company.settings.newestMessageFirst ? messages.reverse() : messages;
      return this.company.page(ordered, from, checkSize(size));
    });
  }

  sendSystemMessage(body) {
    return this.act("sendSystemMessage", () => {
      const values = { session: this.id, body, files: [], isRead: false, type: "system" };
      const row = this.company.add("messages", values);
      this.company.change(this.row, { _lastActivityAt: this.company.time() });
      return this.company.item("messages", row);
    });
  }
}

class UserGroup extends Item {
  users(from = 0, size = 10) {
    return this.act("users", () => {
      const rows = (this.row.$users ?? []).map((id) => this.company.rows.users.get(id)).filter(Boolean);
      return this.company.page(rows, from, checkSize(size)).map((row) => this.company.item("users", row));
    });
  }
}

function checkSize(size) {
  if (!Number.isInteger(size) || size < 1 || size > 10_000) {
    throw new RangeError("Size must be between 1 and 10000");
  }
  return size;
}

/** A field of `where`: it takes the SDK's values for its kind and nothing else. */
class Field {
  #company;
  #name;
  #kind;

  constructor(company, name, kind) {
    this.#company = company;
    this.#name = name;
    this.#kind = kind;
  }

  #raw(value, kind = this.#kind) {
    if (value === null) {
      return null;
    }
    if (kind === "time" && value instanceof Datetime) {
      return value.asDate().toISOString();
    }
    if (kind === "code") {
      return this.#company.codeOf(value);
    }
    if (kind in FIELDS) {
      return idOf(value, kind);
    }
    if (["id", "text"].includes(kind) && typeof value === "string") {
      return value;
    }
    throw new TypeError(`Value does not fit ${this.#name}`);
  }

  #list(values) {
    if (!Array.isArray(values) || values.length === 0) {
      throw new TypeError(`A list of values is needed for ${this.#name}`);
    }
    return values;
  }

  #compare(value, holds) {
    const wanted = this.#raw(value);
    return (row) => row[this.#name] != null && holds(row[this.#name], wanted);
  }

  eq(value) {
    const wanted = this.#raw(value);
    return (row) => (row[this.#name] ?? null) === wanted;
  }

  neq(value) {
    const wanted = this.#raw(value);
    return (row) => (row[this.#name] ?? null) !== wanted;
  }

  in(values) {
    const wanted = this.#list(values).map((value) => this.#raw(value));
    return (row) => wanted.includes(row[this.#name] ?? null);
  }

  all(values) {
    const wanted = this.#list(values).map((value) => this.#raw(value, this.#kind[0]));
    return (row) => wanted.every((id) => (row[this.#name] ?? []).includes(id));
  }

  has(value) {
    return this.all([value]);
  }

  like(text) {
    return this.#compare(text, (held, wanted) => held.toLowerCase().includes(wanted.toLowerCase()));
  }

  gt(value) {
    return this.#compare(value, (held, wanted) => held > wanted);
  }

  gte(value) {
    return this.#compare(value, (held, wanted) => held >= wanted);
  }

  lt(value) {
    return this.#compare(value, (held, wanted) => held < wanted);
  }

  lte(value) {
    return this.#compare(value, (held, wanted) => held <= wanted);
  }
}

const GROUPS = {
  and: (...conditions) => (row) => conditions.every((holds) => holds(row)),
  or: (...conditions) => (row) => conditions.some((holds) => holds(row)),
  not: (condition) => (row) => !condition(row),
};

class Search {
  #company;
  #collection;
  #conditions = [];
  #orders = [];
  #from = 0;
  #size = 10;

  constructor(company, collection) {
    this.#company = company;
    this.#collection = collection;
  }

  where(filter) {
    const known = Object.entries(FIELDS[this.#collection]).filter(
      ([name]) => !this.#company.settings.unknownFields.includes(name),
    );
    const fields = known.map(([name, kind]) => [
      name,
      new Field(this.#company, name, kind),
    ]);
    this.#conditions.push(filter(Object.fromEntries(fields), GROUPS));
    return this;
  }

  sort(field, ascending = true) {
    if (!Object.hasOwn(FIELDS[this.#collection], field)) {
      throw new TypeError(`There is no field ${field}`);
    }
    this.#orders.push([field, ascending ? 1 : -1]);
    return this;
  }

  from(offset) {
    this.#from = offset;
    return this;
  }

  size(limit) {
    this.#size = checkSize(limit);
    return this;
  }

  #found() {
    const rows = [...this.#company.rows[this.#collection].values()];
    return rows.filter((row) => this.#conditions.every((holds) => holds(row)));
  }

  #sorted() {
    return this.#found().sort((left, right) => {
      for (const [field, direction] of this.#orders) {
        const [one, other] = [left[field] ?? null, right[field] ?? null];
        if (one !== other) {
          return one === null || (other !== null && one < other) ? -direction : direction;
        }
      }
      return 0;
    });
  }

  all() {
    return this.#company.operate(`${this.#collection}.search`, () => {
      const page = this.#company.page(this.#sorted(), this.#from, this.#size);
      return page.map((row) => this.#company.item(this.#collection, row));
    });
  }

  first() {
    return this.#company.operate(`${this.#collection}.search`, () => {
      const [row] = this.#sorted().slice(this.#from);
      return row && this.#company.item(this.#collection, row);
    });
  }

  count() {
    return this.#company.operate(`${this.#collection}.count`, () => this.#found().length);
  }
}
