/** The contracts, kept by the real parts and by the simulation's model; and both answer alike. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { START } from "#protocol/position.ts";
import type { Redis } from "#server/redis/connect.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { ModelRedis } from "#test/simulation/redis/model-redis.ts";
import type { Ask } from "#test/simulation/redis/ports.ts";
import { ModelMessageLog } from "#test/simulation/redis/ports.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { PlainLog } from "#test/support/plain-log.ts";
import type { LogUnderTest } from "./message-log.ts";
import { messageLogContract, newRoom } from "./message-log.ts";
import { messageLogReadingContract } from "./message-log-reading.ts";

let server: RedisProcess;
let redis: Redis;
let another: Redis;

before(async () => {
  server = await startRedis();
  redis = await connect(server.url, "contracts");
  another = await connect(server.url, "contracts-elsewhere");
});

after(async () => {
  redis.destroy();
  another.destroy();
  await server.stop();
});

const real = async (): Promise<LogUnderTest> => ({
  log: new PlainLog(new RedisMessageLog(redis)),
  elsewhere: new PlainLog(new RedisMessageLog(another)),
  setMember: async (room, user, holds) => {
    if (holds) await redis.hSet(keys.roomMembers(room), String(user), "member");
    else await redis.hDel(keys.roomMembers(room), String(user));
  },
});

const model = async (): Promise<LogUnderTest> => {
  let micros = 1_800_000_000_000_000;
  const data = new ModelRedis({ micros: () => (micros += 1_000), publish: () => undefined });
  const ask: Ask = async (question) => question(data);
  return {
    log: new PlainLog(new ModelMessageLog(ask)),
    elsewhere: new PlainLog(new ModelMessageLog(ask)),
    setMember: async (room, user, holds) => {
      data.write({ kind: "member", room, user, holds });
    },
  };
};

messageLogContract("the log on Redis", real);
messageLogReadingContract("the log on Redis", real);
messageLogContract("the model's log", model);
messageLogReadingContract("the model's log", model);

/** Places are named by what was stored there, because the two logs have clocks of their own. */
type Place = { readonly at: "start" } | { readonly at: "event"; readonly nth: number };

interface Step {
  readonly act: "append" | "edit" | "delete" | "member" | "page" | "missed" | "after" | "head";
  readonly user: number;
  readonly place: Place;
  readonly cid: number;
  readonly limit: number;
  readonly cursor: "newest" | "before" | "after" | "around";
}

const STEP: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(
    ...(["append", "append", "append", "edit", "delete", "member"] as const),
    ...(["page", "missed", "after", "head"] as const),
  ),
  user: fc.integer({ min: 1, max: 3 }),
  place: fc.oneof(
    fc.constant<Place>({ at: "start" }),
    fc.record({ at: fc.constant("event" as const), nth: fc.nat({ max: 30 }) }),
  ),
  cid: fc.nat({ max: 12 }),
  limit: fc.integer({ min: 1, max: 12 }),
  cursor: fc.constantFrom("newest", "before", "after", "around"),
});

/** Takes the steps in a room of its own; gives what each was answered, with places by name. */
async function play(under: LogUnderTest, steps: readonly Step[]): Promise<readonly string[]> {
  const { log, room, setMember } = await newRoom(under);
  const names = new Map<string, string>([[START, "start"]]);
  const places: string[] = [];
  const answers: string[] = [];
  for (const { act, user, place, cid, limit, cursor } of steps) {
    const at = place.at === "start" ? START : (places[place.nth % (places.length || 1)] ?? START);
    const text = `text ${cid % 5}`;
    const step = {
      append: () => log.append({ from: user, room, cid: `cid-prop-${cid}`, text }),
      edit: () => log.change({ by: user, room, message: at, text }),
      delete: () => log.change({ by: user, room, message: at, text: undefined }),
      member: () => setMember(user, limit > 4),
      page: () => {
        return log.page(room, user, cursor === "newest" ? NEWEST : { at: cursor, id: at }, limit);
      },
      missed: () => log.missed(room, user, at, limit),
      after: () => log.after(room, at, limit),
      head: () => log.head(room),
    };
    const answer: unknown = await step[act]();
    const made = typeof answer === "object" && answer !== null && "id" in answer ? answer.id : "";
    if (typeof made === "string" && made !== "" && !names.has(made)) {
      names.set(made, `place ${places.length}`);
      places.push(made);
    }
    answers.push(nameless(act, answer, names, room));
  }
  return answers;
}

const NEWEST = { at: "newest" } as const;

/** An answer without what differs between two logs by right. */
function nameless(
  act: string,
  answer: unknown,
  names: ReadonlyMap<string, string>,
  room: string,
): string {
  const text = JSON.stringify(answer, (key, value: unknown) => {
    if (key === "date") return "a date";
    if (value === room) return "the room";
    return typeof value === "string" ? (names.get(value) ?? value) : value;
  });
  return `${act}: ${text}`;
}

test("the same operations get the same answers on Redis and on the model", async () => {
  const property = fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
    assert.deepEqual(await play(await model(), steps), await play(await real(), steps));
  });
  await fc.assert(property, { seed: 2027, numRuns: 150 });
});
