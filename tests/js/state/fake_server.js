/**
 * A server in memory: numbered logs, cursors, pushes that can be dropped, connections that can be cut. It stands for the
 * network, not for a database; the real stores are tested in Python.
 */
/** @import { ConversationView, Entry } from "../../../static/js/types.d.ts" */
/** @import { FakeTransport } from "./fake_transport.js" */
import { conversation, entry, user } from "./entries.js";
import { page } from "./folding.js";

const REVISIONS = new Set(["edited", "deleted", "reacted", "unreacted", "pinned", "unpinned"]);

/** @param {string} conversation @param {Entry} said */
function receipt(conversation, { client_id, seq, ordinal, created_at }) {
  return { ok: true, conversation, client_id, seq, ordinal, created_at };
}

export class FakeServer {
  /** @type {Map<string, Entry[]>} */
  logs = new Map();
  /** @type {Map<string, ConversationView>} as "me" sees them */
  views = new Map();
  /** @type {Set<FakeTransport>} */
  transports = new Set();
  /** @type {{ event: string, payload: any }[]} */
  asked = [];
  /** @type {string[]} */
  fetched = [];
  me = "me";
  reachable = true;
  signedIn = true;
  /** refuse handshakes: the stores are away */
  degraded = false;
  silent = false;
  dropPushes = false;
  /** @type {(event: string, payload: any) => any} answers instead, where it returns something */
  interfere = () => undefined;
  /** @type {(method: string, path: string, body: any) => Response | undefined} REST, where it answers something */
  rest = () => undefined;
  repliesAtOnce = 50;
  /** @type {object | undefined} what this person wants to be told of */
  notifications;
  /** @type {object[] | undefined} what this person is told, and has not closed */
  notices;
  /** @type {object[] | undefined} what everybody is told */
  announcements;
  /** @type {string[] | undefined} by this person */
  announcements_closed;
  /** @type {number | undefined} its clock; none: the test's */
  time;

  /** @param {string} id @param {number} [length] @param {object} [more] */
  addConversation(id, length = 0, more = {}) {
    this.logs.set(id, []);
    this.views.set(id, conversation(id, more));
    for (let n = 0; n < length; n++) this.say(id, {}, false);
  }

  /** @param {string} id @param {Partial<Entry>} [more] @param {boolean} [push] */
  say(id, more = {}, push = true) {
    const log = /** @type {Entry[]} */ (this.logs.get(id));
    // Only messages count: what changes a group carries its predecessor's ordinal.
    const ordinal = (log.at(-1)?.ordinal ?? 0) + ((more.kind ?? "text") === "text" ? 1 : 0);
    const said = entry(log.length + 1, { ordinal, client_id: `${id}-${log.length + 1}`, ...more });
    const target = log.find(({ seq }) => seq === said.target);
    if (target && said.kind === "text") said.root = target.root ?? target.seq;
    else if (target?.root && said.kind === "deleted") said.root = target.root;
    log.push(said);
    const view = /** @type {ConversationView} */ (this.views.get(id));
    Object.assign(view, { head: said.seq, head_ordinal: said.ordinal });
    view.last = page(log).findLast(({ kind }) => !REVISIONS.has(kind)) ?? null;
    if (push && !this.dropPushes) this.push("entries", { conversation: id, entries: [said] });
    return said;
  }

  /** @param {string} fact @param {object} payload */
  push(fact, payload) {
    for (const transport of this.transports) transport.hear(fact, structuredClone(payload));
  }

  /** Of the conversations one is in: groups one is out of have none. */
  heads() {
    const logs = [...this.logs].filter(([id]) => this.views.get(id)?.me.until_seq === null);
    return Object.fromEntries(logs.map(([id, log]) => [id, log.length]));
  }

  bootstrap() {
    const contacts = [
      {
        user: user("maya"),
        alias: null,
        source: "manual",
        blocked: false,
        presence: { state: "online", last_seen: null },
        conversation: null,
      },
    ];
    const conversations = [...this.views.values()];
    const { notifications, notices, announcements, announcements_closed } = this;
    const times = { server_time: this.time ?? Date.now(), sync_interval_minutes: 5 };
    const told = { notifications, notices, announcements, announcements_closed, ...times };
    return { me: user(this.me), conversations, contacts, ...told };
  }

  /** @param {string} event @param {any} payload */
  answer(event, payload) {
    this.asked.push({ event, payload: structuredClone(payload) });
    return this.interfere(event, payload) ?? this.#answers[event](payload);
  }

