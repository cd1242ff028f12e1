/** The checkers of histories: each passes a sound one, and catches the violation made for it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, confidential, durable, fifo, live } from "#test/checkers/checkers.ts";
import { once, ordered, real } from "#test/checkers/checkers.ts";
import type { Checker } from "#test/checkers/checkers.ts";
import { digest } from "#test/checkers/history.ts";
import type { Line, Operation, Sending } from "#test/checkers/history.ts";

const ROOM = "0";
const LOG: readonly Line[] = [1, 2, 3, 4].map((n) => ({ id: `1.00000${n}`, cid: `cid-${n}` }));
const [first, second, third, fourth] = LOG;

let clock = 0;
const at = (proc: string) => ({ t: clock++, proc, room: ROOM });
const send = (proc: string, type: Sending["type"], cid: string, id?: string): Operation => ({
  ...at(proc),
  f: "send",
  type,
  cid,
  ...(id !== undefined && { id }),
});
const hear = (proc: string, line: Line | undefined): Operation => {
  assert.ok(line);
  return { ...at(proc), f: "hear", type: "ok", ...line };
};
const join = (proc: string): Operation => ({ ...at(proc), f: "join", type: "ok" });
const list = (f: "show" | "final", proc: string, val: readonly (Line | undefined)[]): Operation => {
  return { ...at(proc), f, type: "ok", val: val.filter((line) => line !== undefined) };
};
const broken = (proc: string): Operation => {
  return { ...at(proc), f: "break", type: "ok", state: "limited" };
};

/** Ada sends two messages, one of them twice because its answer was lost; Brin hears all four. */
const SOUND: readonly Operation[] = [
  join("ada"),
  join("brin"),
  send("ada", "invoke", "cid-1"),
  send("ada", "info", "cid-1"),
  send("ada", "invoke", "cid-1"),
  send("ada", "ok", "cid-1", "1.000001"),
  hear("brin", first),
  hear("brin", second),
  send("ada", "invoke", "cid-3"),
  send("ada", "ok", "cid-3", "1.000003"),
  hear("brin", third),
  hear("brin", fourth),
  list("show", "ada", LOG),
  list("show", "brin", LOG.slice(1)),
  list("final", "log", LOG),
];

const laws = (checker: Checker, operations: readonly Operation[]) =>
  checker(digest(operations)).map(({ law }) => law);

/** The sound history with one operation changed. */
const changed = (index: number, ...operations: readonly Operation[]) =>
  SOUND.toSpliced(index, 1, ...operations);

describe("the checkers of histories", () => {
  test("a sound history breaks no law", () => {
    assert.deepEqual(check(digest(SOUND)), []);
  });

  test("an acknowledged message that is not in the log, or elsewhere, is lost", () => {
    const lost = changed(14, list("final", "log", [first, second, fourth]));
    assert.deepEqual(laws(durable, lost), ["durable"]);
    assert.deepEqual(laws(durable, changed(5, send("ada", "ok", "cid-1", "1.000009"))), [
      "durable",
    ]);
  });

  test("a message that was told or shown and is not in the log is a phantom", () => {
    const phantom = { id: "1.000009", cid: "cid-9" };
    assert.deepEqual(laws(real, changed(11, hear("brin", phantom))), ["real"]);
    assert.deepEqual(laws(real, changed(12, list("show", "ada", [...LOG, phantom]))), ["real"]);
  });

  test("a message is twice in the log, told twice, shown twice", () => {
    const again = { id: "1.000005", cid: "cid-1" };
    assert.deepEqual(laws(once, changed(14, list("final", "log", [...LOG, again]))), ["once"]);
    assert.deepEqual(laws(once, changed(7, hear("brin", first))), ["once", "once"]);
    assert.deepEqual(laws(once, changed(12, list("show", "ada", [first, again]))), ["once"]);
  });

  test("hearing in another order, with a hole nobody told of, or showing with one", () => {
    const turned = changed(7, hear("brin", third)).toSpliced(10, 1, hear("brin", second));
    assert.ok(laws(ordered, turned).includes("ordered"));
    const hole = SOUND.toSpliced(7, 1);
    assert.deepEqual(laws(ordered, hole), ["ordered"]);
    assert.deepEqual(laws(ordered, [broken("brin"), ...hole]), []);
    const shown = changed(12, list("show", "ada", [first, third, fourth]));
    assert.deepEqual(laws(ordered, shown), ["ordered"]);
  });

  test("an id that names two messages", () => {
    const reused = changed(6, hear("brin", { id: "1.000001", cid: "cid-7" }));
    assert.deepEqual(laws(ordered, reused), ["ordered"]);
  });

  test("messages of one sender that changed places", () => {
    const turned = [LOG[2], LOG[1], LOG[0], LOG[3]].map((line, n) => ({
      id: `1.00000${n + 1}`,
      cid: line?.cid ?? "",
    }));
    assert.deepEqual(laws(fifo, changed(14, list("final", "log", turned))), ["fifo"]);
  });

  test("hearing without being a member, or no longer", () => {
    assert.deepEqual(laws(confidential, [hear("cleo", first), ...SOUND]), ["private"]);
    const kick: Operation = { ...at("brin"), f: "kick", type: "ok" };
    assert.deepEqual(laws(confidential, SOUND.toSpliced(11, 0, kick)), ["private"]);
  });

  test("a message without an end, and a reader that is behind", () => {
    const waiting = SOUND.toSpliced(2, 0, send("brin", "invoke", "cid-8"));
    assert.deepEqual(laws(live, waiting), ["live"]);
    assert.deepEqual(laws(live, [...waiting, send("brin", "fail", "cid-8")]), []);
    assert.deepEqual(laws(live, changed(12, list("show", "ada", LOG.slice(0, 3)))), ["live"]);
  });
});
