/** One tab's outbox with a clock that is told the time, and a server that takes each client id once. */
import { newClientId } from "../../../static/js/state/client_id.js";
import { Outbox } from "../../../static/js/state/outbox.js";
import { OutboxStorage } from "../../../static/js/state/outbox_storage.js";
import { MemoryValues } from "../../../static/js/state/store.js";

/** A clock whose timers run when told to. */
export class Clock {
  now = 1_000;
  /** @type {{ at: number, run: () => void }[]} */
  timers = [];
  later = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
    const timer = { at: this.now + ms, run };
    this.timers.push(timer);
    return timer;
  };
  cancel = (/** @type {any} */ timer) => {
    this.timers = this.timers.filter((other) => other !== timer);
  };
  /** @param {number} ms */
  async pass(ms) {
    this.now += ms;
    const due = this.timers.filter(({ at }) => at <= this.now);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { run } of due) run();
    await settle();
  }
}

export const settle = () => new Promise((resolve) => setImmediate(resolve));
/** @param {string} code @param {object} [more] */
export const refusal = (code, more = {}) => ({ ok: /** @type {false} */ (false), code, message: `${code}.`, ...more });

/** A conversation's log as a server keeps it: takes each client id once. Stands for the network, not for a database. */
export class TakingServer {
  /** @type {{ conversation: string, client_id: string, body: string }[]} */
  log = [];
  asked = 0;
  /** @param {{ conversation: string, client_id: string, body: string }} item */
  take(item) {
    this.asked += 1;
    const known = this.log.findIndex(({ client_id }) => client_id === item.client_id);
    if (known < 0) this.log.push(item);
    const seq = known < 0 ? this.log.length : known + 1;
    const { conversation, client_id } = item;
    return { ok: /** @type {true} */ (true), seq, ordinal: seq, conversation, client_id, created_at: 1 };
  }
}

/**
 * One tab's outbox.
 * @param {{ values?: any, clock?: Clock, post?: (item: any) => any, makeRoom?: () => void, leads?: boolean, online?: boolean }} [how]
 */
export function tab({
  values = new MemoryValues(),
  clock = new Clock(),
  post,
  makeRoom,
  leads = true,
  online = true,
} = {}) {
  const server = new TakingServer();
  /** @type {string[]} */
  const settled = [];
  const outbox = new Outbox({
    storage: new OutboxStorage(values, "me"),
    post: async (item) => (post ?? ((/** @type {any} */ one) => server.take(one)))({ ...item }),
    settled: (item) => settled.push(item.client_id),
    changed: () => undefined,
    makeRoom: makeRoom ?? (() => undefined),
    now: () => clock.now,
    random: () => 0.5,
    later: clock.later,
    cancel: clock.cancel,
  });
  outbox.absorb();
  outbox.lead(leads);
  outbox.setConnected(online);
  const say = (/** @type {string} */ body, conversation = "c") =>
    outbox.add({ client_id: newClientId(), conversation, body });
  return { outbox, server, clock, values, settled, say };
}
