import assert from "node:assert/strict";
import { test } from "node:test";
import { People } from "../../../static/js/state/people.js";
import { conversation } from "./entries.js";

/** @import { Api } from "../../../static/js/net/api.js" */

test("a chat that is opened several times at once is asked for once, and once more after a failure", async () => {
  /** @type {((answer: object | Error) => void)[]} */
  const asked = [];
  const api = /** @type {Api} */ (
    /** @type {unknown} */ ({
      post: () =>
        new Promise((resolve, reject) =>
          asked.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
        ),
    })
  );
  const intake = /** @type {any} */ ({ conversation: () => undefined });
  const people = new People(api, intake, /** @type {any} */ (null));

  const failing = [people.openDirect("ben"), people.openDirect("ben")];
  const eve = people.openDirect("eve");
  assert.equal(asked.length, 2);
  asked[0]?.(new Error("away"));
  for (const opening of failing) await assert.rejects(opening, /away/);

  const again = people.openDirect("ben");
  assert.equal(asked.length, 3);
  asked[2]?.(conversation("c"));
  asked[1]?.(conversation("d"));
  assert.deepEqual(await Promise.all([again, eve]), ["c", "d"]);
});
