/** A small round of what `npm run bridge` does with ten thousand messages: nothing lost, nothing doubled, one order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cross } from "#test/tutorial/crossing.ts";
import { problems } from "#test/tutorial/ledger.ts";

const line = (id: string, text: string) => ({ id, text });

test("[BR1] [BR2] two Klatch servers, one of them killed, and two of another kind hear the same", async () => {
  const { ledger } = await cross({ people: 4, messages: 360, chats: 6 });
  assert.deepEqual(problems(ledger), []);
});

test("what is lost, doubled or in another order is told", () => {
  const said = ["a", "b"].map((text) => ({ room: "0", text, by: "klatch" as const }));
  const fine = {
    said,
    logs: new Map([["0", ["a", "b"]]]),
    shown: [{ observer: "ada", room: "0", lines: [line("1.0", "a"), line("2.0", "b")] }],
    foreign: [["b", "a"]],
  };
  assert.deepEqual(problems(fine), []);
  const lines = [line("2.0", "b"), line("1.0", "a"), line("1.0", "a")];
  const bad = {
    ...fine,
    logs: new Map([["0", ["a", "b", "b", "c"]]]),
    shown: [{ observer: "ada", room: "0", lines }],
    foreign: [["a"]],
  };
  assert.deepEqual(problems(bad), [
    'the log of 0: 1 doubled, as "b"',
    'the log of 0: 1 from nowhere, as "c"',
    'ada in 0: 1 lost, as "c"',
    'ada in 0: 1 doubled, as "a"',
    "ada in 0: another order than the log",
    "ada in 0: ids do not rise",
    'foreign server 1: 1 lost, as "b"',
  ]);
});
