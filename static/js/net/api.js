/** REST under /api/v1, for what is not a stream. */
/** @import { Refusal } from "../types.d.ts" */

const TIMEOUT_MS = 15_000;
const UPLOAD_MS = 120_000;
const BASE = "/api/v1";
/** The token is bound to the session; a new session means a new token. */
const STALE_TOKEN_STATUS = 403;

/** An answer that is not what was asked for: a `Refusal` that can be thrown. */
export class ApiRefusal extends Error {
  /** @param {Refusal} refusal @param {number} [status] 0 where nothing came back */
  constructor(refusal, status = 0) {
    super(refusal.message);
    this.name = "ApiRefusal";
    this.code = refusal.code;
    this.status = status;
    this.retry_after = refusal.retry_after;
    this.details = refusal.details;
  }
}

/** @param {string} code @param {string} message @param {number} [status] */
const refused = (code, message, status) => new ApiRefusal({ ok: false, code, message }, status);

export class Api {
  #fetch;
  #signedOut;
  /** @type {string | null} */
  #token = null;

  /**
   * @param {typeof fetch} fetcher
   * @param {() => void} signedOut the server does not know this browser any more
   */
  constructor(fetcher, signedOut) {
    this.#fetch = fetcher;
    this.#signedOut = signedOut;
  }

  /** @param {string} path under /api/v1 @returns {Promise<any>} @throws {ApiRefusal} */
  get(path) {
    return this.#ask("GET", BASE + path);
  }
  /** @param {string} path @param {object} [body] @returns {Promise<any>} @throws {ApiRefusal} */
  post(path, body = {}) {
    return this.#change("POST", BASE + path, body);
  }
  /** @param {string} path @param {object} body @returns {Promise<any>} @throws {ApiRefusal} */
  patch(path, body) {
    return this.#change("PATCH", BASE + path, body);
  }
  /** @param {string} path @param {object} body @returns {Promise<any>} @throws {ApiRefusal} */
  put(path, body) {
    return this.#change("PUT", BASE + path, body);
  }
  /** @param {string} path @returns {Promise<any>} @throws {ApiRefusal} */
  delete(path) {
    return this.#change("DELETE", BASE + path, null);
  }
  /** @param {string} path @param {Blob} file sent as the body, under its own type @returns {Promise<any>} @throws {ApiRefusal} */
  upload(path, file) {
    return this.#change("PUT", BASE + path, file);
  }
  /** Says goodbye: after it the session is over on the server. @throws {ApiRefusal} */
  signOut() {
    return this.delete("/session");
  }

  /** @param {string} method @param {string} url @param {object | null} body */
  async #change(method, url, body) {
    const hadToken = this.#token !== null;
    try {
      return await this.#ask(method, url, body, await this.#csrfToken());
    } catch (error) {
      const stale = error instanceof ApiRefusal && error.status === STALE_TOKEN_STATUS && hadToken;
      if (!stale) throw error;
    }
    this.#token = null;
    return this.#ask(method, url, body, await this.#csrfToken());
  }

  async #csrfToken() {
    this.#token ??= /** @type {string} */ ((await this.get("/session/csrf")).csrf_token);
    return this.#token;
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {object | null} [body]
   * @param {string | null} [token]
   */
  async #ask(method, url, body = null, token = null) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (body !== null)
      headers["Content-Type"] = body instanceof Blob ? body.type || "application/octet-stream" : "application/json";
    if (token !== null) headers["X-CSRFToken"] = token;
    const response = await this.#answer(url, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      body: body === null || body instanceof Blob ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(body instanceof Blob ? UPLOAD_MS : TIMEOUT_MS),
    });
    if (response.ok) return response.status === 204 ? null : parsed(response);
    if (response.status === 401) this.#signedOut();
    throw await refusalOf(response);
  }

  /** @param {string} url @param {RequestInit} init */
  async #answer(url, init) {
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw late ? refused("timeout", "No answer in time.") : refused("offline", "The server cannot be reached.");
    }
  }
}

/** @param {Response} response */
async function parsed(response) {
  const isJson = response.headers.get("Content-Type")?.includes("json");
  return isJson ? response.json() : null;
}

/** @param {Response} response */
async function refusalOf(response) {
  const body = await parsed(response).catch(() => null);
  if (typeof body?.code === "string") return new ApiRefusal({ ok: false, ...body }, response.status);
  return refused(response.status === 401 ? "not_signed_in" : "internal", "Something went wrong.", response.status);
}
