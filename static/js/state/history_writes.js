/** How entries are written into the browser's store: what is kept changes with what is heard of it. */
/** @import { Entry } from "../types.d.ts" */
import { emptied, isExpiry, isOver, kept } from "../domain/retention.js";
import { isRevision, revised, together } from "../domain/revisions.js";
import { answered } from "../domain/threads.js";

/** @typedef {Entry & { conversation: string }} Kept */

/**
 * What is kept never goes back behind what was known of it, and a text that is kept changes with what is heard of it.
 * @param {any} database
 * @param {readonly Kept[]} entries
 */
export async function write(database, entries) {
  const transaction = database.transaction(["entries", "conversations"], "readwrite");
  const store = transaction.objectStore("entries");
  // All at once: a page that goes away in between keeps nothing.
  const before = await Promise.all(
    entries.map(({ kind, conversation, seq }) => (kind === "text" ? store.get([conversation, seq]) : null)),
  );
  for (const [index, entry] of entries.entries()) {
    const known = before[index];
    const { conversation } = entry;
    store.put(known?.client_id === entry.client_id ? { ...together(known, entry), conversation } : entry);
  }
  for (const entry of entries) {
    if (entry.root) await count(store, entry.conversation, entry.root, entry);
    if (isRevision(entry)) await change(transaction, entry);
    if (isExpiry(entry)) await expire(transaction, entry);
  }
  await transaction.done;
}

/** A reply came, or went: its root is kept with that. @param {any} store @param {string} conversation @param {number} root @param {Kept} entry */
async function count(store, conversation, root, entry) {
  const known = await store.get([conversation, root]);
  if (known) store.put(answered(known, entry));
}

/** Also of the view that is kept for working offline. @param {any} transaction @param {Kept} entry */
async function expire(transaction, { conversation, target, body }) {
  const expired = target ?? 0;
  await empty(transaction.objectStore("entries"), conversation, expired);
  const views = transaction.objectStore("conversations");
  const view = await views.get(conversation);
  if (!view || (view.expired ?? 0) >= expired) return;
  views.put({ ...view, expired, expired_at: Number(body), last: view.last && kept(view.last, expired) });
}

/** Take out what is no longer kept. @param {any} store @param {string} conversation @param {number} upTo */
export async function empty(store, conversation, upTo) {
  const all = IDBKeyRange.bound([conversation, 0], [conversation, Number.POSITIVE_INFINITY]);
  for (let cursor = await store.openCursor(all); cursor; cursor = await cursor.continue()) {
    const entry = cursor.value;
    if (isOver(entry, upTo) && !entry.expired) cursor.update({ ...emptied(entry), conversation });
  }
}

/** Also in the view that is kept for working offline. @param {any} transaction @param {Kept} revision */
async function change(transaction, revision) {
  const { conversation, target } = revision;
  const [store, views] = [transaction.objectStore("entries"), transaction.objectStore("conversations")];
  const known = await store.get([conversation, target]);
  if (known) store.put(revised(known, revision));
  const view = await views.get(conversation);
  if (view?.last?.seq === target) views.put({ ...view, last: revised(view.last, revision) });
  if (revision.kind !== "deleted") return;
  // Nothing that it ever said stays in this browser.
  const between = IDBKeyRange.bound([conversation, target], [conversation, revision.seq]);
  for (let cursor = await store.openCursor(between); cursor; cursor = await cursor.continue()) {
    const { kind, target: about } = cursor.value;
    if (kind === "edited" && about === target) cursor.update({ ...cursor.value, body: "" });
  }
}
