/**
 * The lines-bot bridge: the side of the Lines contract that runs inside ELMA365 / BRIX.
 *
 * Paste the whole file into the Scripts tab of a module and add one API method: POST, External authorization,
 * function `rpc`. `lines-bot bridge` prints the steps. Types are prefixed so that none meets one of the platform's.
 */

const BRIDGE_VERSION = "1.1.0";
const CONTRACT_VERSION = 1;

/** What your company's platform has instead of what is inferred below: `lines-bot bridge --fit` writes it here. */
const COMPANY: BridgeCompany = {};

/**
 * Everything that the vendor does not document. `lines-bot probe` tells what of it differs in your company.
 * All operators but `not` are seen in scripts at work.
 */
const INFERRED = {
  /** The contract's operators: the SDK's names for them. */
  comparisons: {
    eq: "eq", neq: "neq", in: "in", like: "like", has: "has", all: "all", gt: "gt", gte: "gte", lt: "lt", lte: "lte",
  },
  groups: { and: "and", or: "or", not: "not", ...COMPANY.groups },
  /** The contract's field: the SDK's name for it, where it is not sure to be the same; null if there is none. */
  fieldNames: {
    "channels._line": "_line",
    "users.email": "email",
    "users.presence": "presence",
    ...COMPANY.fieldNames,
  },
  /** References that the SDK keeps as an id; a filter on any other one needs the item itself. */
  plainIds: COMPANY.plainIds || ["sessions._userId", "sessions._userGroupId"],
  /** What a filter on a time needs: the platform's own object, the language's, or a text. */
  times: COMPANY.times || "Datetime",
  /** `neq` finds rows whose field is empty. */
  neqFindsEmpty: COMPANY.neqFindsEmpty !== false,
  /** By how many fields a search may be sorted, the first weighing most. */
  sortKeys: COMPANY.sortKeys || Infinity,
  /** What holds the figures of the live chats. No published page shows it. */
  metrics: COMPANY.metrics || "metrics",
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
const PROBE_FOR_MS = 40000;
/** How many rows more are read to see where those end that a sort cannot tell apart. */
const TIES_AT_ONCE = 100;
const MAX_CALLS = 100;
const MAX_DEPTH = 8;
const MAX_VALUES = 1000;
const MAX_SIZE = 10000;
const MAX_TEXT = 4096;

const RECONNECTABLE = ["telegramBot", "inbox", "viberbot", "livechat", "instagram"];
const NEVER_SPAM = ["internal", "support"];
const FINISHED = ["Closed", "MarkedAsSpam"];

/** Differences by the contract's names. What is null is not there; codes are by field. */
interface BridgeCompany {
  /** By kind and operator, such as `time.gte`. */
  comparisons?: { [kindAndOperator: string]: string | null };
  groups?: { or?: string | null; not?: string | null };
  fieldNames?: { [path: string]: string | null };
  plainIds?: string[];
  times?: "Datetime" | "Date" | "text";
  neqFindsEmpty?: boolean;
  sortKeys?: number;
  metrics?: string;
  /** The contract's code: the identifier in the enumeration, or where there is none the platform's value. */
  codes?: { [path: string]: { [code: string]: BridgeJson } };
  /** Enumerated fields whose filters need the code itself and not the member. */
  plainCodes?: string[];
}

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
  metrics: BridgeItem;
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

/** What stands beside the collections that the vendor documents. */
type BridgeLines = { readonly [name: string]: { search(): BridgeSearch<BridgeItem> } };

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
    metrics: () => (lines as unknown as BridgeLines)[INFERRED.metrics].search(),
  };
  return searches[collection]();
}

