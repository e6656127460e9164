/** One's invite link with its QR code: copy it, or make a new one. */
import { t } from "../domain/locale.js";
import { copyLink } from "./copy_link.js";
import { confirm } from "./dialogs.js";
import { clone, part } from "./markup.js";
import { attempt } from "./toasts.js";

const CODE_HREF = "/contacts/invite.svg";

/** @typedef {{ link: () => Promise<string>, rotate: () => Promise<string> }} Invites */

export class Invite {
  #root = clone("invite");
  #invites;
  #asked = false;

  /**
   * @param {HTMLElement} parent
   * @param {Invites} invites
   */
  constructor(parent, invites) {
    this.#invites = invites;
    parent.append(this.#root);
    part(this.#root, "copy").addEventListener("click", () => void copyLink(this.#input()));
    part(this.#root, "rotate").addEventListener("click", () => void this.#rotate());
    // Fetched when it is looked at, not with every page.
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting) || this.#asked) return;
      this.#asked = true;
      observer.disconnect();
      void this.#load(this.#invites.link());
    }).observe(this.#root);
  }

  /** @param {Promise<string>} asked */
  async #load(asked) {
    const link = await attempt(asked);
    if (link === null) return;
    this.#input().value = link;
    const code = /** @type {HTMLImageElement} */ (part(this.#root, "code"));
    // The address says which link it shows, so that a former one's picture is not taken from the cache.
    code.src = `${CODE_HREF}?for=${encodeURIComponent(link.slice(-12))}`;
  }

  #input() {
    return /** @type {HTMLInputElement} */ (part(this.#root, "link"));
  }

  async #rotate() {
    const sure = await confirm({
      title: t("Make a new link?"),
      text: t("The present link and its QR code stop working at once."),
      yes: t("Make a new link"),
    });
    if (sure) await this.#load(this.#invites.rotate());
  }
}
