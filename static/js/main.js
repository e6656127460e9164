/** Introduces the network, the state and the views to each other on every page behind the sign-in. */
import * as idb from "../vendor/idb.js";
import { io } from "../vendor/socket.io.esm.min.js";
import { Api, ApiRefusal } from "./net/api.js";
import { PushLink } from "./net/push.js";
import { ChatSocket, socketOptions } from "./net/socket.js";
import { Chat } from "./state/chat.js";
import { enter } from "./state/entrance.js";
import { keepForOffline } from "./state/offline_shell.js";
import { MemoryValues, Store } from "./state/store.js";
import { startPage } from "./views/page.js";

/** How long the server may take where the browser itself says that the network is gone. */
const SUSPECTED_MS = 2_000;

/** localStorage, or what lasts as long as the page where the browser refuses it. */
function values() {
  try {
    localStorage.getItem("chatter:user");
    return localStorage;
  } catch {
    return new MemoryValues();
  }
}

/** The server may allow long polling besides; it says so on the page. */
function transports() {
  const meta = document.querySelector('meta[name="chatter-transports"]')?.getAttribute("content");
  return meta ? meta.split(/[\s,]+/u).filter(Boolean) : ["websocket"];
}

const goTo = (/** @type {string} */ path) => location.assign(path);
const kept = values();
const store = new Store(kept, idb);
/** @type {Chat | null} */
let chat = null;

async function expired() {
  if (chat) return chat.expired();
  await store.expire();
  goTo("/sign-in");
}

const api = new Api(fetch.bind(window), () => void expired());
const push = new PushLink(api);

async function start() {
  const entrance = await enter(store, api);
  chat = new Chat(
    {
      api,
      store,
      goTo,
      leave: () => push.forget(),
      socket: (events) => new ChatSocket(io(socketOptions(transports())), events),
      tabs: {
        // Without a storage in common each tab has unsent messages of its own, and must send them itself.
        locks: kept instanceof MemoryValues ? undefined : navigator.locks,
        channel: (name) => ("BroadcastChannel" in window ? new BroadcastChannel(name) : null),
      },
    },
    entrance,
  );
  listen(chat);
  await chat.start();
  startPage(chat, api, push);
}

/** @param {Chat} present */
function listen(present) {
  const visible = () => {
    present.setVisible(document.visibilityState === "visible");
    present.timePassed(); // timers of hidden pages are slow
  };
  document.addEventListener("visibilitychange", visible);
  window.addEventListener("online", () => present.checkConnection());
  window.addEventListener("offline", () => present.checkConnection(SUSPECTED_MS));
  window.addEventListener("storage", ({ key }) => key && present.stored(key));
  window.addEventListener("pagehide", () => present.persist());
  visible();
}

/** @param {unknown} error */
function failed(error) {
  console.error(error);
  // Nothing is remembered and nobody answers: there is nothing to show but that.
  // (Where the server answers that it cannot, so does its own page for that address, in words.)
  if (!chat && error instanceof ApiRefusal && (error.status === 0 || error.status === 503)) goTo("/offline");
}

void start()
  .catch(failed)
  .then(keepForOffline)
  .then(() => chat && push.refresh())
  .catch((error) => console.warn("pushes were not looked after", error));
