/** Passes: who gets which, and that nothing else is one. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { START } from "#protocol/position.ts";
import type { Role } from "#protocol/person.ts";
import { accessAdmin, accessAdminPerson, isAdmin } from "#server/core/access/admin-access.ts";
import { accessOwn, accessPerson } from "#server/core/access/person-access.ts";
import {
  accessMember,
  accessMessage,
  accessReported,
  accessRoom,
} from "#server/core/access/room-access.ts";
import { accessAsSystem, asSystem } from "#server/core/access/system-access.ts";
import { ChatError } from "#server/core/chat-error.ts";

const ADA = { id: 1 };
const MESSAGE = "1615480369.000123";

/** What is thrown, as it is told. */
function refusalOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ChatError);
    return error.toWire();
  }
  throw new assert.AssertionError({ message: "It was not refused." });
}

describe("a pass", () => {
  test("[AU7] to a room, a message or a member says who asks, and for what", () => {
    const room = accessRoom(ADA, "7");
    assert.deepEqual([room.by, room.room], [1, "7"]);
    const message = accessMessage(ADA, "1:2", MESSAGE);
    const { by, message: id, isByAdmin } = message;
    assert.deepEqual([by, message.room, id, isByAdmin], [1, "1:2", MESSAGE, false]);
    const member = accessMember(ADA, "0", 9);
    assert.deepEqual([member.by, member.room, member.person], [1, "0", 9]);
    const admin = accessAdmin({ user: ADA, role: "admin" });
    const reported = accessReported(admin, "7", MESSAGE);
    assert.deepEqual([reported.by, reported.message, reported.isByAdmin], [1, MESSAGE, true]);
  });

  test("[AU7] [AU3] what is no id is refused like what is not there, whatever it names", () => {
    const admin = accessAdmin({ user: ADA, role: "owner" });
    const wrong = [
      () => accessRoom(ADA, "0:name"),
      () => accessRoom(ADA, ""),
      () => accessMember(ADA, "x:members", 2),
      () => accessMessage(ADA, "{0}", MESSAGE),
      () => accessMessage(ADA, "0", "yesterday"),
      () => accessReported(admin, "0", ""),
      () => accessReported(admin, "-1", START),
    ];
    const refusals = wrong.map(refusalOf);
    const [first] = refusals;
    for (const refusal of refusals) assert.deepEqual(refusal, first);
    assert.deepEqual(first, {
      code: "not-found",
      detail: "There is nothing here, or it is not open to you.",
    });
  });

  test("[AU7] to one's own things, or to somebody, is for whoever is signed in", () => {
    assert.equal(accessOwn(ADA).by, 1);
    const person = accessPerson(ADA, 2);
    assert.deepEqual([person.by, person.person], [1, 2]);
  });

  test("[AU7] to what admins do is for admins and owners", () => {
    const refused: Role[] = ["member", "bot"];
    for (const role of refused) {
      assert.ok(!isAdmin(role));
      for (const act of [accessAdmin, () => accessAdminPerson({ user: ADA, role }, 2)]) {
        assert.deepEqual(
          refusalOf(() => act({ user: ADA, role })),
          {
            code: "not-allowed",
            detail: "Only an admin of this Klatch can do that.",
          },
        );
      }
    }
    const granted: Role[] = ["admin", "owner"];
    for (const role of granted) {
      const pass = accessAdminPerson({ user: ADA, role }, 2);
      assert.deepEqual([pass.by, pass.person, pass.isOwner], [1, 2, role === "owner"]);
    }
  });

  test("[AU7] of a server is nobody's", () => {
    assert.equal(asSystem().by, "system");
    const room = accessAsSystem("7");
    assert.deepEqual([room.by, room.room], ["system", "7"]);
  });

  test("[AU7] is no literal, nor a copy of one", () => {
    const pass = accessRoom(ADA, "7");
    assert.deepEqual(Object.entries(pass), []);
    const forged: unknown = Reflect.construct(Object, [], pass.constructor);
    assert.ok(forged instanceof pass.constructor);
    assert.throws(() => Reflect.get(Object(forged), "room"), TypeError);
  });
});
