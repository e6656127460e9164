/** What is asked of the server by REST: people, contacts, conversations. Each answer goes the way pushed facts go. */
/** @import { ContactView, ConversationView, UserView } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { Intake } from "./intake.js" */
import { isContact, isConversation } from "../net/protocol.js";
import { newClientId } from "./client_id.js";

export class People {
  #api;
  #intake;
  /** a group that was asked for and not yet answered: asking again must not make a second one */
  #asked = { what: "", clientId: "" };

  /** @param {Api} api @param {Intake} intake */
  constructor(api, intake) {
    this.#api = api;
    this.#intake = intake;
  }

  /** @param {string} user @returns {Promise<string>} the conversation's id */
  async openDirect(user) {
    return this.#conversation(await this.#api.post("/conversations", { user }));
  }

  /** @param {string} title @param {string[]} users @returns {Promise<string>} the conversation's id */
  async createGroup(title, users) {
    const what = JSON.stringify([title, [...users].sort()]);
    if (this.#asked.what !== what) this.#asked = { what, clientId: newClientId() };
    const id = this.#conversation(await this.#api.post("/groups", { title, users, client_id: this.#asked.clientId }));
    this.#asked = { what: "", clientId: "" };
    return id;
  }

  /** @param {string} id */
  async fetchConversation(id) {
    this.#conversation(await this.#api.get(`/conversations/${id}`));
  }

  /** @param {string} id @param {{ muted_until?: number | null, pinned?: boolean, archived?: boolean }} change */
  async changeConversation(id, change) {
    this.#conversation(await this.#api.patch(`/conversations/${id}`, change));
  }

  /** @param {{ phone?: string, handle?: string, invite?: string, user?: string }} by @returns {Promise<ContactView>} */
  async addContact(by) {
    return this.#contact(await this.#api.post("/contacts", by));
  }

  /** @param {string} user @param {{ alias?: string | null, blocked?: boolean }} change */
  async changeContact(user, change) {
    this.#contact(await this.#api.patch(`/contacts/${user}`, change));
  }

  /** @param {string} user */
  async removeContact(user) {
    await this.#api.delete(`/contacts/${user}`);
    this.#intake.contactRemoved(user);
  }

  /** @param {string} query @returns {Promise<UserView[]>} */
  async search(query) {
    const answer = await this.#api.get(`/people?query=${encodeURIComponent(query)}`);
    return answer.people ?? [];
  }

  /** @param {string} id @param {Date} day @returns {Promise<number | null>} the first number of that day or later */
  async seqAt(id, day) {
    const answer = await this.#api.get(`/conversations/${id}/entries/at?date=${day.getTime()}`);
    return Number.isSafeInteger(answer?.seq) && answer.seq > 0 ? answer.seq : null;
  }

  /** @param {any} answer @returns {string} */
  #conversation(answer) {
    /** @type {ConversationView} */
    const view = answer?.conversation ?? answer;
    if (!isConversation(view)) throw new TypeError("the server's answer is not a conversation");
    this.#intake.conversation(view);
    return view.id;
  }

  /** @param {any} answer @returns {ContactView} */
  #contact(answer) {
    /** @type {ContactView} */
    const contact = answer?.contact ?? answer;
    if (!isContact(contact)) throw new TypeError("the server's answer is not a contact");
    this.#intake.contact(contact);
    return contact;
  }
}
