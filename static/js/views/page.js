/**
 * Introduces the chat to the views that the present page has: what `main.js` calls.
 *
 *   const stop = startPage(chat, api, push);   // chat: ChatApi; the others of net/
 *   await chat.start();                  // in either order
 */
/** @import { ChatApi } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { PushLink } from "../net/push.js" */
import { AppearanceForm } from "./appearance_form.js";
import { BlockedList } from "./blocked_list.js";
import { ChatView } from "./chat_view.js";
import { ContactsView } from "./contacts_view.js";
import { DevicesView } from "./devices_view.js";
import { ExportPanel } from "./export_panel.js";
import { NoticeBars } from "./notice_bars.js";
import { NotificationOffer } from "./notification_offer.js";
import { NotificationSettings } from "./notification_settings.js";
import { Notifications } from "./notifications.js";
import { PasskeysView } from "./passkeys_view.js";
import { PhotoForm } from "./photo_form.js";
import { PrivacyForm } from "./privacy_form.js";
import { ProfileForm } from "./profile_form.js";
import { QuietForm } from "./quiet_form.js";
import { Rail } from "./rail.js";
import { Refusals } from "./refusals.js";
import { SavedView } from "./saved_view.js";
import { SignOut } from "./sign_out.js";
import { TitleBadge } from "./title_badge.js";

/** @typedef {{ start(): void, stop(): void }} View */

/**
 * Starts the views of this page and answers how to stop them.
 * @param {ChatApi} chat
 * @param {Api} api
 * @param {PushLink} push
 * @returns {() => void}
 */
export function startPage(chat, api, push) {
  const invites = {
    link: async () => /** @type {string} */ ((await api.get("/invite")).url),
    rotate: async () => /** @type {string} */ ((await api.post("/invite/rotate")).url),
  };
  /** @type {ChatView | null} */
  let chatView = null;
  /** @type {Record<string, (root: HTMLElement) => View>} what stands behind each `data-view` */
  const makers = {
    rail: (root) => new Rail(root, chat),
    chat: (root) => {
      chatView = new ChatView(root, chat, invites);
      return chatView;
    },
    contacts: (root) => new ContactsView(root, chat, invites),
    saved: (root) => new SavedView(root, chat),
    "notice-bars": (root) => new NoticeBars(root, chat),
    profile: (root) => new ProfileForm(root, api),
    photo: (root) => new PhotoForm(root, api),
    "notification-offer": (root) => new NotificationOffer(root, chat, push),
    privacy: (root) => new PrivacyForm(root, api, chat),
    blocked: (root) => new BlockedList(root, chat),
    devices: (root) => new DevicesView(root, api),
    quiet: (root) => new QuietForm(root, chat),
    appearance: (root) => new AppearanceForm(root),
    "notification-settings": (root) => new NotificationSettings(root, push),
    passkeys: (root) => new PasskeysView(root, api),
    export: (root) => new ExportPanel(root, api),
    "sign-out": (root) => new SignOut(root, chat),
  };
  const open = (/** @type {string} */ id) => (chatView ? chatView.open(id) : location.assign(`/c/${id}`));
  /** @type {View[]} */
  const views = [new Notifications(chat, open), new Refusals(chat)];
  // The dashboard's title says how many reports wait (pages/admin_reports.js).
  if (!document.querySelector('[data-page="dashboard"]')) views.push(new TitleBadge(chat));
  for (const root of document.querySelectorAll("[data-view]")) {
    const maker = makers[root.getAttribute("data-view") ?? ""];
    if (maker) views.push(maker(/** @type {HTMLElement} */ (root)));
  }
  for (const view of views) view.start();
  return () => {
    for (const view of views) view.stop();
  };
}
