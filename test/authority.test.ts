/** Who may do what: every cell of test/authority.json on a running server, and what answers give away. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ERRORS } from "#protocol/errors.ts";
import { describedRoutes } from "#server/http/operation.ts";
import type { CommandParts } from "#server/realtime/commands.ts";
import { createCommands } from "#server/realtime/commands.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { Caller } from "#test/authority/caller.ts";
import { SECRET, SMUGGLED, SMUGGLED_MARKS, fieldsOf } from "#test/authority/fields.ts";
import { Keeper } from "#test/authority/keeper.ts";
import type { Done } from "#test/authority/run.ts";
import { runAll, titleOf } from "#test/authority/run.ts";
import { placeOf } from "#test/authority/scene.ts";
import type { Running } from "#test/authority/server.ts";
import { openServer } from "#test/authority/server.ts";
import type { Cell } from "#test/authority/table.ts";
import { cellsOf, nameOf, readTable, tableProblems } from "#test/authority/table.ts";
import type { World } from "#test/authority/world.ts";
import { openWorld } from "#test/authority/world.ts";
import { appRoutes } from "#test/support/app-routes.ts";

const STATUSES: ReadonlyMap<string, number> = new Map(
  Object.entries(ERRORS).map(([code, { status }]) => [code, status]),
);
const table = readTable();
const cells = cellsOf(table);
const routes = appRoutes().filter(({ method, path }) => method !== "ALL" && !path.includes("*"));
const told = new Map(
  describedRoutes(appRoutes()).map((each) => [
    `${each.method.toUpperCase()} ${each.path}`,
    each.told,
  ]),
);
// oxlint-disable-next-line no-unsafe-type-assertion -- because no command is ever given
const commands = Object.keys(createCommands({} as CommandParts));
const there = [...new Set([...routes.map(({ method, path }) => `${method} ${path}`), ...commands])];

describe("the table of authority", () => {
  test("[AU1] names every route and every command, and no other", () => {
    assert.deepEqual(tableProblems(table, there), []);
  });

  test("[AU1] a route or a command that is missing, gone, or half described is found", () => {
    const problems = (change: Partial<typeof table>, now = there) =>
      tableProblems({ ...table, ...change }, now).join("\n");
    assert.match(problems({}, [...there, "GET /api/new"]), /^missing: GET \/api\/new$/mu);
    assert.match(problems({}, there.slice(1)), /^superfluous: /mu);
    assert.match(
      problems({ roles: { ...table.roles, guru: "" } }),
      /not exactly one row for guru/u,
    );
    const pin = { of: "room", rows: { ...table.classes["pin"]?.rows, banned: "ok ok" } };
    assert.match(problems({ classes: { ...table.classes, pin } }), /one for each state: ok ok/u);
    const odd = { of: "nothing", rows: { everybody: "perhaps" } };
    const [first] = table.calls;
    assert.match(
      problems({
        classes: { ...table.classes, odd },
        calls: [...table.calls, { call: first?.call ?? "", class: "odd" }],
      }),
      /"perhaps" is no outcome/u,
    );
  });
});

describe("authority", { concurrency: false }, () => {
  let running: Running;
  let world: World;
  let keeper: Keeper;
  let done: readonly Done[];
  before(async () => {
    running = await openServer();
    world = await openWorld(running);
    keeper = new Keeper(running.store);
    await keeper.keep();
    done = await runAll(running, world, keeper, cells);
  });
  after(() => running[Symbol.asyncDispose]());

  test(`[AU2] each of ${cells.length} cells is answered as the table says`, () => {
    const wrong = done.filter(({ cell, word, status }) => {
      const { expected } = cell;
      const statuses = expected === "ok" ? successes(cell) : [status && STATUSES.get(expected)];
      return word !== expected || !statuses.includes(status);
    });
    assert.deepEqual(
      wrong.map(
        ({ cell, word, status }) => `${titleOf(cell)}: ${word} ${status}, not ${cell.expected}`,
      ),
      [],
    );
    assert.equal(done.length, cells.length);
  });

  test("[AU3] what is not there and what is not one's own are one answer, to the byte", () => {
    for (const word of ["not-found", "not-signed-in"]) {
      const alike = done.filter((each) => each.word === word);
      const [http, socket] = [true, false].map((isHttp) => {
        const prints = alike.filter(({ cell }) => cell.call.call.includes("/") === isHttp);
        return new Set(prints.map(({ print }) => print));
      });
      assert.ok(alike.length > 1_000);
      assert.deepEqual([http?.size, socket?.size], [1, 1], [...(http ?? [])].join("; "));
    }
    const foreign = done.find(
      ({ cell }) => titleOf(cell) === "GET /api/rooms/:id · outsider · closed",
    );
    const nowhere = done.find(
      ({ cell }) => titleOf(cell) === "GET /api/rooms/:id · outsider · nonexistent",
    );
    assert.equal(foreign?.print, nowhere?.print);
  });

  test("[AU4] a refusal changes nothing, and neither does reading", () => {
    const idle = done.filter(
      ({ cell, word }) =>
        word !== "ok" || /^GET |^(?:join|leave|people|online|typing|idle)$/u.test(cell.call.call),
    );
    assert.deepEqual(
      idle
        .filter(({ changed }) => changed.length > 0)
        .map(({ cell, changed }) => `${titleOf(cell)}: ${changed.join()}`),
      [],
    );
  });

  test("[AU5] answers hold the fields that are described, and each only for whom it is meant", () => {
    const granted = done.filter(({ word }) => word === "ok");
    for (const { cell, text } of granted) {
      const answer = told.get(cell.call.call)?.answer;
      if (answer === undefined || !text.startsWith("{")) continue;
      const json: unknown = JSON.parse(text);
      assert.deepEqual(answer.parse(json), json, titleOf(cell));
    }
    for (const { call, field, only } of table.fields) {
      const holders = granted.filter(
        ({ cell, text }) =>
          nameOf(cell.call) === call && fieldsOf(JSON.parse(text)).includes(field),
      );
      assert.deepEqual(
        [...new Set(holders.map(({ cell }) => cell.role))].toSorted(),
        only.toSorted(),
        field,
      );
    }
  });

  test("[AU5] no answer gives away a password, an address, a session, or what is said elsewhere", () => {
    const sessions = Object.values(world.people).map(({ token }) => randomTokens.digest(token));
    for (const { cell, text } of done) {
      const { call, role } = cell;
      // What describes the API has examples of all this.
      if (told.get(call.call)?.group === "Operation") continue;
      // The address of a webhook begins with the server's own.
      const found = SECRET.exec(text.replace(running.url, ""))?.[0];
      assert.equal(found, undefined, titleOf(cell));
      for (const id of sessions) assert.ok(!text.includes(id), titleOf(cell));
      // Admins see what was reported, and what was said around it.
      if (call.call === "GET /api/admin/reports") continue;
      // What one has said oneself is one's own, also where one is no more.
      const others = call.call === "GET /api/me/export" ? text.replaceAll(`"${role}: `, "") : text;
      for (const canary of hiddenFrom(world, role)) {
        const said = call.call === "GET /api/me/export" ? `: ${canary}` : canary;
        assert.ok(!others.includes(said), `${titleOf(cell)}: ${canary}`);
      }
    }
  });

  test("[AU6] fields that nobody asked for are stored nowhere, and make nobody more", async () => {
    const caller = new Caller(running.url, world);
    const tries = new Map<string, Cell>();
    for (const { cell, word } of done) {
      if (word === "ok" && cell.call.body !== undefined) tries.set(nameOf(cell.call), cell);
    }
    assert.ok(tries.size > 40);
    for (const cell of tries.values()) {
      const known = Object.keys({ ...cell.call.body });
      const more = Object.entries(SMUGGLED).filter(
        ([name]) =>
          !known.includes(name) && !(name === "role" && cell.call.call.includes("members")),
      );
      const { word, text } = await caller.run(cell, Object.fromEntries(more));
      assert.equal(word, "ok", titleOf(cell));
      for (const mark of SMUGGLED_MARKS) assert.ok(!text.includes(mark), titleOf(cell));
      const owners = await running.store.sMembers("owners");
      assert.deepEqual(owners, [String(world.people.owner.me.id)], titleOf(cell));
      await keeper.restore();
    }
    caller.close();
    const { folder } = running.redis;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const entry of files) {
      const text = readFileSync(join(entry.parentPath, entry.name));
      for (const mark of SMUGGLED_MARKS) assert.ok(!text.includes(mark), `${entry.name}: ${mark}`);
    }
  });
});

/** The statuses of an operation that is done; a command has none. */
function successes({ call }: Cell): readonly number[] {
  const operation = told.get(call.call);
  if (operation === undefined) return [0];
  const { status, answer, also = {} } = operation;
  return [status ?? (answer === undefined ? 204 : 200), ...Object.keys(also).map(Number)];
}

/** What was said in rooms in which somebody is not. */
function hiddenFrom({ rooms, chats }: World, role: string): readonly string[] {
  const isInside = cells.some(
    (cell) =>
      cell.role === role &&
      cell.state === "closed" &&
      cell.call.call === "GET /api/rooms/:id" &&
      cell.expected === "ok",
  );
  const closed = isInside ? [] : [rooms["closed"], rooms["archived"], rooms["deleted"]];
  const own = placeOf({ rooms, chats }, role, "chat");
  const foreign = Object.entries(chats)
    .filter(([name]) => name !== role)
    .map(([, place]) => place);
  return [...closed, ...foreign].flatMap((place) =>
    place === undefined || (place === own && isParty(role)) ? [] : [place.canary],
  );
}

function isParty(role: string): boolean {
  return !["nobody", "guest", "outsider", "invited", "admin", "owner"].includes(role);
}
