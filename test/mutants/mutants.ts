/** Mistakes that would break a promise, each a change of the real code, and the tests that must notice. */

export interface Mutant {
  readonly name: string;
  readonly patches: readonly {
    readonly file: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** The test files that must fail; given to Node's test runner. */
  readonly tests: readonly string[];
}

const APPEND = "src/server/redis/scripts/append.lua";
const LOG = "src/server/redis/log/redis-message-log.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "no retry record: a repeated send is stored again",
    patches: [
      { file: APPEND, from: "redis.call('SET', sent, id .. ' ' .. digest, 'EX', ARGV[4])", to: "" },
    ],
    tests: ["test/server/general.test.ts"],
  },
  {
    name: "published before it is stored",
    patches: [
      { file: APPEND, from: "#!lua\n", to: "--\n" },
      {
        file: APPEND,
        from: "redis.call('ZADD', log, id, message)",
        to: "redis.call('SPUBLISH', log, message)\nredis.call('ZADD', log, id, message)",
      },
    ],
    tests: ["test/server/scripts/append.test.ts"],
  },
  {
    name: "published outside the script that stores",
    patches: [
      { file: APPEND, from: "redis.call('SPUBLISH', log, '{\"type\"", to: 'local _ = (\'{"type"' },
      {
        file: LOG,
        from: 'if (kind === "stored" && id !== undefined) return { kind, id };',
        to:
          'if (kind === "stored" && id !== undefined) {\n' +
          "      const data = { from, date: 0, message: text, roomId: room, id, cid };\n" +
          '      const event = { type: "message", room, id, prev: "0.000000", data };\n' +
          "      await this.#redis.sPublish(keys.room(room), JSON.stringify(event));\n" +
          "      return { kind, id };\n    }",
      },
    ],
    tests: ["test/server/general.test.ts", "test/server/scripts/append.test.ts"],
  },
  {
    name: "acknowledged before it is stored",
    patches: [
      {
        file: "src/server/core/rooms/chat.ts",
        from: "const appended = await log.append(access, draft);",
        to: 'void log.append(access, draft);\n    const appended = { kind: "stored", id: "1.000000" };',
      },
    ],
    tests: ["test/server/general.test.ts"],
  },
  {
    name: "ids are the clock's, and nothing else",
    patches: [
      {
        file: "src/server/redis/scripts/next-id.lua",
        from: "if now >= clock then id = math.max(now, last + 1, last + math.floor((now - clock) / 2)) end",
        to: "id = now",
      },
    ],
    tests: ["test/server/scripts/append.test.ts"],
  },
  {
    name: "ids count on from the log, so lost ones are used again",
    patches: [
      {
        file: "src/server/redis/scripts/next-id.lua",
        from: "if now >= clock then id = math.max(now, last + 1, last + math.floor((now - clock) / 2)) end",
        to: "id = last + 1",
      },
    ],
    tests: ["test/server/scripts/append.test.ts"],
  },
  {
    name: "pages are cut from the newest message instead of at their cursor",
    patches: [
      {
        file: LOG,
        from: "return this.#backward(reader, `(${cursor.id}`, limit);",
        to: 'return this.#backward(reader, "+inf", limit);',
      },
    ],
    tests: ["test/server/general.test.ts"],
  },
  {
    name: "gaps are passed on instead of read from the log",
    patches: [
      {
        file: "src/server/core/delivery/feed.ts",
        from: "this.#repair === undefined && event.prev === this.#at",
        to: "this.#repair === undefined",
      },
    ],
    tests: ["test/unit/feed.test.ts"],
  },
  {
    name: "quiet rooms are never compared with their log",
    patches: [
      {
        file: "src/server/core/delivery/hub.ts",
        from: "void this.#checkQuiet()",
        to: "void Promise.resolve()",
      },
    ],
    tests: ["test/server/resume.test.ts"],
  },
  {
    name: "membership is checked at the join and not at the send",
    patches: [
      {
        file: APPEND,
        from: "if not role or role == 'gone' then return { 'not-member' } end",
        to: "",
      },
    ],
    tests: ["test/server/scripts/append.test.ts", "test/server/general.test.ts"],
  },
  {
    name: "sessions are checked at the handshake and never again",
    patches: [
      {
        file: "src/server/core/people/session-watch.ts",
        from: "if (ends !== undefined) for (const onEnd of ends) onEnd();",
        to: "void ends;",
      },
    ],
    tests: ["test/unit/session-watch.test.ts", "test/server/accounts.test.ts"],
  },
  {
    name: "the own Redis flushes once a second while every write is promised",
    patches: [
      {
        file: "src/server/redis/embedded/config.ts",
        from: '["appendfsync", "always"]',
        to: '["appendfsync", "everysec"]',
      },
    ],
    tests: ["test/server/embedded-redis.test.ts"],
  },
  {
    name: "what a slow reader is sent is kept without a bound",
    patches: [
      {
        file: "src/server/realtime/slow-readers.ts",
        from: "bytes > LIMITS.queueBytesMax || (bytes > 0 && isLate)",
        to: "bytes < 0 && isLate",
      },
    ],
    tests: ["test/server/event-stream.test.ts"],
  },
  {
    name: "presence by SADD and SREM: closing one of two windows takes a person offline",
    patches: [
      {
        file: "src/server/core/people/presence.ts",
        from: "const count = (this.#here.get(user) ?? 1) - 1;",
        to: "const count = 0;",
      },
    ],
    tests: ["test/unit/presence.test.ts"],
  },
  {
    name: "strangers: an entry of an earlier search is there, and believed",
    patches: [
      {
        file: "src/server/redis/strangers/scripts/meet.lua",
        from: "unqueue(who, other[1], other[2])",
        to: "",
      },
      {
        file: "src/server/redis/strangers/scripts/pairing.lua",
        from: "if state ~= 'waiting' or theirs ~= ticket then return 'dead' end",
        to: "if not state then return 'dead' end",
      },
    ],
    tests: ["test/pairing.test.ts"],
  },
  {
    name: "strangers: an end leaves the other one in the chat",
    patches: [
      {
        file: "src/server/redis/strangers/scripts/end.lua",
        from: "  release(peer)\n",
        to: "",
      },
    ],
    tests: ["test/pairing.test.ts"],
  },
  {
    name: "strangers: who was blocked is met again",
    patches: [
      {
        file: "src/server/redis/strangers/scripts/pairing.lua",
        from: "if who == uid or till == math.huge then return 'never' end",
        to: "if who == uid then return 'never' end",
      },
    ],
    tests: ["test/server/strangers.test.ts"],
  },
  {
    name: "strangers: words of interests lie in Redis",
    patches: [
      {
        file: "src/server/stranger/secrets.ts",
        from: 'createHmac("sha256", key).update(canonicalInterest(word)).digest("base64url").slice(0, 16)',
        to: 'Buffer.from(canonicalInterest(word)).toString("base64url")',
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "what is taken from somebody elsewhere is not heard of",
    patches: [
      {
        file: "src/server/core/delivery/events-in.ts",
        from: "return watch.ended(Number(id), event.session)",
        to: "return undefined",
      },
      {
        file: "src/server/core/delivery/events-in.ts",
        from: "return rooms.heard(Number(id), noticeOf(event))",
        to: "return undefined",
      },
    ],
    tests: ["test/server/revocations.test.ts"],
  },
  {
    name: "memberships are not looked up again while no news comes",
    patches: [{ file: "src/server/assembly/core.ts", from: "  roomWatch.start();\n", to: "" }],
    tests: ["test/server/late-revocations.test.ts"],
  },
  {
    name: "a page goes to whoever asked for it, however long ago",
    patches: [
      {
        file: "src/server/http/app.ts",
        from: "if (isSafe) await guard.checkLate(c);",
        to: "",
      },
    ],
    tests: ["test/server/late-revocations.test.ts"],
  },
  {
    name: "an invitation is checked before the account is made, and not with it",
    patches: [
      {
        file: "src/server/redis/scripts/register.lua",
        from: "if isCounted and redis.call('EXISTS', ARGV[12]) == 0 then return 'not-invited' end",
        to: "",
      },
    ],
    tests: ["test/server/races.test.ts"],
  },
  {
    name: "gate: who is not in a room may add to it, and learns that it is there",
    patches: [
      {
        file: "src/server/redis/scripts/room-add.lua",
        from: "if user ~= by and role ~= 'moderator' then return role and 'not-allowed' or 'not-found' end",
        to: "if user ~= by and role ~= 'moderator' then return 'not-allowed' end",
      },
    ],
    tests: ["test/authority.test.ts"],
  },
  {
    name: "gate: everybody is an admin",
    patches: [
      {
        file: "src/server/core/access/admin-access.ts",
        from: "if (isAdmin(role)) return;",
        to: 'if (isAdmin(role) || role !== "bot") return;',
      },
    ],
    tests: ["test/authority.test.ts"],
  },
  {
    name: "gate: mutes are told to every member",
    patches: [
      {
        file: "src/server/redis/rooms/redis-room-store.ts",
        from: '(roleOf(role) === "moderator" || user === String(by))',
        to: 'user !== ""',
      },
    ],
    tests: ["test/authority.test.ts"],
  },
  {
    name: "gate: pins are read without a look at who asks",
    patches: [
      {
        file: "src/server/redis/log/message-changes.ts",
        from: "if (role === null) return undefined;",
        to: "void role;",
      },
    ],
    tests: ["test/authority.test.ts"],
  },
  {
    name: "gate: a method of a port takes a loose room",
    patches: [
      {
        file: "src/server/core/rooms/room-store.ts",
        from: "delete(of: RoomAccess): Promise<Outcome>;",
        to: "delete(id: string, by: number): Promise<Outcome>;",
      },
    ],
    tests: ["test/gate.test.ts"],
  },
  {
    name: "what others wrote stays in the log when it is adopted",
    patches: [
      {
        file: "src/server/redis/scripts/adopt.lua",
        from: "redis.call('ZREM', log, old)",
        to: "redis.call('ZREM', log, 'nothing')",
      },
    ],
    tests: ["test/bridge.test.ts"],
  },
  {
    name: "what others wrote below the mark is not looked for",
    patches: [
      {
        file: "src/server/redis/tutorial/redis-stray-store.ts",
        from: "if (below === mark.count) {",
        to: "if (below >= mark.count) {",
      },
    ],
    tests: ["test/server/bridge.test.ts"],
  },
  {
    name: "others are told of no message",
    patches: [
      {
        file: "src/server/redis/scripts/tell-others.lua",
        from: "redis.call('PUBLISH', 'MESSAGES',\n",
        to: "redis.call('ECHO',\n",
      },
    ],
    tests: ["test/bridge.test.ts"],
  },
  {
    name: "forget: a stranger's record has no end",
    patches: [
      {
        file: "src/server/redis/strangers/scripts/enter.lua",
        from: "'epoch', 0)\n  redis.call('PEXPIRE', record, THERE_MS)",
        to: "'epoch', 0)",
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: who waited stands beside how long",
    patches: [
      {
        file: "src/server/redis/strangers/scripts/pairing.lua",
        from: "table.concat(redis.call('TIME'), '.') .. '.' .. side)",
        to: "side)",
      },
      {
        file: "src/server/redis/strangers/scripts/meet.lua",
        from: "waited(now - since, 1)",
        to: "waited(now - since, uid)",
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: an address is taken as it is",
    patches: [
      {
        file: "src/server/stranger/secrets.ts",
        from: 'createHmac("sha256", key).update(networkOf(address)).digest("base64url").slice(0, 22)',
        to: "networkOf(address)",
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: an address is digested without a key",
    patches: [
      {
        file: "src/server/stranger/secrets.ts",
        from: 'createHmac("sha256", key).update(networkOf(address)).digest("base64url").slice(0, 22)',
        to: 'createHash("sha256").update(networkOf(address)).digest("base64url").slice(0, 22)',
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: interests are stored as words",
    patches: [
      {
        file: "src/server/stranger/secrets.ts",
        from: 'createHmac("sha256", key).update(canonicalInterest(word)).digest("base64url").slice(0, 16)',
        to: "canonicalInterest(word)",
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: who enters is logged",
    patches: [
      {
        file: "src/server/realtime/stranger-edge.ts",
        from: "const { stranger, result } = await",
        to: "console.error(from.address);\n      const { stranger, result } = await",
      },
    ],
    tests: ["test/forget.test.ts"],
  },
  {
    name: "forget: a server that finds its strangers' Redis unfit goes on",
    patches: [
      {
        file: "src/server/assembly/stranger-guard.ts",
        from: "await strangers.endAll();",
        to: "",
      },
    ],
    tests: ["test/server/strangers-forgetful.test.ts"],
  },
];
