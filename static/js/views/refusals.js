/** Says what was taken back because the server refused it, where no bubble says so. */
/** @import { ChatApi } from "../types.d.ts" */
import { refusalText } from "../domain/locale.js";
import { REFUSED } from "./bubble.js";
import { toast } from "./toasts.js";

export class Refusals {
  #chat;
  #end = () => undefined;

  /** @param {ChatApi} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  start() {
    const end = this.#chat.on("refused", ({ kind, message }) =>
      toast(`${REFUSED[kind]} ${refusalText(message)}`.trim()),
    );
    this.#end = () => void end();
  }

  stop() {
    this.#end();
  }
}