function hasMetrics(): boolean {
  try {
    return typeof (getSystem().lines as unknown as BridgeLines)[INFERRED.metrics].search === "function";
  } catch {
    return false;
  }
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

/** Ten promises at once, and new ones for some seconds. Whoever waits for a promise holds one of the ten places. */
class BridgeWork {
  private readonly endsAt: number;
  private readonly begun: Array<() => void> = [];
  private readonly later: Array<() => void> = [];
  private free = PROMISES_AT_ONCE - 1;

  constructor(milliseconds: number) {
    this.endsAt = Date.now() + milliseconds;
  }

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
  /** Null where the platform has no such field. */
  sdkName: string | null;
  path: string;
  kind: BridgeKind;
  target: BridgeCollection | undefined;
  isPlainId: boolean;
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
  metrics: [],
};
const COLLECTIONS = Object.keys(OWN_FIELDS) as BridgeCollection[];

const FIELDS = new Map(
  COLLECTIONS.map((collection) => {
    const sdkNames = new Map<string, string | null>(Object.entries(INFERRED.fieldNames));
    const fields = [...COMMON_FIELDS, ...OWN_FIELDS[collection]].map(([name, kind, target]): BridgeField => {
      const path = `${collection}.${name}`;
      return {
        name,
        sdkName: sdkNames.has(path) ? (sdkNames.get(path) as string | null) : name,
        path,
        kind,
        target,
        isPlainId: INFERRED.plainIds.includes(path),
      };
    });
    return [collection, new Map(fields.map((field) => [field.name, field]))] as const;
  }),
);

const MESSAGE_REFERENCES = ["session", "client", "operator"];
const MESSAGE_FIELDS = new Map(
  [...fieldsOf("lines").values()].map((field) => [field.name, field] as const).concat(
    MESSAGE_REFERENCES.map((name) => [name, { ...(fieldsOf("lines").get("__createdBy") as BridgeField), name }]),
  ),
);

function fieldsOf(collection: BridgeCollection): Map<string, BridgeField> {
  return FIELDS.get(collection) as Map<string, BridgeField>;
}

/* ---- Values: from the SDK to JSON, and codes both ways ---- */

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A date may come from another realm than the script's. */
function isDate(value: unknown): value is Date {
  return isObject(value) && typeof value.toISOString === "function";
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

type BridgeEnumeration = { readonly [identifier: string]: unknown };

/** The enumeration of a field; empty where the platform has none. */
function enumerationOf(path: string): BridgeEnumeration {
  const enumeration = new Map<string, () => BridgeEnumeration>(Object.entries(INFERRED.enumerations)).get(path);
  try {
    return enumeration ? enumeration() : {};
  } catch {
    return {};
  }
}

/** The contract's codes that have another name in this company. */
function renamedCodes(path: string): Map<string, BridgeJson> {
  return new Map(Object.entries(new Map(Object.entries(COMPANY.codes || {})).get(path) || {}));
}

function toCode(value: unknown, field: BridgeField): BridgeJson {
  const enumeration = enumerationOf(field.path);
  const held = codeIn(value);
  const known = Object.keys(enumeration).find((name) => codeIn(enumeration[name]) === held);
  const identifier = known === undefined ? toJson(held) : known;
  const renamed = [...renamedCodes(field.path)].find(([, name]) => name === identifier);
  return renamed === undefined ? identifier : renamed[0];
}

function fromCode(code: string, field: BridgeField): unknown {
  const enumeration = enumerationOf(field.path);
  const renamed = renamedCodes(field.path).get(code);
  const name = renamed === undefined ? code : renamed;
  const isMember = typeof name === "string" && Object.prototype.hasOwnProperty.call(enumeration, name);
  const member = isMember ? enumeration[name as string] : name;
  if ((COMPANY.plainCodes || []).includes(field.path)) {
    return codeIn(member);
  }
  return !isMember && isObject(Object.values(enumeration)[0]) ? { code: name, name } : member;
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
    if (isDate(value)) {
      return value.toISOString();
    }
    return toObject(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function fieldToJson(value: unknown, field: BridgeField | undefined): BridgeJson {
  if (value === null || value === undefined || field === undefined) {
    return toJson(value);
  }
  switch (field.kind) {
    case "code":
      return toCode(value, field);
    case "app":
      return toApplicationItem(value);
    case "apps":
      return Array.isArray(value) ? value.map(toApplicationItem) : toJson(value);
    case "time":
      return toTime(value);
    case "reference":
      return toId(value);
    case "references":
      return Array.isArray(value) ? value.map(toId) : toJson(value);
    default:
      return toJson(value);
  }
}

/** A time may be an object of the platform's or of the language's, or a text in any zone. */
function toTime(value: unknown): BridgeJson {
  const json = toJson(value);
  const time = typeof json === "string" ? new Date(json) : new Date(NaN);
  return isNaN(time.getTime()) ? json : time.toISOString();
}

/** A reference may be an id, an object that can be fetched, or one that only names its item. */
function toId(value: unknown): BridgeJson {
  return isObject(value) && typeof value.id === "string" ? value.id : toJson(value);
}

function itemToJson(item: BridgeItem, collection: BridgeCollection): BridgeObject {
  const bySdkName = new Map<string | null, BridgeField>(
    [...fieldsOf(collection).values()].map((field) => [field.sdkName, field]),
  );
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
  const entries = Object.entries(message.data).map(([name, value]): [string, BridgeJson] => {
    return [name, fieldToJson(value, MESSAGE_FIELDS.get(name))];
  });
  return { ...toObject(entries), __id: message.id, files };
}

/* ---- Filters: JSON to the SDK's `where`. All of it is checked before the platform is touched. ---- */

/**
 * A condition of the SDK, or true or false where no row can make a difference. If it is not exact it also finds rows
 * that the filter does not mean: the platform has no operator that tells them apart.
 */
interface BridgeClause {
  condition: boolean | BridgeCondition;
  isExact: boolean;
}

/** What a collection can be asked by; undefined where the platform does not show it before it searches. */
type BridgeAbilities = { f: BridgeFields; g: BridgeGroups } | undefined;

/** A checked filter. */
interface BridgeFilter {
  /** Whether an item is meant, as the contract has it. */
  holds(item: BridgeObject): boolean;
  /** Reads the items that the filter's references name. */
  ask(abilities: BridgeAbilities, work: BridgeWork): Promise<BridgeClause>;
}

/** `missing` stands for a reference to an item that is not there, which equals nothing. */
type BridgeOperand = { missing: true } | { missing: false; value: unknown };

const ALL_ROWS: BridgeFilter = { holds: () => true, ask: async () => exactly(true) };

function exactly(condition: boolean | BridgeCondition): BridgeClause {
  return { condition, isExact: true };
}

/** Nothing that the platform could be asked: every row is looked at. */
const UNASKED: BridgeClause = { condition: true, isExact: false };

function abilitiesOf(collection: BridgeCollection): BridgeAbilities {
  let seen: BridgeAbilities;
  try {
    searchIn(collection).where((f, g) => {
      seen = { f, g };
      return f.__id.eq("");
    });
  } catch {
    // The search itself will tell.
  }
  return seen;
}

function combine(operator: "and" | "or", clauses: BridgeClause[], abilities: BridgeAbilities): BridgeClause {
  const decisive = operator === "or";
  const deciding = clauses.filter(({ condition }) => condition === decisive);
  if (deciding.length > 0) {
    return { condition: decisive, isExact: !decisive || deciding.some(({ isExact }) => isExact) };
  }
  const open = clauses.map(({ condition }) => condition).filter((each): each is BridgeCondition => each !== !decisive);
  const isExact = clauses.every((clause) => clause.isExact);
  if (open.length < 2) {
    return { condition: open.length === 1 ? open[0] : !decisive, isExact };
  }
  const group = groupName(operator, abilities);
  return group === null ? UNASKED : { condition: (f, g) => g[group](...open.map((each) => each(f, g))), isExact };
}

function negate({ condition, isExact }: BridgeClause, abilities: BridgeAbilities): BridgeClause {
  if (!isExact) {
    return UNASKED;
  }
  if (typeof condition === "boolean") {
    return exactly(!condition);
  }
  const group = groupName("not", abilities);
  return group === null ? UNASKED : exactly((f, g) => g[group](condition(f, g)));
}

/** The platform's name for an operator that joins conditions; null if it has none. */
function groupName(operator: "and" | "or" | "not", abilities: BridgeAbilities): string | null {
  const name = INFERRED.groups[operator];
  return name !== null && (abilities === undefined || abilities.g[name]) ? name : null;
}

/** The platform's name for an operator of a field; null if it has none. */
function comparisonName(field: BridgeField, comparison: BridgeComparison, abilities: BridgeAbilities): string | null {
  const own = new Map(Object.entries(COMPANY.comparisons || {})).get(`${field.kind}.${comparison}`);
  const name = own === undefined ? INFERRED.comparisons[comparison] : own;
  const operators = abilities && abilities.f[field.sdkName as string];
  return name !== null && (!operators || operators[name]) ? name : null;
}

function compare(
  field: BridgeField,
  comparison: BridgeComparison,
  value: unknown,
  abilities: BridgeAbilities,
): BridgeClause {
  const operator = comparisonName(field, comparison, abilities);
  if (operator === null) {
    return UNASKED;
  }
  return exactly((f) => {
    const operators = f[field.sdkName as string];
    if (!operators || !operators[operator]) {
      const what = operators ? `operator ${operator} for` : "field";
      throw refused("platform", `This platform has no ${what} ${field.path}: run \`lines-bot probe\`, it says what to do.`);
    }
    return operators[operator](value);
  });
}

function equal(field: BridgeField, operand: BridgeOperand, abilities: BridgeAbilities): BridgeClause {
  return operand.missing ? exactly(false) : compare(field, "eq", operand.value, abilities);
}

function differ(field: BridgeField, operand: BridgeOperand, abilities: BridgeAbilities): BridgeClause {
  if (operand.missing || comparisonName(field, "neq", abilities) === null) {
    return negate(equal(field, operand, abilities), abilities);
  }
  const differs = compare(field, "neq", operand.value, abilities);
  return operand.value === null || INFERRED.neqFindsEmpty
    ? differs
    : combine("or", [differs, compare(field, "eq", null, abilities)], abilities);
}

function includeAll(field: BridgeField, operands: BridgeOperand[], abilities: BridgeAbilities): BridgeClause {
  const values = operands.map((operand) => (operand.missing ? undefined : operand.value));
  if (values.includes(undefined)) {
    return exactly(false);
  }
  if (comparisonName(field, "all", abilities) === null) {
    return combine("and", values.map((value) => compare(field, "has", value, abilities)), abilities);
  }
  return values.length === 0 ? exactly(true) : compare(field, "all", values, abilities);
}

function includeOne(field: BridgeField, operand: BridgeOperand, abilities: BridgeAbilities): BridgeClause {
  if (operand.missing) {
    return exactly(false);
  }
  return comparisonName(field, "has", abilities) === null
    ? compare(field, "all", [operand.value], abilities)
    : compare(field, "has", operand.value, abilities);
}

function equalAny(field: BridgeField, operands: BridgeOperand[], abilities: BridgeAbilities): BridgeClause {
  const isPresent = (operand: BridgeOperand): boolean => !operand.missing && operand.value !== null;
  const present = operands.filter(isPresent);
  const others = operands.filter((operand) => !isPresent(operand));
  const values = present.map((operand) => (operand.missing ? null : operand.value));
  const known = comparisonName(field, "in", abilities) !== null && values.length > 0;
  const parts = known ? [compare(field, "in", values, abilities)] : present.map((each) => equal(field, each, abilities));
  return combine("or", [...parts, ...others.map((each) => equal(field, each, abilities))], abilities);
}

/** Before and after are told to the millisecond, so that each of these says what its neighbour does a moment away. */
const NEIGHBOURS = { gt: ["gte", 1], gte: ["gt", -1], lt: ["lte", -1], lte: ["lt", 1] } as const;

function order(
  field: BridgeField,
  comparison: keyof typeof NEIGHBOURS,
  time: string,
  abilities: BridgeAbilities,
): BridgeClause {
  const [neighbour, milliseconds] = NEIGHBOURS[comparison];
  if (comparisonName(field, comparison, abilities) !== null) {
    return compare(field, comparison, toSdkValue(time, field), abilities);
  }
  const moment = new Date(new Date(time).getTime() + milliseconds).toISOString();
  return compare(field, neighbour, toSdkValue(moment, field), abilities);
}

function memberOf(item: BridgeObject, field: BridgeField): BridgeJson {
  return item[field.name] === undefined ? null : item[field.name];
}

/** What each operator of the contract says of a value that an item holds. */
function holds(held: BridgeJson, comparison: BridgeComparison, values: ReadonlyArray<BridgeJson>): boolean {
  const list = Array.isArray(held) ? held : [];
  const [wanted] = values;
  switch (comparison) {
    case "eq":
    case "in":
      return values.includes(held);
    case "neq":
      return held !== wanted;
    case "has":
    case "all":
      return values.every((value) => list.includes(value));
    case "like":
      return typeof held === "string" && held.toLowerCase().includes(String(wanted).toLowerCase());
    case "gt":
      return held !== null && String(held) > String(wanted);
    case "gte":
      return held !== null && String(held) >= String(wanted);
    case "lt":
      return held !== null && String(held) < String(wanted);
    case "lte":
      return held !== null && String(held) <= String(wanted);
  }
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
  const found = await findItems(target, { in: ["__id", ids] }, ids.length, work);
  const items = new Map<BridgeJson, unknown>([[null, null], ...found.map((item) => [item.id, item] as const)]);
  return values.map((value) => (items.has(value) ? { missing: false, value: items.get(value) } : { missing: true }));
}

function toSdkValue(value: BridgeJson, field: BridgeField): unknown {
  if (typeof value !== "string") {
    return value;
  }
  if (field.kind === "time") {
    return toSdkTime(value, INFERRED.times);
  }
  return field.kind === "code" ? fromCode(value, field) : value;
}

function toSdkTime(time: string, form: typeof INFERRED.times): unknown {
  if (form === "text") {
    return time;
  }
  return form === "Date" ? new Date(time) : new Datetime(new Date(time));
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
      return {
        holds: (item) => !inner.holds(item),
        ask: async (abilities, work) => negate(await inner.ask(abilities, work), abilities),
      };
    }
    if (operator === "and" || operator === "or") {
      if (!Array.isArray(operand) || operand.length === 0) {
        throw invalid(`Param 'where': '${operator}' needs a list of at least one filter.`);
      }
      const branches = operand.map((branch) => this.read(branch, depth + 1));
      return {
        holds: (item) => {
          return operator === "and"
            ? branches.every((branch) => branch.holds(item))
            : branches.some((branch) => branch.holds(item));
        },
        ask: async (abilities, work) => {
          const clauses = await work.together(branches.map((branch) => () => branch.ask(abilities, work)));
          return combine(operator, clauses, abilities);
        },
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
    const isList = operator === "in" || operator === "all";
    if (isList && !Array.isArray(value)) {
      throw invalid(`Param 'where': '${operator}' of '${name}' needs a list of values.`);
    }
    const list = isList ? (value as BridgeJson[]) : [value];
    const values = list.map((each) => this.readValue(field, operator, each));
    const isMeant = (item: BridgeObject): boolean => holds(memberOf(item, field), operator, values);
    return {
      holds: isMeant,
      ask: async (abilities, work) => {
        return field.sdkName === null
          ? exactly(isMeant({}))
          : this.ask(field, operator, values, abilities, work);
      },
    };
  }

  private async ask(
    field: BridgeField,
    operator: BridgeComparison,
    values: ReadonlyArray<string | null>,
    abilities: BridgeAbilities,
    work: BridgeWork,
  ): Promise<BridgeClause> {
    const operands = await toOperands(field, values, work);
    switch (operator) {
      case "eq":
        return equal(field, operands[0], abilities);
      case "neq":
        return differ(field, operands[0], abilities);
      case "in":
        return equalAny(field, operands, abilities);
      case "has":
        return includeOne(field, operands[0], abilities);
      case "all":
        return includeAll(field, operands, abilities);
      case "like":
        return compare(field, operator, values[0], abilities);
      default:
        return order(field, operator, values[0] as string, abilities);
    }
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
  return (value) => (value === undefined ? ALL_ROWS : new BridgeFilterReader(collection).read(value, 1));
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
  metrics: "figure",
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

function searchFor<Name extends BridgeCollection>(
  collection: Name,
  condition: boolean | BridgeCondition,
): BridgeSearch<BridgeItems[Name]> {
  return typeof condition === "boolean" ? searchIn(collection) : searchIn(collection).where(condition);
}

/** The first items, `most` of them, that a filter of the contract means. */
async function findItems(
  collection: BridgeCollection,
  where: BridgeObject,
  most: number,
  work: BridgeWork,
): Promise<BridgeItem[]> {
  const filter = new BridgeFilterReader(collection).read(where, 1);
  const { condition, isExact } = await filter.ask(abilitiesOf(collection), work);
  if (condition === false) {
    return [];
  }
  const readPage = (from: number, limit: number): Promise<BridgeItem[]> => {
    return searchFor<BridgeCollection>(collection, condition).from(from).size(limit).all();
  };
  const found = await readWhole(readPage, isExact ? most : Infinity, work);
  return isExact ? found : found.filter((item) => filter.holds(itemToJson(item, collection)));
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
  return field.sdkName === null ? null : fieldToJson(item.data[field.sdkName], field);
}

async function answerWith(item: BridgeItem, collection: BridgeCollection): Promise<BridgeObject> {
  return { item: itemToJson(await item.fetch(), collection) };
}

type BridgeOrder = ReadonlyArray<{ field: BridgeField; ascending: boolean }>;

/** Equal items keep their places. */
function sortItems(items: BridgeObject[], sort: BridgeOrder): BridgeObject[] {
  return [...items].sort((left, right) => {
    for (const { field, ascending } of sort) {
      const [one, other] = [memberOf(left, field), memberOf(right, field)];
      if (one !== other) {
        return (one === null || (other !== null && one < other)) === ascending ? -1 : 1;
      }
    }
    return 0;
  });
}

/**
 * A page of what was found. Where the platform sorts by fewer fields, all rows are read that share the first field's
 * value with the last one of the page, and sorted here.
 */
async function readSorted(
  collection: BridgeCollection,
  readPage: BridgePage<BridgeItem>,
  params: { sort: BridgeOrder; from: number; size: number },
  work: BridgeWork,
): Promise<BridgeObject[]> {
  const { sort, from, size } = params;
  const read = async (start: number, most: number): Promise<{ items: BridgeObject[]; isWhole: boolean }> => {
    const { found, isWhole } = await readPages(readPage, start, most, work);
    return { items: found.map((item) => itemToJson(item, collection)), isWhole };
  };
  if (sort.length <= INFERRED.sortKeys) {
    return (await read(from, size)).items;
  }
  const end = from + size;
  let most = end;
  let isOver = false;
  let items: BridgeObject[] = [];
  do {
    most += TIES_AT_ONCE;
    const { items: found, isWhole } = await read(0, most);
    if (!isWhole) {
      throw tooSlow();
    }
    const [{ field }] = sort;
    items = found;
    isOver = items.length < most || items[end - 1][field.name] !== items[most - 1][field.name];
  } while (!isOver);
  return sortItems(items, sort).slice(from, end);
}

async function search(
  collection: BridgeCollection,
  params: {
    where: BridgeFilter;
    sort: BridgeOrder;
    from: number;
    size: number;
    fields: string[] | undefined;
    total: boolean;
  },
  work: BridgeWork,
): Promise<BridgeObject> {
  const { condition, isExact } = await params.where.ask(abilitiesOf(collection), work);
  if (condition === false) {
    return { result: [], total: params.total ? 0 : null };
  }
  const keys = params.sort.filter(({ field }) => field.sdkName !== null).slice(0, INFERRED.sortKeys);
  const readPage = async (from: number, limit: number): Promise<BridgeItem[]> => {
    const page = searchFor<BridgeCollection>(collection, condition).from(from).size(limit);
    return keys.reduce((sorted, { field, ascending }) => sorted.sort(field.sdkName as string, ascending), page).all();
  };
  let items: BridgeObject[] = [];
  let total: number | null = null;
  if (isExact) {
    await work.together([
      async () => {
        items = await readSorted(collection, readPage, params, work);
      },
      async () => {
        total = params.total ? await searchFor(collection, condition).count() : null;
      },
    ]);
  } else {
    const found = (await readWhole(readPage, Infinity, work)).map((item) => itemToJson(item, collection));
    const meant = sortItems(found.filter((item) => params.where.holds(item)), params.sort);
    items = meant.slice(params.from, params.from + params.size);
    total = params.total ? meant.length : null;
  }
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
  const clients = valueOf(session, "sessions", "_clients");
  const createdAt = valueOf(session, "sessions", "__createdAt");
  if (createdAt === null) {
    return false;
  }
  const findLater = (client: BridgeJson): Promise<BridgeItem[]> => {
    const [isThere, isLater] = [{ eq: ["__deletedAt", null] }, { gt: ["__createdAt", { $time: createdAt }] }];
    return findItems("sessions", { and: [isThere, { has: ["_clients", client] }, isLater] }, 1, work);
  };
  const found = await work.together((Array.isArray(clients) ? clients : []).map((client) => () => findLater(client)));
  return found.some((later) => later.length > 0);
}

async function findOpenSession(
  channel: BridgeChannel,
  account: string,
  work: BridgeWork,
): Promise<BridgeItem | undefined> {
  const isThere = { eq: ["__deletedAt", null] };
  const isNamed = { and: [{ eq: ["_channel", channel.id] }, { eq: ["_username", account] }] };
  const [client] = await findItems("clients", { and: [isThere, isNamed] }, 1, work);
  if (client === undefined) {
    return undefined;
  }
  const isTheirs = { has: ["_clients", client.id] };
  const isOpen = FINISHED.map((state) => ({ neq: ["_state", state] }));
  const [session] = await findItems("sessions", { and: [isThere, isTheirs, ...isOpen] }, 1, work);
  return session;
}

/* ---- What each method does ---- */

async function describe(): Promise<BridgeObject> {
  const me = await findMe();
  return {
    contract: CONTRACT_VERSION,
    bridge: BRIDGE_VERSION,
    now: new Date().toISOString(),
    methods: [...METHODS.keys()].filter(isThere).sort(),
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

async function createSession(params: { channel: string; account: string }, work: BridgeWork): Promise<BridgeObject> {
  const channel = await get("channels", params.channel);
  const me = await findMe();
  if (me !== undefined) {
    requireOnline(me);
  }
  const state = valueOf(channel, "channels", "_state");
  if (state !== "active") {
    throw refused("wrong_state", "The channel is not active.", { state });
  }
  const open = await findOpenSession(channel, params.account, work);
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

/* ---- The probe: what this platform is seen to have. Names, shapes, counts and times leave it, never contents. ---- */

const SAMPLE = 20;
const MOST_OF_A_PAGE = 2000;
const NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const CODE = /^[A-Za-z][\w.-]{0,63}$/;
const PRESENCE = /^(on|off)[-_ ]?line$|^(in)?active$/i;
const NO_ITEM = "00000000-0000-0000-0000-000000000000";
const HOUR_MS = 3600000;

type BridgeSample = { rows: BridgeItem[]; total: number };
type BridgeSamples = Map<BridgeCollection, BridgeSample>;
/** Arguments of an operator, and whether the row that they are made of is found by each. */
type BridgeTrials = ReadonlyArray<readonly [unknown, boolean]>;

/** The names of an object's members, also of those that it inherits. */
function namesIn(value: unknown): string[] {
  const names = new Set<string>();
  let object: unknown = value;
  while (isObject(object) && !Object.prototype.hasOwnProperty.call(object, "isPrototypeOf")) {
    Object.getOwnPropertyNames(object).forEach((name) => names.add(name));
    object = Object.getPrototypeOf(object);
  }
  names.delete("constructor");
  return [...names].filter((name) => NAME.test(name)).sort();
}

function shapeOf(value: unknown): string {
  if (value === null || value === undefined) {
    return "empty";
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "empty list" : `list of ${shapeOf(value[0])}`;
  }
  if (typeof value === "string") {
    return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) ? "time as text" : "text";
  }
  if (!isObject(value)) {
    return typeof value;
  }
  if (typeof value.asDate === "function") {
    return "Datetime";
  }
  if (isDate(value)) {
    return "Date";
  }
  if (typeof value.fetch === "function") {
    return isObject(value.data) ? "item" : "reference";
  }
  if (typeof value.id === "string") {
    return "object with id";
  }
  return "code" in value ? "object with code" : "object";
}

function shapesOf(rows: ReadonlyArray<BridgeItem>): BridgeObject {
  const shapes = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.data).filter(([each]) => NAME.test(each))) {
      shapes.set(name, (shapes.get(name) || new Set<string>()).add(shapeOf(value)));
    }
  }
  return toObject([...shapes].map(([name, seen]): [string, BridgeJson] => [name, [...seen].sort()]));
}

/** The codes among the values of a field; whatever else stands there is "other". */
function codesIn(rows: ReadonlyArray<BridgeItem>, name: string, isCode: RegExp): BridgeJson[] {
  const held = rows.map((row) => codeIn(row.data[name])).filter((value) => value !== null && value !== undefined);
  const codes = held.map((value) => {
    return typeof value === "boolean" || (typeof value === "string" && isCode.test(value)) ? value : "other";
  });
  return [...new Set(codes)].sort();
}

/** Whether a row is found by its id and the condition; null if the platform refuses it. */
async function isFound(
  collection: BridgeCollection,
  row: BridgeItem,
  condition: BridgeCondition,
): Promise<boolean | null> {
  try {
    const search: BridgeSearch<BridgeItem> = searchIn(collection);
    return (await search.where((f, g) => g.and(f.__id.eq(row.id), condition(f, g))).first()) !== undefined;
  } catch {
    return null;
  }
}

/** The first of the names by which every trial comes out right. */
async function findName(
  names: string[],
  work: BridgeWork,
  trials: (name: string) => ReadonlyArray<() => Promise<boolean>>,
): Promise<string | null> {
  for (const name of [...new Set(names)]) {
    if (!work.isLate() && (await work.together(trials(name))).every((isRight) => isRight)) {
      return name;
    }
  }
  return null;
}

class BridgeProbe {
  private readonly work = new BridgeWork(PROBE_FOR_MS);
  private readonly samples: BridgeSamples = new Map();

  async run(): Promise<BridgeObject> {
    await this.work.together(COLLECTIONS.map((collection) => () => this.readSample(collection)));
    const conversation = await this.see(() => this.readConversation());
    const looks: Array<[string, () => Promise<BridgeJson>]> = [
      ["milliseconds", () => this.measure()],
      ["user", async () => (await findMe()) !== undefined],
      ["fields", async () => this.listFields(conversation || [])],
      ["conditions", async () => this.listConditions()],
      ["enumerations", async () => this.listEnumerations()],
      ["codes", async () => this.listCodes()],
      ["groups", () => this.findGroups()],
      ["operators", () => this.findOperators()],
      ["references", () => this.findReferenceForms()],
      ["times", () => this.findTimeForm()],
      ["plainCodes", () => this.findPlainCodes()],
      ["neqFindsEmpty", () => this.doesNeqFindEmpty()],
      ["sortKeys", () => this.countSortKeys()],
      ["pages", () => this.measurePages()],
      ["messageOrder", async () => Math.sign(conversation && conversation.length > 0 ? orderOfMessages(conversation) : 0)],
      ["metrics", async () => this.describeMetrics()],
    ];
    const seen: Array<[string, BridgeJson]> = [];
    for (const [name, look] of looks) {
      seen.push([name, await this.see(look)]);
    }
    const totals = [...this.samples].map(([name, { total }]): [string, BridgeJson] => [name, total]);
    const company = JSON.parse(JSON.stringify(COMPANY)) as BridgeObject;
    return { bridge: BRIDGE_VERSION, company, collections: toObject(totals), ...toObject(seen), late: this.work.isLate() };
  }

  /** What cannot be seen is null; one look that fails takes no other with it. */
  private async see<Seen>(look: () => Promise<Seen>): Promise<Seen | null> {
    try {
      return this.work.isLate() ? null : await look();
    } catch {
      return null;
    }
  }

  private async readSample(collection: BridgeCollection): Promise<void> {
    try {
      const all = (): BridgeSearch<BridgeItem> => searchIn(collection);
      const rows = await all().size(SAMPLE).all();
      this.samples.set(collection, { rows, total: await all().count() });
    } catch {
      // A collection that cannot be read is not there.
    }
  }

  private rowsOf(collection: BridgeCollection): BridgeItem[] {
    const sample = this.samples.get(collection);
    return sample ? sample.rows : [];
  }

  /** The longest of some conversations. */
  private async readConversation(): Promise<BridgeItem[]> {
    const sessions = this.rowsOf("sessions").slice(0, PROMISES_AT_ONCE) as BridgeSession[];
    const all = await this.work.together(sessions.map((each) => () => each.getAllMessages(0, SAMPLE)));
    return all.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
  }

  /** A field of a kind in the sample, with a row in which it is not empty. */
  private *fieldsWith(kind: BridgeKind): Generator<{ collection: BridgeCollection; field: BridgeField; row: BridgeItem }> {
    for (const collection of this.samples.keys()) {
      for (const field of fieldsOf(collection).values()) {
        const { sdkName } = field;
        const rows = this.rowsOf(collection).filter((each) => sdkName !== null && this.isHeld(each, field));
        if (field.kind === kind && rows.length > 0) {
          yield { collection, field, row: rows[0] };
        }
      }
    }
  }

  private heldBy(row: BridgeItem, field: BridgeField): unknown {
    return field.kind === "id" ? row.id : row.data[field.sdkName as string];
  }

  private isHeld(row: BridgeItem, field: BridgeField): boolean {
    const value = this.heldBy(row, field);
    return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
  }

  private async measure(): Promise<BridgeObject> {
    const time = async (act: () => Promise<unknown>): Promise<number> => {
      const start = Date.now();
      await act();
      return Date.now() - start;
    };
    const [collection, row] = this.anyRow();
    const search = (): Promise<unknown> => searchIn(collection).first();
    const ten = Array.from({ length: PROMISES_AT_ONCE }, () => search);
    return {
      search: await time(search),
      count: await time(() => searchIn(collection).count()),
      fetch: await time(() => row.fetch()),
      ten: await time(() => this.work.together(ten)),
    };
  }

  private anyRow(): [BridgeCollection, BridgeItem] {
    const [collection] = COLLECTIONS.filter((each) => this.rowsOf(each).length > 0);
    return [collection, this.rowsOf(collection)[0]];
  }

  private listFields(conversation: BridgeItem[]): BridgeObject {
    const shapes = COLLECTIONS.map((each): [string, BridgeJson] => [each, shapesOf(this.rowsOf(each))]);
    return toObject([...shapes, ["messages", shapesOf(conversation)]]);
  }

  private listConditions(): BridgeObject {
    const names = [...this.samples.keys()].map((collection): [string, BridgeJson] => {
      const abilities = abilitiesOf(collection);
      return [collection, abilities ? namesIn(abilities.f) : []];
    });
    return toObject(names);
  }

  private listEnumerations(): BridgeObject {
    const members = Object.keys(INFERRED.enumerations).map((path): [string, BridgeJson] => {
      const enumeration = enumerationOf(path);
      return [path, Object.keys(enumeration).filter((name) => NAME.test(name))];
    });
    return toObject(members);
  }

  private listCodes(): BridgeObject {
    const codes = [...this.samples.keys()].map((collection) => {
      return [...fieldsOf(collection).values()]
        .filter(({ kind, sdkName }) => kind === "code" && sdkName !== null)
        .map(({ path, sdkName }): [string, BridgeJson] => {
          const isCode = path === "users.presence" ? PRESENCE : CODE;
          return [path, codesIn(this.rowsOf(collection), sdkName as string, isCode)];
        });
    });
    const others = new Set(this.rowsOf("users").map((row) => Object.keys(row.data)).reduce((all, each) => all.concat(each), []));
    const presences = [...others].filter((name) => NAME.test(name) && /presence|status|online/i.test(name));
    const named = presences.map((name): [string, BridgeJson] => [`users ${name}`, codesIn(this.rowsOf("users"), name, PRESENCE)]);
    return toObject(codes.reduce((all, each) => all.concat(each), named));
  }

  private async findGroups(): Promise<BridgeObject> {
    const [collection, row] = this.anyRow();
    const abilities = abilitiesOf(collection);
    const others = abilities ? namesIn(abilities.g) : [];
    const [yes, no]: BridgeCondition[] = [row.id, NO_ITEM].map((id) => (f) => f.__id.eq(id));
    const known = ["and", "or", "not"];
    const find = (expected: string, trials: Array<[BridgeCondition[], boolean]>): Promise<string | null> => {
      return findName([expected, ...others.filter((name) => !known.includes(name))], this.work, (name) => {
        return trials.map(([parts, isRight]) => async () => {
          const joined: BridgeCondition = (f, g) => g[name](...parts.map((part) => part(f, g)));
          return (await isFound(collection, row, joined)) === isRight;
        });
      });
    };
    return {
      or: await find("or", [[[no, yes], true], [[no, no], false]]),
      not: await find("not", [[[no], true], [[yes], false]]),
    };
  }

  private async findOperators(): Promise<BridgeObject> {
    const found: Array<[string, BridgeJson]> = [];
    for (const kind of Object.keys(COMPARABLE_BY) as BridgeKind[]) {
      const [first] = this.fieldsWith(kind);
      for (const comparison of first ? COMPARABLE_BY[kind] : []) {
        found.push([`${kind}.${comparison}`, await this.findOperator(comparison, first)]);
      }
    }
    return toObject(found);
  }

  private async findOperator(
    comparison: BridgeComparison,
    { collection, field, row }: { collection: BridgeCollection; field: BridgeField; row: BridgeItem },
  ): Promise<string | null> {
    const abilities = abilitiesOf(collection);
    const methods = abilities ? namesIn(abilities.f[field.sdkName as string]) : [];
    const known: string[] = Object.values(INFERRED.comparisons);
    const trials = await this.makeTrials(comparison, collection, field, row);
    const names = [INFERRED.comparisons[comparison], ...methods.filter((name) => !known.includes(name))];
    return findName(names, this.work, (name) => {
      return trials.map(([value, isRight]) => async () => {
        const condition: BridgeCondition = (f) => f[field.sdkName as string][name](value);
        return (await isFound(collection, row, condition)) === isRight;
      });
    });
  }

  private async makeTrials(
    comparison: BridgeComparison,
    collection: BridgeCollection,
    field: BridgeField,
    row: BridgeItem,
  ): Promise<BridgeTrials> {
    if (field.kind === "app") {
      return [[null, comparison === "neq"]];
    }
    const [own, other] = await this.makeValues(collection, field, row);
    switch (comparison) {
      case "eq":
        return [[own, true], [other, false]];
      case "neq":
        return [[own, false], [other, true]];
      case "in":
        return other === null ? [[[own], true]] : [[[own], true], [[other], false], [[other, own], true]];
      case "has":
        return other === null ? [[own, true]] : [[own, true], [other, false]];
      case "all":
        return other === null ? [[[own], true]] : [[[own], true], [[own, other], false]];
      case "like":
        return [[swapCase(String(own).slice(1, 4)), true], [NO_ITEM, false]];
      default:
        return this.makeTimeTrials(comparison, row, field);
    }
  }

  private makeTimeTrials(comparison: "gt" | "gte" | "lt" | "lte", row: BridgeItem, field: BridgeField): BridgeTrials {
    const time = String(toTime(this.heldBy(row, field)));
    const form = this.timeForm || INFERRED.times;
    return [-HOUR_MS, 0, HOUR_MS].map((milliseconds) => {
      const moment = new Date(new Date(time).getTime() + milliseconds).toISOString();
      return [toSdkTime(moment, form), holds(time, comparison, [moment])] as const;
    });
  }

  /** A value that the row holds and one that it does not, as a filter takes them; null where there is no other. */
  private async makeValues(
    collection: BridgeCollection,
    field: BridgeField,
    row: BridgeItem,
  ): Promise<[unknown, unknown]> {
    const held = this.heldBy(row, field);
    switch (field.kind) {
      case "time": {
        const time = String(toTime(held));
        const later = new Date(new Date(time).getTime() + HOUR_MS).toISOString();
        const form = (await this.findTimeForm()) || INFERRED.times;
        return [toSdkTime(time, form), toSdkTime(later, form)];
      }
      case "code": {
        const form = ((await this.findPlainCodes()) as string[]).includes(field.path) ? codeIn : (value: unknown) => value;
        const members = Object.values(enumerationOf(field.path));
        const own = members.find((member) => codeIn(member) === codeIn(held));
        const others = members.filter((member) => codeIn(member) !== codeIn(held));
        return [form(own === undefined ? held : own), others.length > 0 ? form(others[0]) : null];
      }
      case "reference":
      case "references": {
        const lists = this.rowsOf(collection).map((each) => toIds(this.heldBy(each, field)));
        const ids = toIds(held);
        const other = lists.reduce((all, each) => all.concat(each), []).find((id) => !ids.includes(id));
        const form = await this.findReferenceForm(collection, field, row);
        const make = async (id: string | undefined): Promise<unknown> => {
          return id === undefined ? null : form === "id" ? id : this.fetchItem(field, id);
        };
        return [await make(ids[0]), await make(other)];
      }
      default:
        return [held, NO_ITEM];
    }
  }

  private async fetchItem(field: BridgeField, id: string): Promise<unknown> {
    const search: BridgeSearch<BridgeItem> = searchIn(field.target as BridgeCollection);
    const item = await search.where((f) => f.__id.eq(id)).first();
    return item === undefined ? null : item;
  }

  private async findReferenceForms(): Promise<BridgeObject> {
    const fields = [...this.fieldsWith("reference"), ...this.fieldsWith("references")];
    const forms = await this.work.together(
      fields.map(({ collection, field, row }) => async (): Promise<[string, BridgeJson]> => {
        return [field.path, await this.findReferenceForm(collection, field, row)];
      }),
    );
    return toObject(forms);
  }

  /** Whether a filter on a reference takes the item or its id; null if neither finds the row that holds it. */
  private async findReferenceForm(
    collection: BridgeCollection,
    field: BridgeField,
    row: BridgeItem,
  ): Promise<"item" | "id" | null> {
    const [id] = toIds(this.heldBy(row, field));
    const item = await this.fetchItem(field, id);
    const forms: ReadonlyArray<readonly ["item" | "id", unknown]> = [["item", item], ["id", id]];
    for (const [form, value] of forms) {
      const names = field.kind === "reference" ? ["eq"] : ["has", "all"];
      for (const name of value === null ? [] : names) {
        const given = name === "all" ? [value] : value;
        const condition: BridgeCondition = (f) => f[field.sdkName as string][name](given);
        if (await isFound(collection, row, condition)) {
          return form;
        }
      }
    }
    return null;
  }

  private timeForm: typeof INFERRED.times | null = null;

  private async findTimeForm(): Promise<BridgeJson & (typeof INFERRED.times | null)> {
    const [first] = this.fieldsWith("time");
    if (this.timeForm === null && first) {
      const { collection, field, row } = first;
      const time = String(toTime(this.heldBy(row, field)));
      for (const form of ["Datetime", "Date", "text"] as const) {
        const condition: BridgeCondition = (f) => f[field.sdkName as string].eq(toSdkTime(time, form));
        if (this.timeForm === null && (await isFound(collection, row, condition))) {
          this.timeForm = form;
        }
      }
    }
    return this.timeForm;
  }

  private plainCodes: string[] | null = null;

  /** The enumerated fields whose filters find nothing by the member, but by its code. */
  private async findPlainCodes(): Promise<BridgeJson[]> {
    if (this.plainCodes === null) {
      const plain: string[] = [];
      for (const { collection, field, row } of this.fieldsWith("code")) {
        const held = this.heldBy(row, field);
        const member = Object.values(enumerationOf(field.path)).find((each) => codeIn(each) === codeIn(held));
        const byValue = (value: unknown): Promise<boolean | null> => {
          return isFound(collection, row, (f) => f[field.sdkName as string].eq(value));
        };
        if (isObject(member) && !(await byValue(member)) && (await byValue(codeIn(member)))) {
          plain.push(field.path);
        }
      }
      this.plainCodes = plain;
    }
    return this.plainCodes;
  }

  /** A row that was never deleted is another than one deleted at some time. */
  private async doesNeqFindEmpty(): Promise<boolean | null> {
    const form = (await this.findTimeForm()) || INFERRED.times;
    const time = toSdkTime("2000-01-01T00:00:00.000Z", form);
    for (const [collection, { rows }] of this.samples) {
      const row = rows.find((each) => toJson(each.data.__deletedAt) === null);
      if (row !== undefined) {
        return isFound(collection, row, (f) => f.__deletedAt.neq(time));
      }
    }
    return null;
  }

  /** By how many keys rows are sorted: 2 stands for any number, null if no two rows have the first key in common. */
  private async countSortKeys(): Promise<number | null> {
    for (const { collection, field } of this.fieldsWith("code")) {
      const read = async (ascending: boolean): Promise<string[]> => {
        const sorted = searchIn(collection).sort(field.sdkName as string, true).sort("__id", ascending).size(SAMPLE * 2);
        const rows: BridgeItem[] = await sorted.all();
        return rows.map((row) => `${toCode(this.heldBy(row, field), field)} ${row.id}`);
      };
      const [up, down] = [await read(true), await read(false)];
      const keys = up.map((each) => each.split(" ")[0]);
      if (new Set(keys).size > 1 && keys.length > new Set(keys).size) {
        return this.areGrouped(up, 1) && this.areGrouped(down, -1) ? 2 : 1;
      }
    }
    return null;
  }

  /** Whether rows of one first key stand together, and by their ids upwards (1) or downwards (-1). */
  private areGrouped(rows: string[], direction: number): boolean {
    const pairs = rows.map((row) => row.split(" "));
    const groups = pairs.filter(([key], index) => index === 0 || pairs[index - 1][0] !== key);
    const isInOrder = pairs.every(([key, id], index) => {
      const [keyBefore, idBefore] = pairs[Math.max(index - 1, 0)];
      return key !== keyBefore || id === idBefore || idBefore < id === direction > 0;
    });
    return groups.length === new Set(groups.map(([key]) => key)).size && isInOrder;
  }

  private async measurePages(): Promise<BridgeObject> {
    const measure = async (all: Array<BridgePage<BridgeItem>>): Promise<BridgeJson> => {
      let longest = 0;
      let isCut = false;
      for (const readPage of all.slice(0, PROMISES_AT_ONCE)) {
        const brought = (await readPage(0, MOST_OF_A_PAGE)).length;
        if (brought > longest) {
          longest = brought;
          isCut = brought < MOST_OF_A_PAGE && (await readPage(brought, 1)).length > 0;
        }
      }
      return { asked: MOST_OF_A_PAGE, brought: longest, isCut };
    };
    const groups = this.rowsOf("userGroups") as BridgeGroup[];
    const sessions = this.rowsOf("sessions") as BridgeSession[];
    const largest = [...this.samples].sort(([, one], [, other]) => other.total - one.total).map(([name]) => name);
    const search: BridgePage<BridgeItem> = (from, limit) => {
      return searchIn(largest[0] as BridgeCollection).from(from).size(limit).all();
    };
    return {
      search: await measure([search]),
      messages: await measure(sessions.map((session) => (from, limit) => session.getAllMessages(from, limit))),
      users: await measure(groups.map((group) => (from, limit) => group.users(from, limit))),
    };
  }

  /** What `System.lines` has beside the four collections of the vendor's page, and what the metrics look like. */
  private describeMetrics(): BridgeObject {
    const known = ["lines", "channels", "clients", "sessions"];
    const beside = namesIn(getSystem().lines).filter((name) => !known.includes(name));
    const rows = this.rowsOf("metrics");
    const fields = Object.keys(shapesOf(rows)).filter((name) => /type|kind|code|metric/i.test(name));
    const codes = fields.map((name): [string, BridgeJson] => [name, codesIn(rows, name, CODE)]);
    const lines = getSystem().lines as unknown as BridgeLines;
    const methods = beside.map((name): [string, BridgeJson] => [name, namesIn(lines[name])]);
    return { beside: toObject(methods), codes: toObject(codes) };
  }
}

function toIds(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((each) => String(toId(each)));
}

function swapCase(text: string): string {
  return [...text].map((each) => (each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase())).join("");
}

function probe(): Promise<BridgeObject> {
  return new BridgeProbe().run();
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
  ["system.probe", method({}, probe)],
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

/** The platform decides whether there are metrics. */
function isThere(name: string): boolean {
  return name !== "metrics.search" || hasMetrics();
}

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
  const known = isThere(call.method) ? METHODS.get(call.method) : undefined;
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
  const work = new BridgeWork(WORK_FOR_MS);
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
