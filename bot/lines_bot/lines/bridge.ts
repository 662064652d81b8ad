/**
 * The lines-bot bridge: the side of the Lines contract that runs inside ELMA365 / BRIX.
 *
 * Paste the whole file into the Scripts tab of a module and add one API method: POST, External authorization,
 * function `rpc`. `lines-bot bridge` prints the steps. Types are prefixed so that none meets one of the platform's.
 */

const BRIDGE_VERSION = "1.0.0";
const CONTRACT_VERSION = 1;

/**
 * Everything that the vendor does not document. If your company's platform differs, change the line here.
 * All operators but `not` are seen in scripts at work. Also taken as given: `neq` matches an empty field, and a
 * search may be sorted by several fields, the first weighing most.
 */
const INFERRED = {
  /** The contract's operators: the SDK's names for them. */
  comparisons: {
    eq: "eq", neq: "neq", in: "in", like: "like", has: "has", all: "all", gt: "gt", gte: "gte", lt: "lt", lte: "lte",
  },
  groups: { and: "and", or: "or", not: "not" },
  /** The contract's field: the SDK's name for it, where it is not sure to be the same. */
  fieldNames: { "channels._line": "_line", "users.email": "email", "users.presence": "presence" },
  /** References that the SDK keeps as an id; a filter on any other one needs the item itself. */
  plainIds: ["sessions._userId", "sessions._userGroupId"],
  /** Enumerations by field. Their identifiers are the contract's codes; any other code passes as it is. */
  enumerations: {
    "channels._state": () => LineChannelState,
    "channels._type": () => LineChannelType,
    "sessions._state": () => LineSessionState,
    "sessions._priority": () => LineSessionPriority,
    "users.presence": () => ({ online: "online", offline: "offline" }),
  },
  /** What the SDK takes for a reference to an application's item. */
  applicationItem: (item: BridgeApplicationItem): unknown => item,
  /** What the platform's own refusals sound like: the first that fits gives the reason, else it is `platform`. */
  refusals: [
    [/offline|не в сети|офлайн/i, "operator_offline"],
    [/bot.*(not|no)\b.*connect|no .*\bbot\b|бот не подключ/i, "no_bot"],
    [/first message|never wrote|(not|n't) (written|started)|не писал/i, "no_prior_contact"],
    [/group.*\bline\b|групп.*лини/i, "group_not_in_line"],
    [/\b(app|application)\b.*(link|bind|bound)|приложени.*(связ|привяз)/i, "app_not_bound"],
    [/(already|has|another).*(open|active) session|открыт\S* сесси/i, "open_session_exists"],
    [/only the .*(assigned|operator)|назначенн/i, "not_assignee"],
    [/cannot be (re)?activated|reconnect/i, "not_reconnectable"],
    [/permission|access denied|forbidden|not an operator|(нет|недостаточно) прав|доступ запрещ/i, "forbidden"],
    [/not found|does not exist|не найден/i, "not_found"],
  ] as ReadonlyArray<readonly [RegExp, string]>,
};

/** A server script holds about ten promises well. It is killed after a minute, and the bot waits for ten seconds. */
const PROMISES_AT_ONCE = 10;
const WORK_FOR_MS = 6000;
const MAX_CALLS = 100;
const MAX_DEPTH = 8;
const MAX_VALUES = 1000;
const MAX_SIZE = 10000;
const MAX_TEXT = 4096;

const RECONNECTABLE = ["telegramBot", "inbox", "viberbot", "livechat", "instagram"];
const NEVER_SPAM = ["internal", "support"];
const FINISHED = ["Closed", "MarkedAsSpam"];

type BridgeJson = null | boolean | number | string | BridgeJson[] | BridgeObject;
type BridgeObject = { [name: string]: BridgeJson };
type BridgeApplicationItem = { namespace: string; code: string; id: string };

/* ---- The SDK as the bridge sees it: it types every collection apart, the bridge treats them alike. ---- */

interface BridgeItem {
  readonly id: string;
  readonly data: { [field: string]: unknown };
  fetch(): Promise<BridgeItem>;
}

interface BridgeChannel extends BridgeItem {
  disconnect(): Promise<unknown>;
  reconnect(): Promise<unknown>;
}

interface BridgeClient extends BridgeItem {
  save(): Promise<unknown>;
}

interface BridgeSession extends BridgeItem {
  assignToOperator(operator: BridgeItem): Promise<unknown>;
  assignToOperatorGroup(group: BridgeItem): Promise<unknown>;
  assignToBot(silent?: boolean): Promise<unknown>;
  close(): Promise<unknown>;
  markAsSpam(): Promise<unknown>;
  unmarkAsSpam(): Promise<unknown>;
  getLastMessage(): Promise<BridgeItem | undefined>;
  getAllMessages(from?: number, size?: number): Promise<BridgeItem[]>;
  sendSystemMessage(text: string): Promise<BridgeItem | undefined>;
}

interface BridgeGroup extends BridgeItem {
  users(from?: number, size?: number): Promise<BridgeItem[]>;
}

type BridgeOperators = { readonly [operator: string]: (value: unknown) => unknown };
type BridgeFields = { readonly [field: string]: BridgeOperators };
type BridgeGroups = { readonly [operator: string]: (...conditions: unknown[]) => unknown };
type BridgeCondition = (f: BridgeFields, g: BridgeGroups) => unknown;

interface BridgeSearch<Found> {
  where(condition: BridgeCondition): BridgeSearch<Found>;
  sort(field: string, ascending: boolean): BridgeSearch<Found>;
  from(offset: number): BridgeSearch<Found>;
  size(limit: number): BridgeSearch<Found>;
  all(): Promise<Found[]>;
  first(): Promise<Found | undefined>;
  count(): Promise<number>;
}

interface BridgeItems {
  lines: BridgeItem;
  channels: BridgeChannel;
  clients: BridgeClient;
  sessions: BridgeSession;
  users: BridgeItem;
  userGroups: BridgeGroup;
}
type BridgeCollection = keyof BridgeItems;

interface BridgeSystem {
  lines: {
    lines: { search(): BridgeSearch<BridgeItem> };
    channels: { search(): BridgeSearch<BridgeChannel> };
    clients: { search(): BridgeSearch<BridgeClient> };
    sessions: {
      search(): BridgeSearch<BridgeSession>;
      create(channel: BridgeChannel, account: string): Promise<BridgeSession>;
    };
  };
  users: { search(): BridgeSearch<BridgeItem>; getCurrentUser(): Promise<BridgeItem | undefined> };
  userGroups: { search(): BridgeSearch<BridgeGroup> };
}

/** Through `unknown`, because the bridge must compile against every version of the platform's own types. */
function getSystem(): BridgeSystem {
  return System as unknown as BridgeSystem;
}

function searchIn<Name extends BridgeCollection>(collection: Name): BridgeSearch<BridgeItems[Name]> {
  const { lines, users, userGroups } = getSystem();
  const searches: { [Each in BridgeCollection]: () => BridgeSearch<BridgeItems[Each]> } = {
    lines: () => lines.lines.search(),
    channels: () => lines.channels.search(),
    clients: () => lines.clients.search(),
    sessions: () => lines.sessions.search(),
    users: () => users.search(),
    userGroups: () => userGroups.search(),
  };
  return searches[collection]();
}

/* ---- Errors ---- */

class BridgeError extends Error {
  code: number;
  data: BridgeObject | undefined;

  constructor(code: number, message: string, data?: BridgeObject) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

function invalid(message: string): BridgeError {
  return new BridgeError(-32602, message);
}

function refused(reason: string, message: string, data: BridgeObject = {}): BridgeError {
  return new BridgeError(-32000, message, { reason, ...data });
}

/** Whatever was thrown, as the contract's error. Only the first line of the text leaves: the rest may be a stack. */
function toBridgeError(thrown: unknown): BridgeError {
  if (thrown instanceof BridgeError) {
    return thrown;
  }
  const message = isObject(thrown) ? thrown.message : thrown;
  const [firstLine] = typeof message === "string" ? message.trim().split(/[\r\n]/) : [""];
  const text = firstLine || "The platform failed without saying why.";
  const known = INFERRED.refusals.find(([sound]) => sound.test(text));
  return refused(known ? known[1] : "platform", text);
}

/* ---- Work: what one request may ask of the platform ---- */

/** Ten promises at once, and new ones for six seconds. Whoever waits for a promise holds one of the ten places. */
class BridgeWork {
  private readonly endsAt = Date.now() + WORK_FOR_MS;
  private readonly begun: Array<() => void> = [];
  private readonly later: Array<() => void> = [];
  private free = PROMISES_AT_ONCE - 1;

  isLate(): boolean {
    return Date.now() >= this.endsAt;
  }

  /** The results of all steps, run side by side in the caller's place and those that get free. */
  together<Result>(steps: ReadonlyArray<() => Promise<Result>>): Promise<Result[]> {
    return this.share(steps, this.begun);
  }

  /** The same for steps that can wait until nothing that was begun needs a place. */
  togetherLater<Result>(steps: ReadonlyArray<() => Promise<Result>>): Promise<Result[]> {
    return this.share(steps, this.later);
  }

  private async share<Result>(
    steps: ReadonlyArray<() => Promise<Result>>,
    queue: Array<() => void>,
  ): Promise<Result[]> {
    const results = Promise.all(steps.map((step) => this.run(step, queue)));
    this.leave();
    try {
      return await results;
    } finally {
      await this.enter(this.begun);
    }
  }

  private async run<Result>(step: () => Promise<Result>, queue: Array<() => void>): Promise<Result> {
    await this.enter(queue);
    try {
      return await step();
    } finally {
      this.leave();
    }
  }

  private async enter(queue: Array<() => void>): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
    } else {
      await new Promise<void>((resolve) => queue.push(resolve));
    }
  }

  private leave(): void {
    const next = this.begun.shift() || this.later.shift();
    if (next === undefined) {
      this.free += 1;
    } else {
      next();
    }
  }
}

/** Reads up to `size` items from an offset on; the platform may give fewer, although there are more. */
type BridgePage<Found> = (from: number, size: number) => Promise<Found[]>;

function tooSlow(): BridgeError {
  return refused("platform", "The platform is too slow to read all of this in time. Ask again, or for less.");
}

/**
 * Up to `most` items from an offset on: page after page until one brings nothing new. `isWhole` is false if the time
 * was up before. The longer all pages have one length, the more of them are read side by side; those that follow a
 * page of another length are off their place, and read again.
 */
async function readPages<Found extends BridgeItem>(
  readPage: BridgePage<Found>,
  from: number,
  most: number,
  work: BridgeWork,
): Promise<{ found: Found[]; isWhole: boolean }> {
  if (work.isLate()) {
    throw tooSlow();
  }
  const items = new Map<string, Found>();
  const size = Math.min(most, MAX_SIZE);
  let [next, step, width, isOver] = [from, size, 1, false];
  do {
    const offsets = Array.from({ length: width }, (_, index) => next + index * step);
    const pages = await work.together(offsets.map((offset) => () => readPage(offset, size)));
    width = Math.min(width * 2, PROMISES_AT_ONCE);
    for (const [index, page] of pages.entries()) {
      const known = items.size;
      for (const item of page) {
        items.set(item.id, items.get(item.id) || item);
      }
      isOver = items.size === known;
      next = offsets[index] + page.length;
      if (isOver || page.length !== step) {
        [step, width] = [page.length, 1];
        break;
      }
    }
  } while (!isOver && items.size < most && !work.isLate());
  return { found: [...items.values()].slice(0, most), isWhole: isOver || items.size >= most };
}

/** As `readPages` from the first item on, for what is of use only as a whole. */
async function readWhole<Found extends BridgeItem>(
  readPage: BridgePage<Found>,
  most: number,
  work: BridgeWork,
): Promise<Found[]> {
  const { found, isWhole } = await readPages(readPage, 0, most, work);
  if (!isWhole) {
    throw tooSlow();
  }
  return found;
}

/* ---- Fields: the closed list of what may be filtered, sorted and shown ---- */

type BridgeKind = "id" | "text" | "code" | "time" | "reference" | "references" | "app" | "apps";
type BridgeComparison = keyof typeof INFERRED.comparisons;

interface BridgeField {
  name: string;
  sdkName: string;
  kind: BridgeKind;
  target: BridgeCollection | undefined;
  isPlainId: boolean;
  enumeration: (() => { readonly [identifier: string]: unknown }) | undefined;
}

const COMPARABLE_BY: { readonly [Kind in BridgeKind]: readonly BridgeComparison[] } = {
  id: ["eq", "neq", "in"],
  text: ["eq", "neq", "in", "like"],
  code: ["eq", "neq", "in"],
  time: ["eq", "neq", "in", "gt", "gte", "lt", "lte"],
  reference: ["eq", "neq", "in"],
  references: ["has", "all"],
  app: ["eq", "neq"],
  apps: [],
};
const COMPARISONS = Object.keys(INFERRED.comparisons) as BridgeComparison[];
const SORTABLE: readonly BridgeKind[] = ["id", "text", "code", "time", "reference"];

/** Name, kind, and the collection that a reference points into. */
type BridgeFieldList = ReadonlyArray<readonly [string, BridgeKind, BridgeCollection?]>;

const COMMON_FIELDS: BridgeFieldList = [
  ["__id", "id"],
  ["__name", "text"],
  ["__createdAt", "time"],
  ["__createdBy", "reference", "users"],
  ["__updatedAt", "time"],
  ["__updatedBy", "reference", "users"],
  ["__deletedAt", "time"],
];
const OWN_FIELDS: { readonly [Name in BridgeCollection]: BridgeFieldList } = {
  lines: [],
  channels: [
    ["_state", "code"],
    ["_type", "code"],
    ["_line", "reference", "lines"],
  ],
  clients: [
    ["_channel", "reference", "channels"],
    ["_username", "text"],
    ["_applicationItem", "app"],
  ],
  sessions: [
    ["_state", "code"],
    ["_priority", "code"],
    ["_line", "reference", "lines"],
    ["_channel", "reference", "channels"],
    ["_clients", "references", "clients"],
    ["_userId", "reference", "users"],
    ["_userGroupId", "reference", "userGroups"],
    ["_apps", "apps"],
    ["_acceptedAt", "time"],
    ["_closedAt", "time"],
    ["_lastActivityAt", "time"],
    ["_externalChatId", "text"],
    ["_externalChatName", "text"],
  ],
  users: [
    ["email", "text"],
    ["presence", "code"],
  ],
  userGroups: [],
};
const COLLECTIONS = Object.keys(OWN_FIELDS) as BridgeCollection[];

const FIELDS = new Map(
  COLLECTIONS.map((collection) => {
    const sdkNames = new Map(Object.entries(INFERRED.fieldNames));
    const enumerations = new Map<string, BridgeField["enumeration"]>(Object.entries(INFERRED.enumerations));
    const fields = [...COMMON_FIELDS, ...OWN_FIELDS[collection]].map(([name, kind, target]): BridgeField => {
      const path = `${collection}.${name}`;
      return {
        name,
        sdkName: sdkNames.get(path) || name,
        kind,
        target,
        isPlainId: INFERRED.plainIds.includes(path),
        enumeration: enumerations.get(path),
      };
    });
    return [collection, new Map(fields.map((field) => [field.name, field]))] as const;
  }),
);

function fieldsOf(collection: BridgeCollection): Map<string, BridgeField> {
  return FIELDS.get(collection) as Map<string, BridgeField>;
}

/* ---- Values: from the SDK to JSON, and codes both ways ---- */

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object without a prototype, so that a name like `__proto__` is a member as any other. */
function toObject<Value>(members: ReadonlyArray<[string, Value]>): { [name: string]: Value } {
  const object: { [name: string]: Value } = Object.create(null);
  for (const [name, value] of members) {
    object[name] = value;
  }
  return object;
}

/** An enumeration's value is a code or an object that holds one. */
function codeIn(value: unknown): unknown {
  return isObject(value) ? value.code : value;
}

function toCode(value: unknown, field: BridgeField): BridgeJson {
  const enumeration = field.enumeration ? field.enumeration() : {};
  const known = Object.keys(enumeration).find((name) => codeIn(enumeration[name]) === codeIn(value));
  return known === undefined ? toJson(codeIn(value)) : known;
}

function fromCode(code: string, field: BridgeField): unknown {
  const enumeration = field.enumeration ? field.enumeration() : {};
  if (Object.prototype.hasOwnProperty.call(enumeration, code)) {
    return enumeration[code];
  }
  return isObject(Object.values(enumeration)[0]) ? { code, name: code } : code;
}

function toApplicationItem(value: unknown): BridgeJson {
  return isObject(value)
    ? { namespace: toJson(value.namespace), code: toJson(value.code), id: toJson(value.id) }
    : null;
}

function toJson(value: unknown): BridgeJson {
  if (Array.isArray(value)) {
    return value.map(toJson);
  }
  if (isObject(value)) {
    if (typeof value.asDate === "function") {
      return (value as unknown as Datetime).asDate().toISOString();
    }
    if (typeof value.fetch === "function") {
      return toJson(value.id);
    }
    return toObject(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function fieldToJson(value: unknown, field: BridgeField | undefined): BridgeJson {
  if (value === null || value === undefined || field === undefined) {
    return toJson(value);
  }
  if (field.kind === "code") {
    return toCode(value, field);
  }
  if (field.kind === "app") {
    return toApplicationItem(value);
  }
  return field.kind === "apps" && Array.isArray(value) ? value.map(toApplicationItem) : toJson(value);
}

function itemToJson(item: BridgeItem, collection: BridgeCollection): BridgeObject {
  const bySdkName = new Map([...fieldsOf(collection).values()].map((field) => [field.sdkName, field]));
  const entries = Object.entries(item.data).map(([sdkName, value]): [string, BridgeJson] => {
    const field = bySdkName.get(sdkName);
    return [field ? field.name : sdkName, fieldToJson(value, field)];
  });
  return toObject([["__id", item.id], ...entries]);
}

/** Name and size of a file are read apart: where that cannot be done or the time is up, its id stands alone. */
async function fileToJson(reference: BridgeItem, work: BridgeWork): Promise<BridgeObject> {
  if (!work.isLate()) {
    try {
      const file = await reference.fetch();
      return { __id: file.id, __name: toJson(file.data.__name), size: toJson(file.data.size) };
    } catch {
      // A lost file takes no conversation with it.
    }
  }
  return { __id: reference.id };
}

async function messageToJson(message: BridgeItem, work: BridgeWork): Promise<BridgeObject> {
  const references = Array.isArray(message.data.files) ? (message.data.files as BridgeItem[]) : [];
  const files = await work.togetherLater(references.map((reference) => () => fileToJson(reference, work)));
  return { ...(toJson(message.data) as BridgeObject), __id: message.id, files };
}

/* ---- Filters: JSON to the SDK's `where`. All of it is checked before the platform is touched. ---- */

/** A condition of the SDK, or true or false where no row can make a difference. */
type BridgeClause = boolean | BridgeCondition;
/** A checked filter; calling it reads the items that its references name. */
type BridgeFilter = (work: BridgeWork) => Promise<BridgeClause>;

/** `missing` stands for a reference to an item that is not there, which equals nothing. */
type BridgeOperand = { missing: true } | { missing: false; value: unknown };

function combine(operator: "and" | "or", clauses: BridgeClause[]): BridgeClause {
  const decisive = operator === "or";
  if (clauses.includes(decisive)) {
    return decisive;
  }
  const open = clauses.filter((clause): clause is BridgeCondition => typeof clause !== "boolean");
  if (open.length < 2) {
    return open.length === 1 ? open[0] : !decisive;
  }
  return (f, g) => g[INFERRED.groups[operator]](...open.map((clause) => clause(f, g)));
}

function negate(clause: BridgeClause): BridgeClause {
  return typeof clause === "boolean" ? !clause : (f, g) => g[INFERRED.groups.not](clause(f, g));
}

function compare(field: BridgeField, comparison: BridgeComparison, value: unknown): BridgeCondition {
  return (f) => {
    const operators = f[field.sdkName];
    const operator = INFERRED.comparisons[comparison];
    if (!operators || !operators[operator]) {
      const hint = "see INFERRED at the top of the bridge's script";
      throw refused("platform", `This platform knows no ${field.sdkName}.${operator}: ${hint}.`);
    }
    return operators[operator](value);
  };
}

function compareOne(field: BridgeField, comparison: BridgeComparison, operand: BridgeOperand): BridgeClause {
  return operand.missing ? comparison === "neq" : compare(field, comparison, operand.value);
}

function compareAll(field: BridgeField, operands: BridgeOperand[]): BridgeClause {
  const values = operands.map((operand) => (operand.missing ? undefined : operand.value));
  if (values.includes(undefined)) {
    return false;
  }
  return values.length === 0 || compare(field, "all", values);
}

function compareAny(field: BridgeField, operands: BridgeOperand[]): BridgeClause {
  const values = operands.map((operand) => (operand.missing ? undefined : operand.value));
  const present = values.filter((value) => value !== undefined && value !== null);
  return combine("or", [
    present.length > 0 && compare(field, "in", present),
    values.includes(null) && compare(field, "eq", null),
  ]);
}

async function toOperands(
  field: BridgeField,
  values: ReadonlyArray<BridgeJson>,
  work: BridgeWork,
): Promise<BridgeOperand[]> {
  const ids = [...new Set(values.filter((value): value is string => typeof value === "string"))];
  const { target } = field;
  if (target === undefined || field.isPlainId || ids.length === 0) {
    return values.map((value) => ({ missing: false, value: toSdkValue(value, field) }));
  }
  const referenced = (from: number, limit: number): Promise<BridgeItem[]> => {
    const all: BridgeSearch<BridgeItem> = searchIn(target);
    return all.where((f) => f.__id.in(ids)).from(from).size(limit).all();
  };
  const found = await readWhole(referenced, ids.length, work);
  const items = new Map<BridgeJson, unknown>([[null, null], ...found.map((item) => [item.id, item] as const)]);
  return values.map((value) => (items.has(value) ? { missing: false, value: items.get(value) } : { missing: true }));
}

function toSdkValue(value: BridgeJson, field: BridgeField): unknown {
  if (typeof value !== "string") {
    return value;
  }
  if (field.kind === "time") {
    return new Datetime(new Date(value));
  }
  return field.kind === "code" ? fromCode(value, field) : value;
}

/** RFC 3339 with a zone, to the millisecond, in UTC; undefined for anything else and for days that no calendar has. */
function parseTime(text: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [, clock, fraction = "", sign = "+", hours = "0", minutes = "0"] = parts;
  const local = new Date(`${clock}.${fraction.padEnd(3, "0").slice(0, 3)}Z`);
  if (isNaN(local.getTime()) || !local.toISOString().startsWith(clock) || Number(hours) > 23 || Number(minutes) > 59) {
    return undefined;
  }
  const offset = (Number(hours) * 60 + Number(minutes)) * 60000;
  const utc = new Date(local.getTime() + (sign === "+" ? -offset : offset));
  const year = utc.getUTCFullYear();
  return local.getUTCFullYear() >= 1 && year >= 1 && year <= 9999 ? utc.toISOString() : undefined;
}

class BridgeFilterReader {
  private readonly fields: Map<string, BridgeField>;
  private count = 0;

  constructor(collection: BridgeCollection) {
    this.fields = fieldsOf(collection);
  }

  read(node: BridgeJson, depth: number): BridgeFilter {
    if (depth > MAX_DEPTH) {
      throw invalid(`Param 'where' is nested deeper than ${MAX_DEPTH}.`);
    }
    const entries = isObject(node) ? Object.entries(node as BridgeObject) : [];
    if (entries.length !== 1) {
      throw invalid("Param 'where' consists of objects with exactly one key each.");
    }
    const [operator, operand] = entries[0];
    if (operator === "not") {
      const inner = this.read(operand, depth + 1);
      return async (work) => negate(await inner(work));
    }
    if (operator === "and" || operator === "or") {
      if (!Array.isArray(operand) || operand.length === 0) {
        throw invalid(`Param 'where': '${operator}' needs a list of at least one filter.`);
      }
      const branches = operand.map((branch) => this.read(branch, depth + 1));
      return async (work) => {
        return combine(operator, await work.together(branches.map((branch) => () => branch(work))));
      };
    }
    const comparison = COMPARISONS.find((each) => each === operator);
    if (comparison === undefined) {
      throw invalid(`Param 'where': there is no operator '${operator}'.`);
    }
    return this.readComparison(comparison, operand);
  }

  private readComparison(operator: BridgeComparison, operand: BridgeJson): BridgeFilter {
    if (!Array.isArray(operand) || operand.length !== 2 || typeof operand[0] !== "string") {
      throw invalid(`Param 'where': '${operator}' needs [field, value].`);
    }
    const [name, value] = operand;
    const field = this.fields.get(name as string);
    if (field === undefined) {
      throw invalid(`Param 'where': there is no field '${name}' here.`);
    }
    if (!COMPARABLE_BY[field.kind].includes(operator)) {
      throw invalid(`Param 'where': field '${name}' does not know '${operator}'.`);
    }
    if (operator !== "in" && operator !== "all") {
      const values = [this.readValue(field, operator, value)];
      return async (work) => compareOne(field, operator, (await toOperands(field, values, work))[0]);
    }
    if (!Array.isArray(value)) {
      throw invalid(`Param 'where': '${operator}' of '${name}' needs a list of values.`);
    }
    const values = value.map((each) => this.readValue(field, operator, each));
    const compareList = operator === "in" ? compareAny : compareAll;
    return async (work) => compareList(field, await toOperands(field, values, work));
  }

  /** The value in its plain form: null, a text, a time in UTC or the id of a referenced item. */
  private readValue(field: BridgeField, operator: string, value: BridgeJson): string | null {
    this.count += 1;
    if (this.count > MAX_VALUES) {
      throw invalid(`Param 'where' holds more than ${MAX_VALUES} values.`);
    }
    if (value === null && ["eq", "neq", "in"].includes(operator)) {
      return null;
    }
    const plain = this.readPlain(field, value);
    if (plain === undefined) {
      throw invalid(`Param 'where': field '${field.name}' cannot be compared with that value.`);
    }
    return plain;
  }

  private readPlain(field: BridgeField, value: BridgeJson): string | undefined {
    if (typeof value === "string") {
      return field.kind === "time" || field.kind === "app" ? undefined : value;
    }
    const entries = isObject(value) ? Object.entries(value as BridgeObject) : [];
    if (entries.length !== 1) {
      return undefined;
    }
    const [tag, content] = entries[0];
    if (field.kind === "time") {
      return tag === "$time" && typeof content === "string" ? parseTime(content) : undefined;
    }
    if (field.target === undefined || tag !== "$ref" || !Array.isArray(content) || content.length !== 2) {
      return undefined;
    }
    const [target, id] = content;
    return target === field.target && typeof id === "string" ? id : undefined;
  }
}

/* ---- Params ---- */

/** Reads one param; what is absent or null comes as undefined. */
type BridgeReader<Value> = (value: BridgeJson | undefined, name: string) => Value;

const identifier: BridgeReader<string> = (value, name) => {
  if (typeof value !== "string" || value === "") {
    const problem = value === undefined ? "is missing" : "must be a text that is not empty";
    throw invalid(`Param '${name}' ${problem}.`);
  }
  return value;
};

const messageText: BridgeReader<string> = (value, name) => {
  const text = identifier(value, name);
  if ([...text].length > MAX_TEXT) {
    throw invalid(`Param '${name}' is longer than ${MAX_TEXT} characters.`);
  }
  return text;
};

function flag(fallback: boolean): BridgeReader<boolean> {
  return (value = fallback, name) => {
    if (typeof value !== "boolean") {
      throw invalid(`Param '${name}' must be true or false.`);
    }
    return value;
  };
}

function wholeNumber(fallback: number, least: number, most: number): BridgeReader<number> {
  return (value = fallback, name) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      throw invalid(`Param '${name}' must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

const offset = wholeNumber(0, 0, Number.MAX_SAFE_INTEGER);
const size = wholeNumber(10, 1, MAX_SIZE);

function readMembers(value: BridgeJson | undefined, name: string, allowed: string[]): Map<string, BridgeJson> {
  if (!isObject(value)) {
    throw invalid(value === undefined ? `Param '${name}' is missing.` : `Param '${name}' must be an object.`);
  }
  const members = new Map(Object.entries(value as BridgeObject));
  for (const member of members.keys()) {
    if (!allowed.includes(member)) {
      throw invalid(`Param '${name}' has no member '${member}'.`);
    }
  }
  return members;
}

const linkedItem: BridgeReader<BridgeApplicationItem | null> = (value, name) => {
  const members = readMembers(value, name, ["_applicationItem"]);
  const item = members.get("_applicationItem");
  if (item === null) {
    return null;
  }
  const path = `${name}._applicationItem`;
  const parts = readMembers(item, path, ["namespace", "code", "id"]);
  const part = (key: string): string => identifier(parts.get(key), `${path}.${key}`);
  return { namespace: part("namespace"), code: part("code"), id: part("id") };
};

function filterOf(collection: BridgeCollection): BridgeReader<BridgeFilter> {
  return (value) => (value === undefined ? async () => true : new BridgeFilterReader(collection).read(value, 1));
}

function orderOf(collection: BridgeCollection): BridgeReader<Array<{ field: BridgeField; ascending: boolean }>> {
  return (value = [], name) => {
    if (!Array.isArray(value)) {
      throw invalid(`Param '${name}' must be a list of {"field", "ascending"}.`);
    }
    return value.map((entry) => {
      const members = readMembers(entry, name, ["field", "ascending"]);
      const field = fieldsOf(collection).get(identifier(members.get("field"), `${name}.field`));
      if (field === undefined || !SORTABLE.includes(field.kind)) {
        throw invalid(`Param '${name}': rows cannot be sorted by '${members.get("field")}'.`);
      }
      return { field, ascending: flag(true)(members.get("ascending"), `${name}.ascending`) };
    });
  };
}

function namesOf(collection: BridgeCollection): BridgeReader<string[] | undefined> {
  return (value, name) => {
    if (value === undefined) {
      return undefined;
    }
    if (!Array.isArray(value)) {
      throw invalid(`Param '${name}' must be a list of names.`);
    }
    return value.map((each) => {
      if (typeof each !== "string" || !fieldsOf(collection).has(each)) {
        throw invalid(`Param '${name}': there is no field '${each}' here.`);
      }
      return each;
    });
  };
}

/* ---- Finding ---- */

const NOUNS: { readonly [Name in BridgeCollection]: string } = {
  lines: "line",
  channels: "channel",
  clients: "client",
  sessions: "session",
  users: "user",
  userGroups: "group",
};

async function find<Name extends BridgeCollection>(
  collection: Name,
  id: string,
): Promise<BridgeItems[Name] | undefined> {
  return searchIn(collection)
    .where((f, g) => g.and(f.__deletedAt.eq(null), f.__id.eq(id)))
    .first();
}

async function get<Name extends BridgeCollection>(collection: Name, id: string): Promise<BridgeItems[Name]> {
  const item = await find(collection, id);
  if (item === undefined) {
    throw refused("not_found", `There is no ${NOUNS[collection]} ${id}.`, { collection, id });
  }
  return item;
}

/** The user of the token, or undefined where the SDK does not tell a server script. */
async function findMe(): Promise<BridgeItem | undefined> {
  try {
    return await getSystem().users.getCurrentUser();
  } catch {
    return undefined;
  }
}

function valueOf(item: BridgeItem, collection: BridgeCollection, name: string): BridgeJson {
  const field = fieldsOf(collection).get(name) as BridgeField;
  return fieldToJson(item.data[field.sdkName], field);
}

async function answerWith(item: BridgeItem, collection: BridgeCollection): Promise<BridgeObject> {
  return { item: itemToJson(await item.fetch(), collection) };
}

async function search(
  collection: BridgeCollection,
  params: {
    where: BridgeFilter;
    sort: Array<{ field: BridgeField; ascending: boolean }>;
    from: number;
    size: number;
    fields: string[] | undefined;
    total: boolean;
  },
  work: BridgeWork,
): Promise<BridgeObject> {
  const clause = await params.where(work);
  if (clause === false) {
    return { result: [], total: params.total ? 0 : null };
  }
  const start = (): BridgeSearch<BridgeItem> => {
    const all: BridgeSearch<BridgeItem> = searchIn(collection);
    return clause === true ? all : all.where(clause);
  };
  const readPage = (from: number, limit: number): Promise<BridgeItem[]> => {
    const page = start().from(from).size(limit);
    return params.sort.reduce((sorted, { field, ascending }) => sorted.sort(field.sdkName, ascending), page).all();
  };
  let items: BridgeObject[] = [];
  let total: number | null = null;
  await work.together([
    async () => {
      const { found } = await readPages(readPage, params.from, params.size, work);
      items = found.map((item) => itemToJson(item, collection));
    },
    async () => {
      total = params.total ? await start().count() : null;
    },
  ]);
  const wanted = params.fields && ["__id", ...params.fields];
  const result = wanted
    ? items.map((item) => toObject(Object.entries(item).filter(([name]) => wanted.includes(name))))
    : items;
  return { result, total };
}

/* ---- Rules: checked by reading, so that the reason is exact. What cannot be read, the platform refuses. ---- */

function requireOpen(session: BridgeSession): void {
  const state = valueOf(session, "sessions", "_state");
  if (FINISHED.includes(state as string)) {
    throw refused("wrong_state", "The session is finished.", { state });
  }
}

function requireOnline(user: BridgeItem): void {
  if (valueOf(user, "users", "presence") === "offline") {
    throw refused("operator_offline", `${toJson(user.data.__name)} is offline.`);
  }
}

async function readChannelType(session: BridgeSession): Promise<BridgeJson> {
  const channel = await find("channels", String(valueOf(session, "sessions", "_channel")));
  return channel === undefined ? null : valueOf(channel, "channels", "_type");
}

async function hasLaterSession(session: BridgeSession, work: BridgeWork): Promise<boolean> {
  const { _clients: clients, __createdAt: createdAt } = session.data;
  const findLater = (client: unknown): Promise<BridgeSession | undefined> => {
    return searchIn("sessions")
      .where((f, g) => g.and(f.__deletedAt.eq(null), f._clients.has(client), f.__createdAt.gt(createdAt)))
      .first();
  };
  const found = await work.together((Array.isArray(clients) ? clients : []).map((client) => () => findLater(client)));
  return found.some((later) => later !== undefined);
}

async function findOpenSession(channel: BridgeChannel, account: string): Promise<BridgeSession | undefined> {
  const client = await searchIn("clients")
    .where((f, g) => g.and(f.__deletedAt.eq(null), f._channel.eq(channel), f._username.eq(account)))
    .first();
  if (client === undefined) {
    return undefined;
  }
  const states = fieldsOf("sessions").get("_state") as BridgeField;
  const open = FINISHED.map((state) => (f: BridgeFields) => f._state.neq(fromCode(state, states)));
  return searchIn("sessions")
    .where((f, g) => g.and(f.__deletedAt.eq(null), f._clients.all([client]), ...open.map((isNot) => isNot(f))))
    .first();
}

/* ---- What each method does ---- */

async function describe(): Promise<BridgeObject> {
  const me = await findMe();
  return {
    contract: CONTRACT_VERSION,
    bridge: BRIDGE_VERSION,
    now: new Date().toISOString(),
    methods: [...METHODS.keys()].sort(),
    user: me ? { __id: me.id, __name: toJson(me.data.__name) } : null,
  };
}

async function listUsers({ id }: { id: string }, work: BridgeWork): Promise<BridgeObject> {
  const group = await get("userGroups", id);
  const users = await readWhole((from, limit) => group.users(from, limit), Infinity, work);
  const present = users.filter((user) => toJson(user.data.__deletedAt) === null);
  return { result: present.map((user) => itemToJson(user, "users")) };
}

async function disconnect({ id }: { id: string }): Promise<BridgeObject> {
  const channel = await get("channels", id);
  const state = valueOf(channel, "channels", "_state");
  if (state !== "active") {
    throw refused("wrong_state", "The channel is not active.", { state });
  }
  await channel.disconnect();
  return answerWith(channel, "channels");
}

async function reconnect({ id }: { id: string }): Promise<BridgeObject> {
  const channel = await get("channels", id);
  const type = valueOf(channel, "channels", "_type");
  if (!RECONNECTABLE.includes(type as string)) {
    throw refused("not_reconnectable", "A channel of this type can only be reconnected in its own settings.", { type });
  }
  const state = valueOf(channel, "channels", "_state");
  if (state === "active") {
    throw refused("wrong_state", "The channel is active already.", { state });
  }
  await channel.reconnect();
  return answerWith(channel, "channels");
}

async function saveClient({ id, data }: { id: string; data: BridgeApplicationItem | null }): Promise<BridgeObject> {
  const client = await get("clients", id);
  client.data._applicationItem = data === null ? null : INFERRED.applicationItem(data);
  await client.save();
  return answerWith(client, "clients");
}

async function createSession(params: { channel: string; account: string }): Promise<BridgeObject> {
  const channel = await get("channels", params.channel);
  const me = await findMe();
  if (me !== undefined) {
    requireOnline(me);
  }
  const state = valueOf(channel, "channels", "_state");
  if (state !== "active") {
    throw refused("wrong_state", "The channel is not active.", { state });
  }
  const open = await findOpenSession(channel, params.account);
  if (open !== undefined) {
    throw refused("open_session_exists", "A session with that client is open already.", { session: open.id });
  }
  return answerWith(await getSystem().lines.sessions.create(channel, params.account), "sessions");
}

async function assignToOperator(params: { id: string; operator: string }): Promise<BridgeObject> {
  const session = await get("sessions", params.id);
  const operator = await get("users", params.operator);
  requireOnline(operator);
  requireOpen(session);
  await session.assignToOperator(operator);
  return answerWith(session, "sessions");
}

async function assignToOperatorGroup(params: { id: string; userGroup: string }): Promise<BridgeObject> {
  const session = await get("sessions", params.id);
  const group = await get("userGroups", params.userGroup);
  requireOpen(session);
  await session.assignToOperatorGroup(group);
  return answerWith(session, "sessions");
}

async function assignToBot({ id, silent }: { id: string; silent: boolean }): Promise<BridgeObject> {
  const session = await get("sessions", id);
  requireOpen(session);
  await session.assignToBot(silent);
  return answerWith(session, "sessions");
}

async function closeSession({ id }: { id: string }): Promise<BridgeObject> {
  const session = await get("sessions", id);
  requireOpen(session);
  const state = valueOf(session, "sessions", "_state");
  const me = await findMe();
  const isMine = state === "AssignedToOperator" && (!me || valueOf(session, "sessions", "_userId") === me.id);
  if (state !== "AssignedToBot" && !isMine) {
    throw refused("not_assignee", "Only the operator or the bot that has the session may close it.");
  }
  await session.close();
  return answerWith(session, "sessions");
}

async function markAsSpam({ id }: { id: string }): Promise<BridgeObject> {
  const session = await get("sessions", id);
  const type = await readChannelType(session);
  if (NEVER_SPAM.includes(type as string)) {
    throw refused("spam_not_allowed", `Sessions of ${type} channels cannot be spam.`, { type });
  }
  requireOpen(session);
  await session.markAsSpam();
  return answerWith(session, "sessions");
}

async function unmarkAsSpam({ id }: { id: string }, work: BridgeWork): Promise<BridgeObject> {
  const session = await get("sessions", id);
  if ((await readChannelType(session)) !== "inbox" && (await hasLaterSession(session, work))) {
    const message = "The client has a later session: only the last one can leave spam, unless the channel is an inbox.";
    throw refused("unspam_not_allowed", message);
  }
  const state = valueOf(session, "sessions", "_state");
  if (state !== "MarkedAsSpam") {
    throw refused("wrong_state", "The session is not marked as spam.", { state });
  }
  await session.unmarkAsSpam();
  return answerWith(session, "sessions");
}

async function getLastMessage({ id }: { id: string }, work: BridgeWork): Promise<BridgeObject> {
  const message = await (await get("sessions", id)).getLastMessage();
  return { item: message ? await messageToJson(message, work) : null };
}

/** Positive if the messages come oldest first, negative if newest first, 0 if that cannot be told from them. */
function orderOfMessages(messages: BridgeItem[]): number {
  const [first, last] = [messages[0], messages[messages.length - 1]].map((message) => toJson(message.data.__createdAt));
  return first === last ? 0 : String(first) < String(last) ? 1 : -1;
}

/** The SDK does not say in which order it pages: unless a page shows that it is the contract's, the whole is turned. */
async function readMessages(
  session: BridgeSession,
  from: number,
  most: number,
  work: BridgeWork,
): Promise<BridgeItem[]> {
  const readPage = (start: number, limit: number): Promise<BridgeItem[]> => session.getAllMessages(start, limit);
  const { found, isWhole } = await readPages(readPage, from, most, work);
  if (found.length === 0 || orderOfMessages(found) > 0) {
    return found;
  }
  const isAll = from === 0 && isWhole && found.length < most;
  const messages = isAll ? found : await readWhole(readPage, Infinity, work);
  return (orderOfMessages(messages) < 0 ? messages.reverse() : messages).slice(from, from + most);
}

async function getAllMessages(
  params: { id: string; from: number; size: number },
  work: BridgeWork,
): Promise<BridgeObject> {
  const messages = await readMessages(await get("sessions", params.id), params.from, params.size, work);
  return { result: await work.together(messages.map((message) => () => messageToJson(message, work))) };
}

async function sendSystemMessage(params: { id: string; text: string }, work: BridgeWork): Promise<BridgeObject> {
  const message = await (await get("sessions", params.id)).sendSystemMessage(params.text);
  return { item: message ? await messageToJson(message, work) : null };
}

/* ---- The table of methods ---- */

/** Checks the params at once; the platform is touched only when the returned function is called. */
type BridgeMethod = (params: BridgeObject) => (work: BridgeWork) => Promise<BridgeJson>;

function method<Params>(
  readers: { [Name in keyof Params]: BridgeReader<Params[Name]> },
  run: (params: Params, work: BridgeWork) => Promise<BridgeJson>,
): BridgeMethod {
  const names = Object.keys(readers) as Array<keyof Params & string>;
  return (given) => {
    const values = new Map(Object.entries(given));
    for (const name of values.keys()) {
      if (!(names as string[]).includes(name)) {
        throw invalid(`There is no param '${name}'.`);
      }
    }
    const params = toObject(
      names.map((name): [string, unknown] => {
        const value = values.get(name);
        return [name, readers[name](value === null ? undefined : value, name)];
      }),
    ) as unknown as Params;
    return (work) => run(params, work);
  };
}

const METHODS = new Map<string, BridgeMethod>([
  ["system.describe", method({}, describe)],
  ...COLLECTIONS.map((collection): [string, BridgeMethod] => [
    `${collection}.search`,
    method(
      {
        where: filterOf(collection),
        sort: orderOf(collection),
        from: offset,
        size,
        fields: namesOf(collection),
        total: flag(true),
      },
      (params, work) => search(collection, params, work),
    ),
  ]),
  ["userGroups.users", method({ id: identifier }, listUsers)],
  ["channels.disconnect", method({ id: identifier }, disconnect)],
  ["channels.reconnect", method({ id: identifier }, reconnect)],
  ["clients.save", method({ id: identifier, data: linkedItem }, saveClient)],
  ["sessions.create", method({ channel: identifier, account: identifier }, createSession)],
  ["sessions.assignToOperator", method({ id: identifier, operator: identifier }, assignToOperator)],
  ["sessions.assignToOperatorGroup", method({ id: identifier, userGroup: identifier }, assignToOperatorGroup)],
  ["sessions.assignToBot", method({ id: identifier, silent: flag(false) }, assignToBot)],
  ["sessions.close", method({ id: identifier }, closeSession)],
  ["sessions.markAsSpam", method({ id: identifier }, markAsSpam)],
  ["sessions.unmarkAsSpam", method({ id: identifier }, unmarkAsSpam)],
  ["sessions.getLastMessage", method({ id: identifier }, getLastMessage)],
  ["sessions.getAllMessages", method({ id: identifier, from: offset, size }, getAllMessages)],
  ["sessions.sendSystemMessage", method({ id: identifier, text: messageText }, sendSystemMessage)],
]);

/* ---- JSON-RPC ---- */

function toErrorAnswer(id: BridgeJson, error: BridgeError): BridgeObject {
  const { code, message, data } = error;
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } };
}

/** Checks a call and gives what is left to do. */
function prepare(call: BridgeJson): (work: BridgeWork) => Promise<BridgeJson> {
  if (!isObject(call) || call.jsonrpc !== "2.0" || typeof call.method !== "string") {
    throw new BridgeError(-32600, "A call needs jsonrpc '2.0', an id and a method.");
  }
  if (idOf(call) === null) {
    throw new BridgeError(-32600, "A call needs an id, a text or a number: notifications are not taken.");
  }
  const known = METHODS.get(call.method);
  if (known === undefined) {
    throw new BridgeError(-32601, `There is no method '${call.method}'.`);
  }
  const { params = null } = call;
  if (params !== null && !isObject(params)) {
    throw invalid("The params must be an object.");
  }
  return known((params || {}) as BridgeObject);
}

function idOf(call: BridgeJson): string | number | null {
  const id = isObject(call) ? call.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

async function answerCall(call: BridgeJson, work: BridgeWork): Promise<BridgeObject> {
  const id = idOf(call);
  try {
    const run = prepare(call);
    if (work.isLate()) {
      throw refused("platform", "This call was not started: the script's time was used up. Send it again.");
    }
    return { jsonrpc: "2.0", id, result: await run(work) };
  } catch (thrown) {
    return toErrorAnswer(id, toBridgeError(thrown));
  }
}

/** Calls about one object keep their order; all others run side by side. */
function toLanes(calls: BridgeJson[]): number[][] {
  const lanes = new Map<unknown, number[]>();
  calls.forEach((call, index) => {
    const params = isObject(call) && isObject(call.params) ? call.params : {};
    const key = params.id || params.channel || index;
    lanes.set(key, [...(lanes.get(key) || []), index]);
  });
  return [...lanes.values()];
}

async function answerCalls(calls: BridgeJson[]): Promise<BridgeObject[]> {
  const work = new BridgeWork();
  const answers: BridgeObject[] = [];
  const answerLane = async (lane: number[]): Promise<void> => {
    for (const index of lane) {
      answers[index] = await answerCall(calls[index], work);
    }
  };
  await work.togetherLater(toLanes(calls).map((lane) => () => answerLane(lane)));
  return answers;
}

async function answerBody(body: unknown): Promise<BridgeObject | BridgeObject[]> {
  let payload: BridgeJson;
  try {
    payload = typeof body === "string" ? JSON.parse(body) : JSON.parse(JSON.stringify(body));
  } catch {
    return toErrorAnswer(null, new BridgeError(-32700, "The body is not JSON."));
  }
  if (!Array.isArray(payload)) {
    return (await answerCalls([payload]))[0];
  }
  if (payload.length < 1 || payload.length > MAX_CALLS) {
    const message = `A batch holds 1 to ${MAX_CALLS} calls, not ${payload.length}.`;
    return toErrorAnswer(null, new BridgeError(-32600, message));
  }
  return answerCalls(payload);
}

/** The API method: one call or one batch of the contract in, its answer out. */
async function rpc(req: HttpApiRequest): Promise<HttpResponse | void> {
  return new HttpResponse(200).json(await answerBody(req.body));
}
