/** What can be done with a group and with its members, as far as one's role allows. */
/** @import { ChatApi, ConversationSummary, MemberView } from "../types.d.ts" */
/** @import { GroupLinksDialog } from "./group_links.js" */
/** @import { GroupSettingsDialog } from "./group_settings.js" */
/** @import { MenuItem } from "./menu.js" */
/** @import { PeopleDialog } from "./people_dialog.js" */
import { n, t } from "../domain/locale.js";
import { isOut, settingsOf } from "../domain/membership.js";
import { may } from "../domain/permissions.js";
import { ask, confirm } from "./dialogs.js";
import { byName, candidateOf } from "./people_search.js";
import { openReport } from "./report_dialog.js";
import { attempt } from "./toasts.js";

const TITLE_CHARACTERS = 120;

export class GroupActions {
  #chat;
  #dialogs;
  #open;

  /**
   * @param {ChatApi} chat
   * @param {{ people: PeopleDialog, links: GroupLinksDialog, settings: GroupSettingsDialog }} dialogs
   * @param {(conversation: string) => void} open
   */
  constructor(chat, dialogs, open) {
    this.#chat = chat;
    this.#dialogs = dialogs;
    this.#open = open;
  }

  /** @param {ConversationSummary} summary @returns {MenuItem[]} */
  ofGroup(summary) {
    if (!isIn(summary)) return [];
    const { role } = summary.view.me;
    /** @type {MenuItem[]} */
    const items = [];
    if (may(role, "add", null, settingsOf(summary.view))) {
      items.push({ text: t("Add people"), icon: "user-plus", run: () => this.#add(summary) });
      items.push({ text: t("Invite by link"), icon: "link", run: () => this.#dialogs.links.open(summary) });
    }
    if (may(role, "rename"))
      items.push({ text: t("Change the title"), icon: "pencil", run: () => void this.#rename(summary) });
    if (may(role, "set"))
      items.push({ text: t("Group settings"), icon: "settings", run: () => this.#dialogs.settings.open(summary) });
    return items;
  }

  /** @param {ConversationSummary} summary @returns {MenuItem[]} */
  leaving(summary) {
    if (!isIn(summary)) return [];
    const leave = { text: t("Leave the group"), icon: "log-out", danger: true, run: () => void this.#leave(summary) };
    if (!may(summary.view.me.role, "close")) return [leave];
    const run = () => void this.#delete(summary);
    return [leave, { text: t("Delete the group for all"), icon: "trash-2", danger: true, run }];
  }

  /** @param {ConversationSummary} summary @param {MemberView} member @returns {MenuItem[]} */
  ofMember(summary, { user, role }) {
    if (!isIn(summary) || user.id === this.#chat.me.id) return [];
    const { id, view } = summary;
    const appoint = (/** @type {MemberView["role"]} */ next) => void attempt(this.#chat.appoint(id, user.id, next));
    /** @type {MenuItem[]} */
    const items = [{ text: t("Message"), icon: "message-circle", run: () => void this.message(user.id) }];
    if (may(view.me.role, "appoint", role)) {
      if (role === "member") items.push({ text: t("Make an admin"), icon: "shield", run: () => appoint("admin") });
      else items.push({ text: t("Take the admin role away"), icon: "shield-off", run: () => appoint("member") });
    }
    if (may(view.me.role, "hand_over"))
      items.push({ text: t("Hand the group over"), icon: "crown", run: () => void this.#handOver(id, user.id) });
    const report = () => openReport({ user: user.id }, this.#chat.userName(user.id), this.#chat);
    items.push({ text: t("Report"), icon: "flag", run: report });
    if (may(view.me.role, "remove", role)) {
      const run = () => void this.#remove(id, user.id);
      items.push({ text: t("Remove from the group"), icon: "user-minus", danger: true, run });
    }
    return items;
  }

  /** @param {string} user */
  async message(user) {
    const id = await attempt(this.#chat.openDirect(user));
    if (id) this.#open(id);
  }

  /** @param {ConversationSummary} summary */
  #add({ id, view }) {
    const present = new Set(view.members.map(({ user }) => user.id));
    const contacts = this.#chat.contacts().filter(({ blocked }) => !blocked);
    const people = contacts
      .filter(({ user }) => !present.has(user.id))
      .map(candidateOf)
      .sort(byName);
    this.#dialogs.people.open({
      title: t("Add people"),
      text: t("They see what is said from now on, not what was said before."),
      people,
      several: true,
      none:
        contacts.length === 0
          ? t("You have no contacts yet. Only your contacts can be added.")
          : t("All your contacts are in the group already."),
      missing: t("Choose at least one person."),
      yes: (count) => (count === 0 ? t("Add") : n("Add {count} person", "Add {count} people", count)),
      done: (users) => this.#chat.addMembers(id, users),
    });
  }

  /** @param {ConversationSummary} summary */
  async #rename({ id, view }) {
    const field = { label: t("Title"), value: view.title ?? "", most: TITLE_CHARACTERS };
    const title = await ask({ title: t("Change the title"), yes: t("Save"), field });
    if (title !== null && title !== view.title) await attempt(this.#chat.renameGroup(id, title));
  }

  /** @param {string} id @param {string} user */
  async #remove(id, user) {
    const sure = await confirm({
      title: t("Remove {name}?", { name: this.#chat.userName(user) }),
      text: t("They keep what was said so far and see nothing of what is said from now on."),
      yes: t("Remove"),
      danger: true,
    });
    if (sure) await attempt(this.#chat.removeMember(id, user));
  }

  /** @param {string} id @param {string} user */
  async #handOver(id, user) {
    const sure = await confirm({
      title: t("Hand the group to {name}?", { name: this.#chat.userName(user) }),
      text: t("They own it from now on, and only they can give it back. You stay in it as an admin."),
      yes: t("Hand over"),
    });
    if (sure) await attempt(this.#chat.appoint(id, user, "owner"));
  }

  /** @param {ConversationSummary} summary */
  async #leave({ id, name }) {
    const view = this.#chat.conversation(id)?.view;
    if (!view) return;
    const alone = view.members.length === 1;
    if (view.me.role === "owner" && !alone) return this.#handOverFirst(id);
    const sure = await confirm({
      title: t("Leave “{name}”?", { name }),
      text: alone
        ? t("You are the last one in it. What was said stays here for you to read.")
        : t("You keep what was said so far and see nothing of what is said from now on. Its admins can add you again."),
      yes: t("Leave"),
      danger: true,
    });
    if (sure) await attempt(this.#chat.leaveGroup(id));
  }

  /** @param {ConversationSummary} summary */
  async #delete({ id, name, view }) {
    const title = await ask({
      title: t("Delete “{name}” for all?", { name }),
      text: t(
        "It ends for everybody in it, and its invite links stop working. What was said so far stays with those who have it. This cannot be undone.",
      ),
      yes: t("Delete for all"),
      danger: true,
      field: { label: t("Type the title to go on"), value: "", most: TITLE_CHARACTERS, proof: view.title ?? "" },
    });
    if (title !== null) await attempt(this.#chat.deleteGroup(id, title));
  }

  /** @param {string} id */
  async #handOverFirst(id) {
    const sure = await confirm({
      title: t("Hand the group over first"),
      text: t(
        "You own this group, and it cannot be without an owner. Choose who owns it from now on, then you can leave.",
      ),
      yes: t("Choose an owner"),
    });
    const summary = this.#chat.conversation(id);
    if (sure && summary) this.#chooseOwner(summary);
  }

  /** @param {ConversationSummary} summary */
  #chooseOwner({ id, view, name }) {
    const others = view.members.filter(({ user }) => user.id !== this.#chat.me.id);
    const people = others.map(({ user }) => ({ ...user, shown: this.#chat.userName(user.id) }));
    this.#dialogs.people.open({
      title: t("Hand the group over"),
      text: t("Who owns “{name}” from now on?", { name }),
      people: people.sort(byName),
      several: false,
      none: t("There is nobody else in it."),
      missing: t("Choose somebody."),
      yes: () => t("Hand over"),
      done: async ([user]) => {
        await this.#chat.appoint(id, user, "owner");
        const summary = this.#chat.conversation(id);
        if (summary) queueMicrotask(() => void this.#leave(summary));
      },
    });
  }
}

/** @param {ConversationSummary} summary */
function isIn({ view }) {
  return view.kind === "group" && !isOut(view);
}
