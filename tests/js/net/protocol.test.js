import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as protocol from "../../../static/js/net/protocol.js";
import { cleanBody } from "../../../static/js/state/body.js";

/** The same files as tests/wire/test_frames.py reads. */
const golden = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../wire/${name}.json`, import.meta.url), "utf-8"));
const commands = golden("commands");
const acks = golden("acknowledgements");
const facts = golden("facts");

/** @type {Record<string, (payload: any) => object>} */
const builders = {
  post: ({ conversation, client_id, body, reply_to, forwarded }) =>
    protocol.post(conversation, client_id, body, reply_to, forwarded),
  edit: ({ conversation, client_id, target, body }) => protocol.edit(conversation, client_id, target, body),
  delete: ({ conversation, client_id, target }) => protocol.remove(conversation, client_id, target),
  pin: ({ conversation, client_id, target, active }) => protocol.pin(conversation, client_id, target, active),
  react: ({ conversation, client_id, target, emoji, active }) =>
    protocol.react(conversation, client_id, target, emoji, active),
  sync: ({ conversation, after, until }) => protocol.sync(conversation, after, until),
  heads: ({ visible }) => protocol.heads(visible),
  read: ({ conversation, delivered, read }) => protocol.read(conversation, { delivered, read }),
  typing: ({ conversation, active }) => protocol.typing(conversation, active),
};

test("what is built is the golden command, with nothing more in it", () => {
  for (const { name, payload } of commands.accepted) {
    assert.equal(JSON.stringify(builders[name](payload)), JSON.stringify(payload));
  }
});

test("every golden command has a builder and the names are the wire's", () => {
  assert.deepEqual(
    new Set(commands.accepted.map((/** @type {{ name: string }} */ { name }) => name)),
    new Set(protocol.COMMANDS),
  );
  assert.deepEqual(
    new Set(facts.facts.map((/** @type {{ name: string }} */ { name }) => name)),
    new Set(protocol.FACTS),
  );
});

test("golden acknowledgements are taken, accepted or refused", () => {
  for (const { command, ack } of [...acks.accepted, ...acks.refused]) {
    assert.equal(protocol.isAck(command, ack), true, JSON.stringify(ack));
  }
});

test("a broken acknowledgement is not taken for an answer", () => {
  for (const { command, ack } of acks.broken) assert.equal(protocol.isAck(command, ack), false, JSON.stringify(ack));
});

test("golden facts are taken", () => {
  for (const { name, payload } of facts.facts) assert.equal(protocol.isFact(name, payload), true, name);
});

test("a broken fact is not taken", () => {
  for (const { name, payload } of facts.broken) {
    assert.equal(protocol.isFact(name, payload), false, `${name} ${JSON.stringify(payload)}`);
  }
});

test("a field that a newer server adds does no harm", () => {
  for (const { name, payload } of facts.facts) assert.equal(protocol.isFact(name, { ...payload, later: 1 }), true);
});

test("the browser shows a text as the server will store it", () => {
  for (const { typed, stored } of commands.bodies) {
    assert.equal(cleanBody(typed), stored, JSON.stringify(typed));
    assert.equal(cleanBody(stored), stored, "cleaning twice changes nothing");
  }
});
