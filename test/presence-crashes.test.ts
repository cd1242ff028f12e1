/** A round of what `npm run presence-crashes` does by the dozen: others are told the truth, in time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { measure } from "#test/presence/crashes.ts";
import { problems, summarize } from "#test/presence/summary.ts";

test("[PR1] [PR2] [PR3] who is gone is told in time, and who is there is never said to be", async (context) => {
  const all = await Promise.all([measure(0), measure(8_000)]);
  context.diagnostic(summarize(all));
  assert.deepEqual(problems(all), []);
});

test("what was too late or false is told, and makes the command fail", () => {
  const fine = { crash: 35_000, window: 3_000, restart: 15_000, loss: 15_000, falselyOffline: 0 };
  assert.deepEqual(problems([fine]), []);
  const bad = { ...fine, crash: 35_100, window: 3_100, falselyOffline: 2 };
  assert.deepEqual(problems([fine, bad]), [
    "2: a server is killed: 35.1 s",
    "2: the last of two windows is closed: 3.1 s",
    "2: 2 falsely offline",
  ]);
});
