/** What the views ask of groups: the part of `ChatApi` that goes straight out to the server. */
/** @import { GroupSettings } from "../types.d.ts" */
/** @import { Role } from "../domain/permissions.js" */
/** @import { People } from "./people.js" */

export class GroupCalls {
  #people;

  /** @param {People} people */
  constructor(people) {
    this.#people = people;
  }

  /** @param {string} title @param {string[]} users */
  createGroup(title, users) {
    return this.#people.createGroup(title, users);
  }
  /** @param {string} conversation @param {string[]} users */
  addMembers(conversation, users) {
    return this.#people.addMembers(conversation, users);
  }
  /** @param {string} conversation @param {string} user */
  removeMember(conversation, user) {
    return this.#people.removeMember(conversation, user);
  }
  /** @param {string} conversation @param {string} user @param {Role} role */
  appoint(conversation, user, role) {
    return this.#people.appoint(conversation, user, role);
  }
  /** @param {string} conversation @param {string} title */
  renameGroup(conversation, title) {
    return this.#people.renameGroup(conversation, title);
  }
  /** @param {string} conversation */
  leaveGroup(conversation) {
    return this.#people.leaveGroup(conversation);
  }
  /** @param {string} conversation @param {string} description */
  describeGroup(conversation, description) {
    return this.#people.describeGroup(conversation, description);
  }
  /** @param {string} conversation @param {Blob | null} file */
  pictureGroup(conversation, file) {
    return this.#people.pictureGroup(conversation, file);
  }
  /** @param {string} conversation @param {number} days */
  previewRetention(conversation, days) {
    return this.#people.previewRetention(conversation, days);
  }
  /** @param {string} conversation @param {Partial<GroupSettings>} change */
  changeGroupSettings(conversation, change) {
    return this.#people.changeGroupSettings(conversation, change);
  }
  /** @param {string} conversation @param {string} title */
  deleteGroup(conversation, title) {
    return this.#people.deleteGroup(conversation, title);
  }
  /** @param {string} conversation */
  groupLinks(conversation) {
    return this.#people.groupLinks(conversation);
  }
  /** @param {string} conversation @param {{ life_seconds: number | null, most_uses: number | null }} limits */
  makeGroupLink(conversation, limits) {
    return this.#people.makeGroupLink(conversation, limits);
  }
  /** @param {string} conversation @param {string} link */
  revokeGroupLink(conversation, link) {
    return this.#people.revokeGroupLink(conversation, link);
  }
}
