/** Code gets a room or a person only through the gate; each rule is also shown to find what it is for. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as gate from "#test/support/gate-rules.ts";

const ROOT = join(import.meta.dirname, "..");
const CODE = globSync("{src,bench}/**/*.{ts,tsx}", { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), "utf8"),
}));
const STORE = CODE.find(({ path }) => path.endsWith("rooms/room-store.ts")) ?? {
  path: "",
  text: "",
};

/** Problems of a port in which one thing is another. */
function problemsWith(from: string, to: string): string {
  assert.ok(STORE.text.includes(from), from);
  return gate.portProblems({ ...STORE, text: STORE.text.replace(from, to) }).join("\n");
}

describe("the gate", () => {
  test("[AU7] each method of a port takes a pass, or says why not", () => {
    assert.deepEqual(
      CODE.flatMap((file) => gate.portProblems(file)),
      [],
    );
    assert.deepEqual(gate.exceptionProblems(CODE), []);
  });

  test("[AU7] a method with a loose room or person is found", () => {
    const none = /RoomStore\.delete takes no pass/u;
    assert.match(problemsWith("delete(of: RoomAccess)", "delete(id: RoomId, by: number)"), none);
    const bans = "bans(of: RoomAccess)";
    assert.match(problemsWith(bans, "bans(user: number)"), /RoomStore\.bans takes no pass/u);
    const field = "readonly bans: (id: RoomId)";
    assert.match(problemsWith(bans, field), /RoomStore\.bans takes no pass/u);
    assert.match(problemsWith(bans, "bans()"), /RoomStore\.bans takes no pass/u);
    const beside = problemsWith(bans, "bans(of: OwnAccess, room: RoomId)");
    assert.match(beside, /RoomStore\.bans takes a room beside its pass: room: RoomId/u);
    assert.match(problemsWith(bans, "bans(of: { by: RoomAccess })"), /takes no pass/u);
    const more = "export interface RoomStore {\n  all(): Promise<void>;";
    assert.match(
      problemsWith("export interface RoomStore {", more),
      /RoomStore\.all takes no pass/u,
    );
  });

  test("[AU7] an exception that is none any more is found", () => {
    const excepted = { ...gate.WITHOUT_PASS, "RoomStore.bans": "because" };
    assert.match(gate.portProblems(STORE, excepted).join(), /takes a pass, and is excepted/u);
    assert.match(gate.exceptionProblems([STORE]).join(), /SessionStore\.touch is excepted/u);
  });

  test("[AU7] only the core touches storage, and only the gate makes passes", () => {
    assert.deepEqual(CODE.flatMap(gate.gateProblems), []);
  });

  for (const [path, text, problem] of [
    [
      "src/server/http/a.ts",
      'import type { RoomStore } from "#server/core/rooms/room-store.ts";\n',
      /only the core touches storage/u,
    ],
    [
      "src/server/realtime/a.ts",
      'import type { MessageLog } from "#server/core/delivery/message-log.ts";\n',
      /only the core touches storage/u,
    ],
    [
      "src/server/outgoing/a.ts",
      'import { RedisRoomStore } from "#server/redis/rooms/redis-room-store.ts";\n',
      /only the core touches storage/u,
    ],
    ["src/web/a.tsx", 'import { createClient } from "@redis/client";\n', /touches storage/u],
    ["src/server/core/rooms/a.ts", "if (!isRoomId(id)) throw notFound();\n", /ask accessRoom/u],
    ["src/server/core/rooms/a.ts", "const all = asSystem();\n", /act for the server itself/u],
    ["src/server/http/a.ts", "log.head(accessAsSystem(room));\n", /act for the server itself/u],
    [
      "src/server/core/rooms/a.ts",
      "const pass = { by, room } as unknown as RoomAccess;\n",
      /made, not claimed/u,
    ],
    ["src/server/core/access/a.ts", "export class RoomAccess {}\n", /exported as a type alone/u],
  ] as const) {
    test(`[AU7] finds in ${path}: ${text.trim()}`, () => {
      assert.match(gate.gateProblems({ path, text }).join(), problem);
    });
  }
});
