/** The members of a group, in its details: who is in it and as what, and what can be done with each. */
/** @import { ChatApi, ConversationSummary, MemberView } from "../types.d.ts" */
/** @import { GroupActions } from "./group_actions.js" */
import { LOCALE, number, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { RANK } from "../domain/permissions.js";
import { paintAvatar, paintPresence } from "./avatar.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { openMenu } from "./menu.js";
import { matching } from "./people_search.js";

/** So many are seen without searching. */
const SEEN_AT_ONCE = 12;
/** So many rows at first, and with each press more. */
const PAGE_ROWS = 100;
const MENU_PX = 200;
const ORDER = new Intl.Collator(LOCALE);
const ROLES = { owner: t("owner"), admin: t("admin"), member: t("member") };

export class Members {
  #root;
  #chat;
  #actions;
  #query;
  #list;
  /** @type {ConversationSummary | null} */
  #summary = null;
  #rows = PAGE_ROWS;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {GroupActions} actions
   */
  constructor(root, chat, actions) {
    this.#root = root;
    this.#chat = chat;
    this.#actions = actions;
    this.#list = part(root, "members");
    this.#query = /** @type {HTMLInputElement} */ (part(root, "members-query"));
    this.#query.addEventListener("input", () => {
      this.#rows = PAGE_ROWS;
      this.#paint();
    });
    part(root, "members-more").addEventListener("click", () => this.#more());
  }

  /** @param {ConversationSummary} summary */
  show(summary) {
    const group = summary.view.kind === "group";
    if (summary.id !== this.#summary?.id) {
      this.#query.value = "";
      this.#rows = PAGE_ROWS;
    }
    this.#summary = summary;
    this.#root.hidden = !group;
    if (group) this.#paint();
  }

  #paint() {
    const view = this.#summary?.view;
    if (!view) return;
    const many = view.members.length > SEEN_AT_ONCE;
    setText(part(this.#root, "members-title"), isOut(view) ? t("Members at that time") : t("Members"));
    setText(part(this.#root, "members-count"), number(view.members.length + (view.members_left_out ?? 0)));
    part(this.#root, "members-search").hidden = !many;
    const found = matching(this.#sorted(view.members), many ? this.#query.value : "");
    const shown = found.slice(0, this.#rows);
    part(this.#root, "members-more").hidden = shown.length === found.length;
    keepingFocus(this.#list, () =>
      reconcile(this.#list, shown, {
        key: ({ id }) => id,
        create: ({ id }) => this.#create(id),
        update: (element, { member, shown: name }) => this.#update(element, member, name),
      }),
    );
    setText(part(this.#root, "members-none"), shown.length === 0 ? t("Nobody matches.") : "");
  }

  /** The first of those that came is where one reads on. */
  #more() {
    const next = this.#list.children.length;
    this.#rows += PAGE_ROWS;
    this.#paint();
    this.#list.children[next]?.querySelector("button")?.focus();
  }

  /** By role, then by name, as one calls them. @param {readonly MemberView[]} members */
  #sorted(members) {
    return members
      .map((member) => ({ ...member.user, member, shown: this.#nameOf(member) }))
      .sort((a, b) => RANK[b.member.role] - RANK[a.member.role] || ORDER.compare(a.shown, b.shown));
  }

  /** @param {MemberView} member */
  #nameOf({ user }) {
    return user.id === this.#chat.me.id ? t("{name} (you)", { name: user.name }) : this.#chat.userName(user.id);
  }

  /** @param {string} user */
  #create(user) {
    const element = clone("member");
    part(element, "open").addEventListener("click", () => void this.#actions.message(user));
    const more = part(element, "more");
    more.addEventListener("click", () => this.#menu(user, more));
    return element;
  }

  /** @param {HTMLElement} element @param {MemberView} member @param {string} name */
  #update(element, member, name) {
    const { user, role, presence } = member;
    const avatar = part(element, "avatar");
    const summary = /** @type {ConversationSummary} */ (this.#summary);
    const mine = user.id === this.#chat.me.id;
    paintAvatar(avatar, { ...user, name: mine ? user.name : name });
    paintPresence(avatar, isOut(summary.view) ? null : mine ? "online" : presence.state);
    setText(part(element, "name"), name);
    part(element, "tag").hidden = role === "member";
    setText(part(element, "tag"), ROLES[role]);
    part(element, "more").hidden = this.#actions.ofMember(summary, member).length === 0;
    setText(part(element, "more-text"), t("What can be done with {name}", { name }));
  }

  /** @param {string} id @param {HTMLElement} opener */
  #menu(id, opener) {
    const member = this.#summary?.view.members.find(({ user }) => user.id === id);
    if (!member || !this.#summary) return;
    const box = opener.getBoundingClientRect();
    const items = this.#actions.ofMember(this.#summary, member);
    openMenu(items, { x: box.right - MENU_PX, y: box.bottom + 4 }, this.#nameOf(member), opener);
  }
}

/**
 * An element that moves loses the focus, and one that goes takes it along: it is given back, or to the next in the list.
 * @param {HTMLElement} list
 * @param {() => void} paint
 */
function keepingFocus(list, paint) {
  const focused = document.activeElement;
  const row = focused instanceof HTMLElement && list.contains(focused) ? focused.closest("li") : null;
  const index = row ? [...list.children].indexOf(row) : -1;
  paint();
  if (!(focused instanceof HTMLElement) || !row || document.activeElement === focused) return;
  const next = row.isConnected ? row : list.children[Math.min(index, list.children.length - 1)];
  const target = focused.isConnected && !focused.hidden ? focused : next?.querySelector("button");
  target?.focus({ preventScroll: true });
}
