/** What the views ask of messages: the part of `ChatApi` that says something, or changes what was said. */
/** @import { Entry, OutboxItem, Present } from "../types.d.ts" */
/** @import { Parts } from "./assembly.js" */
import { bodyLength, cleanBody, MAX_BODY_CHARACTERS } from "./body.js";
import { newClientId } from "./client_id.js";
import { GroupCalls } from "./group_calls.js";

export class MessageCalls extends GroupCalls {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    super(parts.people);
    this.#parts = parts;
  }

  /** @param {string} conversation @param {string} body @param {number | null} [replyTo] @returns {OutboxItem} */
  post(conversation, body, replyTo = null) {
    const text = cleanBody(body);
    const about = replyTo ? { target: replyTo, root: this.#parts.model.rootOf(conversation, replyTo) } : {};
    const message = { client_id: newClientId(), conversation, body: text, ...about };
    this.#parts.topics.tell("wrote");
    return this.#parts.outbox.add(message, refusalOf(text));
  }
  /** @param {string} conversation */
  replies(conversation) {
    return this.#parts.model.replies(conversation);
  }
  /** @param {string} conversation @param {number | null} root */
  openReplies(conversation, root) {
    this.#parts.replies.open(conversation, root);
    this.#parts.model.touchThread(conversation);
  }
  loadEarlierReplies() {
    return this.#parts.replies.loadEarlier();
  }
  /** @param {string} conversation @param {number} root @param {string} text */
  setReplyDraft(conversation, root, text) {
    this.#parts.replyDrafts.set(`${conversation}:${root}`, text);
  }
  /** @param {string} conversation @param {number} root */
  replyDraft(conversation, root) {
    return this.#parts.replyDrafts.get(`${conversation}:${root}`);
  }
  /** @param {readonly string[]} conversations @param {readonly Present[]} messages */
  forward(conversations, messages) {
    const items = conversations.flatMap((conversation) =>
      messages.map(({ message }) => ({ client_id: newClientId(), conversation, body: message.body, forwarded: true })),
    );
    this.#parts.topics.tell("wrote");
    this.#parts.outbox.addAll(items);
  }
  /** @param {string} conversation @param {number} target @param {string} body */
  edit(conversation, target, body) {
    const text = cleanBody(body);
    this.#revise({ conversation, target, kind: "edited", body: text }, refusalOf(text));
  }
  /** @param {string} conversation @param {number} target */
  remove(conversation, target) {
    this.#revise({ conversation, target, kind: "deleted", body: "" });
  }
  /** @param {string} conversation @param {number} target @param {string} emoji @param {boolean} active */
  react(conversation, target, emoji, active) {
    this.#revise({ conversation, target, kind: active ? "reacted" : "unreacted", body: emoji });
  }
  /** @param {string} conversation @param {number} target @param {boolean} active */
  pin(conversation, target, active) {
    this.#revise({ conversation, target, kind: active ? "pinned" : "unpinned", body: "" });
  }
  /** @param {string} conversation @param {number[]} seqs */
  hide(conversation, ...seqs) {
    this.#revise({ conversation, targets: seqs, kind: "hidden", body: "" });
  }
  /** @param {string} conversation @param {readonly number[]} seqs @param {boolean} active */
  save(conversation, seqs, active) {
    this.#revise({ conversation, targets: [...seqs], kind: active ? "saved" : "unsaved", body: "" });
  }
  /** @param {string | null} before */
  saved(before) {
    return this.#parts.people.saved(before);
  }
  /** @param {string} conversation @param {number} seq */
  quoted(conversation, seq) {
    return this.#parts.model.quoted(conversation, seq);
  }
  /** @param {string} conversation @param {readonly Entry[]} entries @returns {Present[]} */
  present(conversation, entries) {
    return this.#parts.model.present(conversation, entries);
  }
  /** @param {string} conversation @param {number} seq */
  versions(conversation, seq) {
    return this.#parts.ranges.versions(conversation, seq);
  }
  /** @param {string} clientId */
  retry(clientId) {
    this.#parts.outbox.retry(clientId);
  }
  /** @param {string} clientId */
  discard(clientId) {
    this.#parts.outbox.discard(clientId);
  }

  /** @param {Omit<OutboxItem, "client_id" | "created_at" | "state" | "attempts">} change @param {ReturnType<typeof refusalOf>} [refusal] */
  #revise(change, refusal = null) {
    this.#parts.outbox.add({ client_id: newClientId(), ...change }, refusal);
  }
}

/** @param {string} text */
function refusalOf(text) {
  if (text === "") return { code: "invalid", message: "There is nothing to send." };
  if (bodyLength(text) <= MAX_BODY_CHARACTERS) return null;
  return {
    code: "too_large",
    message: `A message holds at most ${MAX_BODY_CHARACTERS.toLocaleString("en")} characters.`,
  };
}
