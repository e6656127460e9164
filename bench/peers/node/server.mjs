// The design Chatter replaces: lock the conversation, take a number, save, emit, unlock, acknowledge.
// It speaks Chatter's events with Chatter's payloads, so that the same bytes are measured. A token is a user id.
//
//   PORT=… REDIS_URL=… MONGODB_URI=… node --expose-gc server.mjs

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import { Server } from "socket.io";

const LOCK_MS = 5_000;
const LOCK_WITHIN_MS = 10_000;
const RETRY_MS = 2; // and up to as much again five times over, at random
const PAGE = 200;
const UNLOCK = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`;

const redis = new Redis(process.env.REDIS_URL);
redis.defineCommand("unlock", { numberOfKeys: 1, lua: UNLOCK });
const mongo = await new MongoClient(process.env.MONGODB_URI, {
  writeConcern: { w: "majority", journal: true },
}).connect();
const messages = mongo.db().collection("messages");
await messages.createIndex({ conversation: 1, seq: 1 }, { unique: true });

const server = createServer(({ url }, response) => response.end(url === "/memory" ? String(inUse()) : "ready"));
const io = new Server(server, { transports: ["websocket"], serveClient: false });
io.adapter(createAdapter(new Redis(process.env.REDIS_URL), new Redis(process.env.REDIS_URL)));

/** Bytes, without the garbage that V8 would have collected later. */
function inUse() {
  globalThis.gc();
  globalThis.gc(); // what the first one found out about
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function lock(conversation) {
  const key = `lock:${conversation}`;
  const holder = randomUUID();
  const limit = Date.now() + LOCK_WITHIN_MS;
  while ((await redis.set(key, holder, "PX", LOCK_MS, "NX")) === null) {
    if (Date.now() > limit) return null;
    await sleep(RETRY_MS + Math.random() * 5 * RETRY_MS);
  }
  return () => redis.unlock(key, holder);
}

async function post(sender, { conversation, client_id, body }) {
  const unlock = await lock(conversation);
  if (unlock === null) return { ok: false, code: "busy", message: "The conversation is locked." };
  try {
    const seq = await redis.incr(`seq:${conversation}`);
    const created_at = Date.now();
    const entry = { seq, ordinal: seq, kind: "text", sender, client_id, body, created_at };
    await messages.insertOne({ conversation, ...entry });
    io.to(conversation).emit("entries", { conversation, entries: [entry] });
    return { ok: true, conversation, client_id, seq, ordinal: seq, created_at };
  } finally {
    await unlock();
  }
}

async function sync({ conversation, after }) {
  const head = Number((await redis.get(`seq:${conversation}`)) ?? 0);
  const entries = await messages
    .find({ conversation, seq: { $gt: after, $lte: after + PAGE } }, { projection: { _id: 0, conversation: 0 } })
    .sort({ seq: 1 })
    .toArray();
  return { ok: true, conversation, entries, head, head_ordinal: head, complete: after + PAGE >= head };
}

function answering(handle) {
  return async (payload, acknowledge) => {
    try {
      acknowledge(await handle(payload));
    } catch (error) {
      console.error(error);
      acknowledge({ ok: false, code: "internal", message: "Something went wrong." });
    }
  };
}

io.on("connection", (socket) => {
  const user = socket.handshake.auth.token;
  socket.on("post", answering((payload) => post(user, payload)));
  socket.on(
    "sync",
    answering(async (payload) => {
      await socket.join(payload.conversation);
      return sync(payload);
    }),
  );
});

process.on("SIGTERM", () => process.exit(0));
server.listen(Number(process.env.PORT), "127.0.0.1");
