/** Who is here? The browser's memory answers at once where it may be trusted, else the server. */
/** @import { Api } from "../net/api.js" */
/** @import { AnnouncementView, ContactView, ConversationView, NoticeView, NotificationsView, UserView } from "../types.d.ts" */
/** @import { SnapshotData } from "./snapshot.js" */
/** @import { Store } from "./store.js" */

/** @typedef {{ me: UserView, conversations: ConversationView[], contacts: ContactView[], notifications?: NotificationsView, notices?: NoticeView[], announcements?: AnnouncementView[], announcements_closed?: string[], server_time: number, sync_interval_minutes: number }} Bootstrap */
/** @typedef {{ me: UserView, snapshot: SnapshotData | null, bootstrap: Bootstrap | null, askedAt: number }} Entrance */

/**
 * @param {Store} store
 * @param {Pick<Api, "get">} api
 * @returns {Promise<Entrance>}
 * @throws {import("../net/api.js").ApiRefusal} where nobody is known and the server does not answer
 */
export async function enter(store, api) {
  const user = store.snapshot.trusted ? store.snapshot.user : null;
  const snapshot = user ? store.snapshot.read(user) : null;
  if (snapshot) return { me: snapshot.me, snapshot, bootstrap: null, askedAt: 0 };
  const askedAt = Date.now();
  const bootstrap = await api.get("/bootstrap");
  await store.confirm(bootstrap.me.id);
  return { me: bootstrap.me, snapshot: null, bootstrap, askedAt };
}
