/** The people a search field finds: contacts at once from memory, others when the server has answered. */
/** @import { ChatApi, ContactView, UserView } from "../types.d.ts" */

const PAUSE_MS = 250;
const MOST_SHOWN = 50;

/**
 * Case and accents do not matter to a search.
 * @param {string} text
 */
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/**
 * Those whose name, alias or handle has a word that begins with the query.
 * @template {{ shown: string, name: string, handle: string | null }} P
 * @param {readonly P[]} people
 * @param {string} query
 */
export function matching(people, query) {
  const wanted = folded(query.trim().replace(/^@/u, ""));
  return people.filter(({ shown, name, handle }) =>
    [shown, name, handle ?? ""].some((text) => ` ${folded(text)}`.includes(` ${wanted}`)),
  );
}

/** The contact under the name one gave them. @param {ContactView} contact */
export function candidateOf({ user, alias }) {
  return { ...user, shown: alias || user.name };
}

/** @param {{ shown: string }} a @param {{ shown: string }} b */
export const byName = (a, b) => a.shown.localeCompare(b.shown);

/**
 * @param {ChatApi} chat
 * @param {string} query
 * @returns {(UserView & { shown: string })[]}
 */
export function matchingContacts(chat, query) {
  return matching(chat.contacts().map(candidateOf), query).sort(byName).slice(0, MOST_SHOWN);
}

export class PeopleSearch {
  #chat;
  #found;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #turn = 0;

  /**
   * @param {ChatApi} chat
   * @param {(people: (UserView & { shown: string })[], state: "searching" | "done" | "failed") => void} found
   */
  constructor(chat, found) {
    this.#chat = chat;
    this.#found = found;
  }

  /** @param {string} query */
  ask(query) {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const known = matchingContacts(this.#chat, query);
    const asks = query.trim().length >= 2;
    this.#found(known, asks ? "searching" : "done");
    if (asks) this.#timer = setTimeout(() => void this.#askServer(query.trim(), known, turn), PAUSE_MS);
  }

  /**
   * @param {string} query
   * @param {(UserView & { shown: string })[]} known
   * @param {number} turn an answer that comes after the next question is for nobody
   */
  async #askServer(query, known, turn) {
    try {
      const people = await this.#chat.searchPeople(query);
      if (turn !== this.#turn) return;
      const ids = new Set(known.map(({ id }) => id));
      const others = people.filter(({ id }) => !ids.has(id)).map((user) => ({ ...user, shown: user.name }));
      this.#found([...known, ...others], "done");
    } catch {
      if (turn === this.#turn) this.#found(known, "failed");
    }
  }
}
