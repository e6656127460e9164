/**
 * What stands in the composer, and what it means: a person mentioned is `@Ada` there and `@[id]` in the message. Pure.
 */
import { mentionOf, mentionsOf, withNames } from "../domain/mentions.js";

export class Written {
  /** @type {Map<string, string>} what stands behind the @ -> user */
  #users = new Map();

  /** Another conversation: who was mentioned here is forgotten. */
  reset() {
    this.#users.clear();
  }

  /**
   * What stands behind the @ for this user; two of the same name are told apart.
   * @param {string} user
   * @param {string} name
   */
  label(user, name) {
    for (const label of [name, `${name} (${user.slice(-4)})`]) {
      const known = this.#users.get(label);
      if (known !== undefined && known !== user) continue;
      this.#users.set(label, user);
      return label;
    }
    return mentionOf(user).slice(1);
  }

  /**
   * @param {string} shown
   * @returns {string} as it is sent and kept
   */
  source(shown) {
    if (this.#users.size === 0 || !shown.includes("@")) return shown;
    // The longest first: "@Ann" is the beginning of "@Anna".
    const labels = [...this.#users.keys()].sort((a, b) => b.length - a.length).map(escaped);
    const mention = new RegExp(`@(${labels.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
    return shown.replace(mention, (_, label) => mentionOf(/** @type {string} */ (this.#users.get(label))));
  }

  /**
   * @param {string} source
   * @param {(user: string) => string} nameOf
   * @returns {string} as it is written
   */
  shown(source, nameOf) {
    const labels = new Map(mentionsOf(source).map((user) => [user, this.label(user, nameOf(user))]));
    return withNames(source, (user) => labels.get(user) ?? "");
  }
}

/** @param {string} text */
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
