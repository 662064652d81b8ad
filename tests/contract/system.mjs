/**
 * `System` as a script on the platform finds it, over a company held in memory.
 *
 * Written from the vendor's page and from scripts seen at work, not from the bridge: values are the SDK's own objects
 * (references that are fetched, datetimes, enumerations), absent values are undefined, a search gives ten rows unless
 * told and gives deleted ones too, and every rule refuses in the platform's words. The clock stands still but while
 * the SDK is at work: what is asked for side by side takes the time of one. Whatever nobody states can be set to be
 * otherwise: a document keeps its own names and codes, and the settings say what the platform calls them.
 */

const TYPES = ["telegram", "telegramBot", "inbox", "viberbot", "livechat", "instagram", "internal", "support"];
const ENUMERATIONS = {
  LineChannelState: ["active", "disconnected", "error"],
  LineChannelType: TYPES,
  LineSessionState: ["Waiting", "AssignedToBot", "AssignedToOperator", "MarkedAsSpam", "Closed"],
  LineSessionPriority: ["Low", "Medium", "High"],
};
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
/** A kind that is a collection's name is a reference into it, one that is an enumeration's name holds its codes. */
const FIELDS = {
  lines: { ...COMMON },
  channels: { ...COMMON, _state: "LineChannelState", _type: "LineChannelType", _line: "lines" },
  clients: { ...COMMON, _channel: "channels", _username: "text", _applicationItem: "app" },
  sessions: {
    ...COMMON,
    _state: "LineSessionState",
    _priority: "LineSessionPriority",
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
  users: { ...COMMON, email: "text", presence: "presence" },
  userGroups: { ...COMMON },
  metrics: { ...COMMON, _type: "text", _line: "lines", _value: "number" },
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
      milliseconds: {},
      operatorNames: {},
      groupNames: {},
      fieldNames: {},
      openConditions: false,
      members: {},
      moreMembers: {},
      missingEnumerations: [],
      filtersTakeCodes: false,
      presences: { online: "online", offline: "offline" },
      plainIds: [],
      heldAsItems: [],
      times: "Datetime",
      neqSkipsEmpty: false,
      likeKnowsCase: false,
      sortKey: null,
      staysUpdated: [],
      metrics: null,
      ...settings,
    };
    this.shownAs = new Map();
    this.started = this.now;
    this.pending = [];
    this.pages = 0;
    this.made = 0;
    this.operations = [];
    this.inFlight = 0;
    this.peak = 0;
    this.globals = { Datetime, HttpResponse, System: this.system(), ...this.enumerations() };
  }

  enumerations() {
    const known = Object.entries(ENUMERATIONS).filter(([name]) => !this.settings.missingEnumerations.includes(name));
    return Object.fromEntries(known.map(([name, codes]) => {
      const all = [...codes, ...(this.settings.moreMembers[name] ?? [])];
      return [name, Object.fromEntries(all.map((code) => [this.member(name, code), this.code(name, code)]))];
    }));
  }

  /** The platform's identifier for a code of the document. */
  member(enumeration, code) {
    return this.settings.members[enumeration]?.[code] ?? code;
  }

  code(enumeration, code) {
    const held = this.member(enumeration, code);
    return this.settings.enumerationsAreCodes ? held : { code: held, name: `The product's name for ${held}` };
  }

  codeOf(enumeration, value) {
    const { enumerationsAreCodes, filtersTakeCodes, members } = this.settings;
    const held = enumerationsAreCodes || filtersTakeCodes ? value : value.code;
    if (typeof held !== "string") {
      throw new TypeError("A value of the enumeration is needed");
    }
    const [code] = Object.entries(members[enumeration] ?? {}).find(([, member]) => member === held) ?? [held];
    return code;
  }

  /** The platform's name for a field of the document; null if it has none. */
  fieldName(collection, name) {
    const { fieldNames } = this.settings;
    const path = `${collection}.${name}`;
    return path in fieldNames ? fieldNames[path] : name;
  }

  kind(collection, name) {
    const path = `${collection}.${name}`;
    const kind = FIELDS[collection]?.[name];
    if (this.settings.plainIds.includes(path)) {
      return Array.isArray(kind) ? ["text"] : "text";
    }
    return this.settings.heldAsItems.includes(path) ? { _userId: "users", _userGroupId: "userGroups" }[name] : kind;
  }

  /** The platform's name and kind of a field, looked up once. */
  shown(collection, name) {
    const path = `${collection}.${name}`;
    if (!this.shownAs.has(path)) {
      this.shownAs.set(path, { own: this.fieldName(collection, name), kind: this.kind(collection, name) });
    }
    return this.shownAs.get(path);
  }

  /** The fields of a collection by the platform's names: their names in the document. */
  fields(collection) {
    const names = Object.keys(FIELDS[collection]).map((name) => [this.fieldName(collection, name), name]);
    return new Map(names.filter(([name]) => name !== null && !this.settings.unknownFields.includes(name)));
  }

  time(raw) {
    const { times } = this.settings;
    return times === "text" ? raw.replace(".000Z", "Z") : times === "Date" ? new Date(raw) : new Datetime(new Date(raw));
  }

  timeOf(value) {
    const { times } = this.settings;
    const isRight = { text: typeof value === "string", Date: typeof value?.toISOString === "function" };
    if (times === "Datetime" ? !(value instanceof Datetime) : !isRight[times]) {
      throw new TypeError("A time is needed");
    }
    return (times === "text" ? new Date(value) : times === "Date" ? value : value.asDate()).toISOString();
  }

  system() {
    const collection = (name) => ({ search: () => new Search(this, name) });
    const { metrics } = this.settings;
    for (const row of metrics?.rows ?? []) {
      this.rows.metrics.set(row.__id, row);
    }
    return {
      lines: {
        ...(metrics && { [metrics.name]: collection("metrics") }),
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

  groups() {
    const named = Object.entries(GROUPS).map(([name, join]) => [this.settings.groupNames[name] ?? name, name, join]);
    return Object.fromEntries(
      named.filter(([, name]) => this.settings.groupNames[name] !== null).map(([own, , join]) => [own, join]),
    );
  }

  /** One promise of the SDK: it takes a turn of the event loop and, by the script's clock, the time that was set. */
  async operate(name, act) {
    this.operations.push(name);
    this.inFlight += 1;
    this.peak = Math.max(this.peak, this.inFlight);
    await this.pass(this.settings.milliseconds[name] ?? this.settings.millisecondsPerOperation);
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

  clock() {
    return new Date(this.now).toISOString();
  }

  present(collection, id) {
    const row = this.rows[collection].get(id);
    return row && row.__deletedAt == null ? row : undefined;
  }

  change(row, values, operation) {
    const updated = this.settings.staysUpdated.includes(operation) ? {} : { __updatedAt: this.clock() };
    Object.assign(row, values, updated, { __updatedBy: this.me });
  }

  add(collection, values) {
    this.made += 1;
    const made = `00000000-0000-4000-8000-${String(this.made).padStart(12, "0")}`;
    const row = { __id: made, __createdAt: this.clock(), __createdBy: this.me, __updatedAt: this.clock(), ...values };
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
        return this.time(raw);
      case "presence":
        return this.settings.presences[raw] ?? raw;
      case "app":
        return { ...raw, fetch: async () => ({ ...raw }) };
      case "file":
        return { id: raw.__id, fetch: () => this.operate("files.fetch", () => ({ id: raw.__id, data: { ...raw } })) };
      default:
        if (kind in ENUMERATIONS) {
          return this.code(kind, raw);
        }
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
        _acceptedAt: this.clock(),
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
    const shown = Object.entries(row).map(([name, raw]) => [name, raw, company.shown(collection, name)]);
    const published = shown.filter(([name, , { own }]) => own !== null && !name.startsWith("$"));
    this.data = Object.fromEntries(published.map(([, raw, { own, kind }]) => [own, company.value(kind, raw)]));
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
  accept(values, operation) {
    this.company.change(this.row, { ...values, _acceptedAt: this.company.clock() }, operation);
  }

  line() {
    return this.company.present("lines", this.row._line);
  }

  assignToOperator(operator) {
    return this.act("assignToOperator", () =>
      this.accept({ _state: "AssignedToOperator", _userId: idOf(operator, "users") }, "assignToOperator"),
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
      this.accept({ _state: "Closed", _closedAt: this.company.clock() });
    });
  }

  markAsSpam() {
    return this.act("markAsSpam", () => {
      const { _userId = null, _priority = null } = this.row;
      this.accept({ _state: "MarkedAsSpam", _closedAt: this.company.clock(), _userId: null, _priority: null });
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
    return [...this.company.rows.messages.values()].filter((row) => row.session === this.id);
  }

  getLastMessage() {
    return this.act("getLastMessage", () => {
      const row = this.conversation().pop();
      return row && this.company.item("messages", row);
    });
  }

  getAllMessages(from = 0, size = 10) {
    return this.act("getAllMessages", () => {
      const messages = this.conversation();
      const ordered = this.company.settings.newestMessageFirst ? messages.reverse() : messages;
      const page = this.company.page(ordered, from, checkSize(size));
      return page.map((row) => this.company.item("messages", row));
    });
  }

  sendSystemMessage(body) {
    return this.act("sendSystemMessage", () => {
      const values = { session: this.id, body, files: [], isRead: false, type: "system" };
      const row = this.company.add("messages", values);
      this.company.change(this.row, { _lastActivityAt: this.company.clock() });
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
    if (kind === "time") {
      return this.#company.timeOf(value);
    }
    if (kind in ENUMERATIONS) {
      return this.#company.codeOf(kind, value);
    }
    if (kind === "presence") {
      const { presences } = this.#company.settings;
      return Object.keys(presences).find((name) => presences[name] === value) ?? String(value);
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
    const skipsEmpty = this.#company.settings.neqSkipsEmpty && wanted !== null;
    return (row) => (row[this.#name] ?? null) !== wanted && !(skipsEmpty && row[this.#name] == null);
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
    const fold = (each) => (this.#company.settings.likeKnowsCase ? each : each.toLowerCase());
    return this.#compare(text, (held, wanted) => fold(held).includes(fold(wanted)));
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

  /** The operators by the platform's names for them. */
  named() {
    const names = this.#company.settings.operatorNames;
    if (Object.keys(names).length === 0) {
      return this;
    }
    const kind = kindOf(this.#kind);
    const all = OPERATORS.map((operator) => {
      const [own] = [`${kind}.${operator}`, operator].filter((each) => each in names).map((each) => names[each]);
      return [own === undefined ? operator : own, (value) => this[operator](value)];
    });
    return Object.fromEntries(all.filter(([name]) => name !== null));
  }
}

const OPERATORS = ["eq", "neq", "in", "like", "has", "all", "gt", "gte", "lt", "lte"];

function kindOf(kind) {
  if (Array.isArray(kind)) {
    return "references";
  }
  return kind in FIELDS ? "reference" : kind in ENUMERATIONS || kind === "presence" ? "code" : kind;
}

const GROUPS = {
  and: (...conditions) => (row) => conditions.every((holds) => holds(row)),
  or: (...conditions) => (row) => conditions.some((holds) => holds(row)),
  not: (condition) => (row) => !condition(row),
};

/** Conditions that take any name, and refuse those that there are not only where they are used. */
function open(members) {
  const refuse = () => {
    throw new TypeError("There is no such field or operator");
  };
  const get = (known, name) => {
    const member = known[name];
    return typeof member === "object" ? open(member) : member?.bind?.(known) ?? Object.assign(refuse, { eq: refuse });
  };
  return new Proxy(members, { get, ownKeys: () => [] });
}

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
    const known = [...this.#company.fields(this.#collection)].map(([own, name]) => {
      return [own, new Field(this.#company, name, this.#company.kind(this.#collection, name)).named()];
    });
    const fields = Object.fromEntries(known);
    const { openConditions } = this.#company.settings;
    this.#conditions.push(filter(openConditions ? open(fields) : fields, this.#company.groups()));
    return this;
  }

  sort(field, ascending = true) {
    const name = this.#company.fields(this.#collection).get(field);
    if (name === undefined) {
      throw new TypeError(`There is no field ${field}`);
    }
    this.#orders.push([name, ascending ? 1 : -1]);
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
    const { sortKey } = this.#company.settings;
    const orders = { first: this.#orders.slice(0, 1), last: this.#orders.slice(-1) }[sortKey] ?? this.#orders;
    return this.#found().sort((left, right) => {
      for (const [field, direction] of orders) {
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
