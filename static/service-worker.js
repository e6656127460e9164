/// <reference lib="webworker" />
/**
 * Keeps the pages' shells and static files, so that Chatter opens without a network. It keeps nothing personal: no API
 * answers, no pages but the shells, which the server renders without data. Signing out deletes it all. And it shows what is
 * pushed while no page is open; of that it keeps nothing.
 */

/** @type {ServiceWorkerGlobalScope} */
// @ts-expect-error: the page's types call it Window
const worker = self;

const SHELL_CACHE = "chatter-shell-1";
const STATIC_CACHE = "chatter-static-1";
const PHOTO_CACHE = "chatter-photos-1";
const CACHES = new Set([SHELL_CACHE, STATIC_CACHE, PHOTO_CACHE]);
const NETWORK_MS = 3_000;
/** After the network stayed silent once, files are not waited for again for a while: a page has dozens of them. */
const SILENT_MS = 10_000;
const MOST_PHOTOS = 300;
/** Where a path has no shell of its own: every conversation's page is the same one. */
const CHAT_PATH = /^\/(?:c\/[0-9A-Za-z]{22})?$/u;
/** Answers that say: not now. */
const AWAY = new Set([502, 503, 504]);
const ASSET = /^\/(?:static|photos)\//u;
const CONVERSATION = /^[0-9A-Za-z]{22}$/u;

let silentUntil = 0;

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));

worker.addEventListener("message", (event) => {
  const { kind, files, shells, language } = event.data ?? {};
  if (kind === "keep") event.waitUntil(keepAll(files, shells, language));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/photos/")) event.respondWith(photo(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url.searchParams.has("v")));
});

async function takeOver() {
  for (const name of await caches.keys()) if (!CACHES.has(name)) await caches.delete(name);
  await worker.clients.claim();
}

/**
 * @param {string[]} files what a page is made of
 * @param {string[]} shells
 * @param {string} language that the person reads now
 */
async function keepAll(files, shells, language) {
  const wanted = files.filter((path) => path.startsWith("/static/"));
  const released = await keepFiles(wanted);
  await keepShells(shells, released, language);
}

/**
 * @param {string[]} paths
 * @returns {Promise<boolean>} is there a version among them that was not known?
 */
async function keepFiles(paths) {
  const cache = await caches.open(STATIC_CACHE);
  let released = false;
  const missing = paths.map(async (path) => {
    if (await cache.match(path)) return;
    released ||= path.includes("?v=");
    await keep(cache, path, await fetch(path));
  });
  await Promise.allSettled(missing);
  await dropFormerVersions(cache, paths);
  return released;
}

/**
 * A file whose address carries its version replaces the one before.
 * @param {Cache} cache
 * @param {string[]} wanted
 */
async function dropFormerVersions(cache, wanted) {
  const present = new Map(wanted.map((path) => [path.split("?")[0], path]));
  for (const { url } of await cache.keys()) {
    const { pathname, search } = new URL(url);
    const now = present.get(pathname);
    if (now && now !== pathname + search) await cache.delete(url);
  }
}

/**
 * @param {string[]} paths
 * @param {boolean} again also those that are kept: after a release they name other files
 * @param {string} language shells in another one are fetched anew, too
 */
async function keepShells(paths, again, language) {
  const cache = await caches.open(SHELL_CACHE);
  const missing = paths.map(async (path) => {
    const kept = again ? undefined : await cache.match(path);
    if (kept?.headers.get("Content-Language") === language) return;
    // Not on to the sign-in page, where that is the answer: it would begin a session beside the one a tab begins there.
    await keep(cache, path, await fetch(path, { credentials: "same-origin", redirect: "manual" }));
  });
  await Promise.allSettled(missing);
}

/**
 * Only whole, own answers are kept: not an error, and not the sign-in page that a shell's address led to.
 * @param {Cache} cache
 * @param {RequestInfo} at
 * @param {Response} response
 */
async function keep(cache, at, response) {
  if (response.status === 200 && !response.redirected && response.type === "basic")
    await cache.put(at, response.clone());
}

/** @param {Request} request @param {string} path */
async function page(request, path) {
  const shells = await caches.open(SHELL_CACHE);
  const shell = await shells.match(CHAT_PATH.test(path) ? "/" : path);
  try {
    const response = await fromNetwork(request, shell ? NETWORK_MS : 0);
    // A server without its stores, or a balancer without a server: what is kept here says more than their page.
    return shell && path !== "/offline" && AWAY.has(response.status) ? shell : response;
  } catch (error) {
    const kept = shell ?? (ASSET.test(path) ? null : await shells.match("/offline"));
    if (kept) return kept;
    throw error;
  }
}

/**
 * A versioned file never changes. Any other is asked for first: modules import each other without versions, and after
 * a release old ones must not meet new ones.
 * @param {Request} request
 * @param {boolean} versioned
 */
async function file(request, versioned) {
  const cache = await caches.open(STATIC_CACHE);
  const kept = await cache.match(request);
  if (kept && (versioned || Date.now() < silentUntil)) return kept;
  try {
    const response = await fromNetwork(request, kept ? NETWORK_MS : 0);
    await keep(cache, request, response);
    return response;
  } catch (error) {
    silentUntil = Date.now() + SILENT_MS;
    const other = kept ?? (await cache.match(request, { ignoreSearch: true }));
    if (other) return other;
    throw error;
  }
}

/** A photo's address names its content: it is never asked for twice. @param {Request} request */
async function photo(request) {
  const cache = await caches.open(PHOTO_CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  await keep(cache, request, response);
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST_PHOTOS))) await cache.delete(key);
  return response;
}

/**
 * @param {Request} request
 * @param {number} ms how long to wait; 0: as long as it takes
 */
async function fromNetwork(request, ms) {
  if (ms === 0) return fetch(request);
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("the network is silent")), ms));
  return /** @type {Promise<Response>} */ (Promise.race([fetch(request), late]));
}

worker.addEventListener("push", (event) => event.waitUntil(tell(event.data)));

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openChat(event.notification.data?.conversation));
});

/** Something for a person who is away. A page that is looked at tells it itself. @param {PushMessageData | null} data */
async function tell(data) {
  const { conversation, title, body } = parsed(data);
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tabs.some(({ visibilityState }) => visibilityState === "visible")) return;
  // One per conversation: the next replaces it, and calls again.
  const how = { body, tag: conversation, renotify: true, icon: "/static/favicon.svg", data: { conversation } };
  await worker.registration.showNotification(title, how);
}

/** What the server pushed; what cannot be understood must be shown as something all the same. @param {PushMessageData | null} data */
function parsed(data) {
  try {
    const { conversation, title, body } = data?.json() ?? {};
    if (CONVERSATION.test(conversation)) return { conversation, title: String(title), body: String(body) };
  } catch {
    // Not ours, or of another version.
  }
  return { conversation: "chatter", title: "Chatter", body: "There is something new." };
}

/** To the chat, in a tab that is there already, if one is. @param {unknown} conversation */
async function openChat(conversation) {
  const known = typeof conversation === "string" && CONVERSATION.test(conversation);
  const [tab] = await worker.clients.matchAll({ type: "window" });
  if (!tab) return void (await worker.clients.openWindow(known ? `/c/${conversation}` : "/"));
  await tab.focus();
  if (known) tab.postMessage({ kind: "open", conversation });
}