  /** @type {Record<string, (payload: any) => object>} */
  #answers = {
    heads: () => ({ ok: true, heads: this.heads() }),
    typing: () => ({ ok: true }),
    sync: ({ conversation: id, after, until }) => {
      const log = this.logs.get(id);
      if (!log) return { ok: false, code: "not_found", message: "There is nothing here." };
      const found = page(log).slice(after, Math.min(until ?? log.length, after + 200));
      const head = log.length;
      return {
        ok: true,
        conversation: id,
        entries: found,
        head,
        head_ordinal: log.at(-1)?.ordinal ?? 0,
        complete: after + found.length === head,
      };
    },
    read: ({ conversation: id, delivered = 0, read = 0 }) => {
      const { me } = /** @type {ConversationView} */ (this.views.get(id));
      me.read = Math.max(me.read, read);
      me.delivered = Math.max(me.delivered, delivered, read);
      me.read_ordinal = Math.max(me.read_ordinal, this.logs.get(id)?.[read - 1]?.ordinal ?? 0);
      return { ok: true, conversation: id, delivered: me.delivered, read: me.read, read_ordinal: me.read_ordinal };
    },
    edit: ({ conversation: id, client_id, target, body }) => this.#revise(id, client_id, "edited", target, body),
    delete: ({ conversation: id, client_id, target }) => this.#revise(id, client_id, "deleted", target, ""),
    pin: ({ conversation: id, client_id, target, active }) =>
      this.#revise(id, client_id, active ? "pinned" : "unpinned", target, ""),
    react: ({ conversation: id, client_id, target, emoji, active }) =>
      this.#revise(id, client_id, active ? "reacted" : "unreacted", target, emoji),
    post: ({ conversation: id, client_id, body, reply_to: target, forwarded }) => {
      const log = /** @type {Entry[]} */ (this.logs.get(id));
      const said =
        log.find((known) => known.client_id === client_id) ??
        this.say(id, {
          sender: this.me,
          client_id,
          body,
          ...(target ? { target } : {}),
          ...(forwarded ? { forwarded } : {}),
        });
      return receipt(id, said);
    },
  };

  /** @param {string} id @param {string} client_id @param {Entry["kind"]} kind @param {number} target @param {string} body */
  #revise(id, client_id, kind, target, body) {
    const log = /** @type {Entry[]} */ (this.logs.get(id));
    const before = log.find((known) => known.client_id === client_id);
    if (before) return receipt(id, before);
    const deleted = log.some((one) => one.target === target && one.kind === "deleted");
    if (deleted) return { ok: false, code: "conflict", message: "That message was deleted." };
    return receipt(id, this.say(id, { sender: this.me, client_id, kind, target, body }));
  }

  /** What `fetch` would be. @param {string} url @param {RequestInit} [init] */
  fetch = async (url, init = {}) => {
    this.fetched.push(`${init.method ?? "GET"} ${url}`);
    if (!this.reachable) throw new TypeError("unreachable");
    if (!this.signedIn) return Response.json({ code: "not_signed_in", message: "Sign in first." }, { status: 401 });
    const { pathname, searchParams } = new URL(url, "http://chatter.test");
    const path = pathname.replace("/api/v1", "");
    if (path === "/bootstrap") return Response.json(this.bootstrap());
    if (path === "/session/csrf") return Response.json({ csrf_token: "token" });
    if (path === "/session") return new Response(null, { status: 204 });
    const answer = this.rest(init.method ?? "GET", path, init.body ? JSON.parse(String(init.body)) : null);
    if (answer) return answer;
    const [, , id, what, seq, of] = path.split("/");
    if (of === "replies") return Response.json(this.#thread(id, Number(seq), searchParams));
    if (what === "entries") return Response.json({ entries: this.#range(id, searchParams) });
    const view = this.views.get(id);
    return view ? Response.json(view) : Response.json({ code: "not_found", message: "Nothing." }, { status: 404 });
  };

  /** @param {string} id @param {URLSearchParams} query */
  #range(id, query) {
    const log = page(this.logs.get(id) ?? []);
    const before = Number(query.get("before") ?? 0);
    if (before) return log.slice(Math.max(0, before - 1 - Number(query.get("limit") ?? 200)), before - 1);
    return log.slice(Number(query.get("after")), Number(query.get("until") ?? log.length));
  }

  /** @param {string} id @param {number} root @param {URLSearchParams} query */
  #thread(id, root, query) {
    const log = page(this.logs.get(id) ?? []);
    const before = Number(query.get("before") ?? log.length + 1);
    const all = log.filter((one) => one.kind === "text" && one.root === root && one.seq < before);
    const replies = all.slice(-this.repliesAtOnce);
    return {
      conversation: id,
      root: log[root - 1],
      replies,
      next: all.length > replies.length ? replies[0].seq : null,
    };
  }

  /** Every connection is lost, and none can be made until `restore`. */
  cut() {
    this.reachable = false;
    for (const transport of [...this.transports]) transport.lose();
  }
  restore() {
    this.reachable = true;
    for (const transport of this.#waiting) transport.connect();
    this.#waiting.clear();
  }
  /** @type {Set<FakeTransport>} */
  #waiting = new Set();
  /** @param {FakeTransport} transport */
  wait(transport) {
    this.#waiting.add(transport);
  }
}
