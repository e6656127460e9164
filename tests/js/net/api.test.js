import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Api, ApiRefusal } from "../../../static/js/net/api.js";

/** @type {{ url: string, init: RequestInit }[]} */
let asked;
/** @type {Response[]} */
let answers;
/** @type {Api} */
let api;
let signedOut = 0;

const csrf = (token = "token") => Response.json({ csrf_token: token });
const headers = (/** @type {number} */ index) => /** @type {Record<string, string>} */ (asked[index].init.headers);

beforeEach(() => {
  asked = [];
  answers = [];
  signedOut = 0;
  const fetcher = async (/** @type {any} */ url, /** @type {any} */ init) => {
    asked.push({ url, init });
    const answer = answers.shift();
    if (!answer) throw new TypeError("unreachable");
    return answer;
  };
  api = new Api(fetcher, () => {
    signedOut += 1;
  });
});

test("reading asks for no token, and sends the cookie to our own origin only", async () => {
  answers = [Response.json({ a: 1 })];
  assert.deepEqual(await api.get("/bootstrap"), { a: 1 });
  assert.equal(asked[0].url, "/api/v1/bootstrap");
  assert.equal(asked[0].init.credentials, "same-origin");
  assert.equal(headers(0)["X-CSRFToken"], undefined);
});

test("changing carries the token, which is fetched once", async () => {
  answers = [csrf(), Response.json({}), new Response(null, { status: 204 })];
  await api.post("/contacts", { handle: "maya" });
  assert.equal(await api.delete("/contacts/x"), null);
  assert.deepEqual(
    asked.map(({ url, init }) => `${init.method} ${url}`),
    ["GET /api/v1/session/csrf", "POST /api/v1/contacts", "DELETE /api/v1/contacts/x"],
  );
  assert.equal(headers(1)["X-CSRFToken"], "token");
  assert.equal(asked[1].init.body, '{"handle":"maya"}');
});

test("a stale token is renewed once, and a second refusal is the answer", async () => {
  const forbidden = () => Response.json({ code: "forbidden", message: "Reload." }, { status: 403 });
  answers = [csrf("old"), Response.json({}), forbidden(), csrf("new"), Response.json({ done: true })];
  await api.post("/contacts");
  assert.deepEqual(await api.post("/contacts"), { done: true });
  assert.equal(headers(4)["X-CSRFToken"], "new");
  answers = [forbidden(), csrf("newer"), forbidden()];
  await assert.rejects(api.post("/contacts"), { code: "forbidden", status: 403 });
  assert.equal(answers.length, 0);
});

test("a refusal keeps its code, its patience and its fields", async () => {
  answers = [
    Response.json({ code: "rate_limited", message: "Wait.", retry_after: 2, details: { fields: {} } }, { status: 429 }),
  ];
  await assert.rejects(api.get("/people?query=x"), (error) => {
    assert.ok(error instanceof ApiRefusal);
    assert.deepEqual(
      [error.code, error.message, error.retry_after, error.details],
      ["rate_limited", "Wait.", 2, { fields: {} }],
    );
    return true;
  });
  assert.equal(signedOut, 0);
});

test("401 is said to whoever must know, and thrown", async () => {
  answers = [Response.json({ code: "not_signed_in", message: "Sign in first." }, { status: 401 })];
  await assert.rejects(api.get("/bootstrap"), { code: "not_signed_in" });
  assert.equal(signedOut, 1);
});

test("nobody answers: offline, which is not signed out", async () => {
  await assert.rejects(api.get("/bootstrap"), { code: "offline", status: 0 });
  assert.equal(signedOut, 0);
});

test("a page instead of JSON is a refusal, not an exception of the parser", async () => {
  answers = [new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Content-Type": "text/html" } })];
  await assert.rejects(api.get("/bootstrap"), { code: "internal", status: 502 });
});

test("a file goes as it is, under its own type", async () => {
  answers = [csrf(), Response.json({})];
  const file = new Blob(["x"], { type: "image/png" });
  await api.upload("/me/photo", file);
  assert.equal(asked[1].init.method, "PUT");
  assert.equal(asked[1].init.body, file);
  assert.equal(headers(1)["Content-Type"], "image/png");
});
