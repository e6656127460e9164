/** What is asked of the server by REST: people, contacts, conversations. Each answer goes the way pushed facts go. */
/** @import { Ack, Complaint, ContactView, ConversationView, GroupLinkView, GroupSettings, RetentionPreview, Level, NotificationsView, OutboxItem, Reported, SavedMessage, UserView } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { Role } from "../domain/permissions.js" */
/** @import { Intake } from "./intake.js" */
/** @import { Unanswered } from "./unanswered.js" */
import { ApiRefusal } from "../net/api.js";
import { isContact, isConversation, isNotifications, isSavedPage } from "../net/protocol.js";

export class People {
  #api;
  #intake;
  #unanswered;
  /** @type {Map<string, Promise<string>>} direct chats that are being opened, by the other person */
  #opening = new Map();

  /** @param {Api} api @param {Intake} intake @param {Unanswered} unanswered */
  constructor(api, intake, unanswered) {
    this.#api = api;
    this.#intake = intake;
    this.#unanswered = unanswered;
  }

  /** However often it is asked for meanwhile, it is opened once. @param {string} user @returns {Promise<string>} the conversation's id */
  openDirect(user) {
    const opening =
      this.#opening.get(user) ??
      this.#api
        .post("/conversations", { user })
        .then((view) => this.#conversation(view))
        .finally(() => this.#opening.delete(user));
    this.#opening.set(user, opening);
    return opening;
  }

  /** @param {string} title @param {string[]} users @returns {Promise<string>} the conversation's id */
  async createGroup(title, users) {
    return this.#change(["found", title, [...users].sort()], (once) =>
      this.#api.post("/groups", { title, users, ...once }),
    );
  }

  /** @param {string} id @param {string[]} users */
  async addMembers(id, users) {
    await this.#change(["add", id, [...users].sort()], (once) =>
      this.#api.post(`/groups/${id}/members`, { users, ...once }),
    );
  }

  /** @param {string} id @param {string} user */
  async removeMember(id, user) {
    await this.#change(["remove", id, user], (once) => this.#api.post(`/groups/${id}/members/${user}/removal`, once));
  }

  /** @param {string} id @param {string} user @param {Role} role `owner` hands the group over */
  async appoint(id, user, role) {
    await this.#change(["appoint", id, user, role], (once) =>
      this.#api.patch(`/groups/${id}/members/${user}`, { role, ...once }),
    );
  }

  /** @param {string} id @param {string} title */
  async renameGroup(id, title) {
    await this.#change(["rename", id, title], (once) => this.#api.patch(`/groups/${id}`, { title, ...once }));
  }

  /** @param {string} id */
  async leaveGroup(id) {
    await this.#change(["leave", id], (once) => this.#api.post(`/groups/${id}/leaving`, once));
  }

  /** @param {string} id @param {string} description */
  async describeGroup(id, description) {
    await this.#change(["describe", id, description], (once) =>
      this.#api.patch(`/groups/${id}`, { description, ...once }),
    );
  }

  /** @param {string} id @param {Blob | null} file null: no photo */
  async pictureGroup(id, file) {
    const { name, size, lastModified } = /** @type {Partial<File>} */ (file ?? {});
    await this.#change(["picture", id, name, size, lastModified], ({ client_id }) => {
      const path = `/groups/${id}/photo?client_id=${client_id}`;
      return file ? this.#api.upload(path, file) : this.#api.delete(path);
    });
  }

  /** @param {string} id @param {number} days @returns {Promise<RetentionPreview>} */
  previewRetention(id, days) {
    return this.#api.get(`/groups/${id}/retention?days=${days}`);
  }

  /** @param {string} id @param {Partial<GroupSettings>} change */
  async changeGroupSettings(id, change) {
    await this.#change(["settings", id, change], (once) =>
      this.#api.patch(`/groups/${id}/settings`, { ...change, ...once }),
    );
  }

  /** @param {string} id @param {string} title what it is called, typed as proof */
  async deleteGroup(id, title) {
    await this.#change(["delete", id, title], (once) => this.#api.post(`/groups/${id}/deletion`, { title, ...once }));
  }

  /** @param {string} id @returns {Promise<GroupLinkView[]>} */
  async groupLinks(id) {
    return (await this.#api.get(`/groups/${id}/links`)).links ?? [];
  }

  /** @param {string} id @param {{ life_seconds: number | null, most_uses: number | null }} limits @returns {Promise<GroupLinkView>} */
  makeGroupLink(id, limits) {
    return this.#api.post(`/groups/${id}/links`, limits);
  }

  /** @param {string} id @param {string} link */
  async revokeGroupLink(id, link) {
    await this.#api.delete(`/groups/${id}/links/${link}`);
  }

  /** @param {string} id */
  async fetchConversation(id) {
    this.#conversation(await this.#api.get(`/conversations/${id}`));
  }

  /** @param {string} id @param {{ notify?: Level, muted_until?: number | null, pinned?: boolean, archived?: boolean, unread?: boolean }} change */
  async changeConversation(id, change) {
    this.#conversation(await this.#api.patch(`/conversations/${id}`, change));
  }

  /**
   * Messages are marked for this person alone.
   * @param {OutboxItem} mark
   * @returns {Promise<Ack<{}>>}
   */
  async mark({ conversation, kind, targets: entries = [] }) {
    const asked =
      kind === "hidden"
        ? this.#api.post(`/conversations/${conversation}/hiding`, { entries })
        : this.#api.post(`/conversations/${conversation}/saved`, { entries, active: kind === "saved" });
    try {
      this.#conversation(await asked);
      return { ok: true };
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      const { code, message, retry_after } = error;
      return { ok: false, code, message, ...(retry_after === undefined ? {} : { retry_after }) };
    }
  }

  /** @param {string | null} before @returns {Promise<{ saved: SavedMessage[], next: string | null }>} */
  async saved(before) {
    const answer = await this.#api.get(before ? `/me/saved?before=${before}` : "/me/saved");
    if (!isSavedPage(answer)) throw new TypeError("the server's answer is not a page of what is saved");
    return answer;
  }

  /** @param {string} id */
  async acceptRequest(id) {
    this.#conversation(await this.#api.post(`/conversations/${id}/request/acceptance`));
  }

  /** @param {string} id */
  async declineRequest(id) {
    await this.#api.delete(`/conversations/${id}/request`);
    this.#intake.removed(id);
  }

  /** @param {Reported} what @param {Complaint} complaint */
  async report(what, { reason, note, around }) {
    if ("user" in what) await this.#api.post(`/people/${what.user}/report`, { reason, note });
    else {
      const path = `/conversations/${what.conversation}/entries/${what.seq}/report`;
      await this.#api.post(path, { reason, note, around: around === true });
    }
  }

  /** @param {Partial<NotificationsView>} change @returns {Promise<NotificationsView>} */
  async changeNotifications(change) {
    const choices = await this.#api.patch("/me/notifications", change);
    if (!isNotifications(choices)) throw new TypeError("the server's answer is not a choice of notifications");
    return choices;
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

  /**
   * Something of a group's, done once however often it is asked for.
   * @param {readonly unknown[]} what
   * @param {(once: { client_id: string }) => Promise<any>} ask
   * @returns {Promise<string>} the conversation's id
   */
  async #change(what, ask) {
    return this.#conversation(await this.#unanswered.once(what, (clientId) => ask({ client_id: clientId })));
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
