/** Who is here? The browser's memory answers at once where it may be trusted, else the server. */
/** @import { Api } from "../net/api.js" */
/** @import { Entrance } from "./lifecycle.js" */
/** @import { Store } from "./store.js" */

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
