/**
 * The part of the ELMA365 / BRIX TypeScript SDK that `bridge.ts` uses, for checking it outside the platform.
 *
 * Names and operations are those of the vendor's page on live chats. Parameters that the page does not show are
 * inferred, and so is everything that `INFERRED` in `bridge.ts` lists.
 */

interface HttpApiRequest {
  readonly method: string;
  readonly query?: { readonly [name: string]: string | string[] };
  readonly body?: unknown;
}

declare class HttpResponse {
  constructor(status?: number);
  status(code: number): this;
  content(text: string): this;
  json(value: object): this;
  set(header: string, value: string): this;
}

/** The platform's moment in time. */
declare class Datetime {
  constructor(value: Date);
  asDate(): Date;
}

type SdkCondition = { readonly sdkCondition: never };

/** `in` and `all` take a list, `like` a text. Conditions are made by these operators only. */
type SdkField = {
  eq(value: unknown): SdkCondition;
  neq(value: unknown): SdkCondition;
  in(values: unknown): SdkCondition;
  like(text: unknown): SdkCondition;
  has(value: unknown): SdkCondition;
  all(values: unknown): SdkCondition;
  gt(value: unknown): SdkCondition;
  gte(value: unknown): SdkCondition;
  lt(value: unknown): SdkCondition;
  lte(value: unknown): SdkCondition;
};

type SdkGroups = {
  and(...conditions: unknown[]): SdkCondition;
  or(...conditions: unknown[]): SdkCondition;
  not(condition: unknown): SdkCondition;
};

/** `size` is 10 unless told and 10,000 at most; `count` ignores `from` and `size`; deleted rows come too. */
interface SdkSearch<Found> {
  where(filter: (f: { readonly [field: string]: SdkField }, g: SdkGroups) => SdkCondition): this;
  sort(field: string, ascending?: boolean): this;
  from(offset: number): this;
  size(limit: number): this;
  all(): Promise<Found[]>;
  first(): Promise<Found | undefined>;
  count(): Promise<number>;
}

interface SdkItem {
  readonly id: string;
  readonly data: { [field: string]: unknown };
  fetch(): Promise<this>;
}

interface LineChannelItem extends SdkItem {
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
}

interface LineClientItem extends SdkItem {
  save(): Promise<void>;
}

interface LineSessionItem extends SdkItem {
  assignToOperator(operator: UserItem): Promise<void>;
  assignToOperatorGroup(group: UserGroupItem): Promise<void>;
  assignToBot(silent?: boolean): Promise<void>;
  close(): Promise<void>;
  markAsSpam(): Promise<void>;
  unmarkAsSpam(): Promise<void>;
  getLastMessage(): Promise<SdkItem | undefined>;
  getAllMessages(from?: number, size?: number): Promise<SdkItem[]>;
  sendSystemMessage(text: string): Promise<SdkItem | undefined>;
}

interface UserItem extends SdkItem {}

interface UserGroupItem extends SdkItem {
  users(from?: number, size?: number): Promise<UserItem[]>;
}

declare const System: {
  readonly lines: {
    readonly lines: { search(): SdkSearch<SdkItem> };
    readonly channels: { search(): SdkSearch<LineChannelItem> };
    readonly clients: { search(): SdkSearch<LineClientItem> };
    readonly sessions: {
      search(): SdkSearch<LineSessionItem>;
      create(channel: LineChannelItem, account: string): Promise<LineSessionItem>;
    };
  };
  readonly users: {
    search(): SdkSearch<UserItem>;
    getCurrentUser(): Promise<UserItem | undefined>;
  };
  readonly userGroups: { search(): SdkSearch<UserGroupItem> };
};

/** A value of an enumeration: a code, or an object that holds one. */
type SdkCode = string | { readonly code: string; readonly name: string };

declare const LineChannelState: { readonly [identifier: string]: SdkCode };
declare const LineChannelType: { readonly [identifier: string]: SdkCode };
declare const LineSessionState: { readonly [identifier: string]: SdkCode };
declare const LineSessionPriority: { readonly [identifier: string]: SdkCode };
