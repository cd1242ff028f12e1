/** The shapes of what the HTTP API answers: the types of `src/protocol`, in a form that can be shown and checked. */
import { z } from "zod";
import type { HistoryPage, Me, PinsResult } from "#protocol/api.ts";
import type { ChangeResult, PeopleResult, SendResult } from "#protocol/commands.ts";
import type { Problem } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { OnlineResult } from "#protocol/presence.ts";
import type { ReadResult } from "#protocol/reading.ts";
import type {
  Ban,
  BansResult,
  Member,
  MembersResult,
  OpenRoom,
  OpenRoomsResult,
  Room,
  RoomsResult,
} from "#protocol/room.ts";

/** A type without `readonly`, which says nothing of what goes over the wire. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

type Same<A, B> = [A, B, keyof A, keyof B] extends [B, A, keyof B, keyof A] ? unknown : never;

/** Holds a schema to a type of the protocol, field by field; a difference does not compile. */
export const shapeOf =
  <T>() =>
  <S extends z.ZodType>(schema: S & Same<Plain<T>, Plain<z.output<S>>>): S =>
    schema;

const POSITION = /^(?:0|[1-9]\d{0,9})\.\d{6}$/u;

export const userId = z.int().positive().describe("Id of a person.");
export const position = z
  .string()
  .regex(POSITION)
  .describe("A place in the room's order: seconds and microseconds, like 1615480369.000123.");
export const roomId = z.string().describe("Id of a room; `0` is General, `1:2` a chat of two.");
/** Seconds since 1970. */
export const seconds = z.int().describe("Seconds since 1970.");
export const count = z.int().nonnegative();

export const person = shapeOf<Person>()(
  z
    .object({
      id: userId,
      username: z.string().describe("The name as its owner writes it."),
      displayName: z.string().describe("What they want to be called.").exactOptional(),
      picture: z
        .string()
        .describe("Hash of their picture, which is at `/api/people/{user}/picture/{hash}`.")
        .exactOptional(),
      deleted: z.literal(true).describe("The account was deleted.").exactOptional(),
      bot: z.literal(true).describe("It is a program.").exactOptional(),
    })
    .meta({ id: "Person" }),
);

export const role = z
  .enum(["owner", "admin", "member", "bot"])
  .describe("For the whole of Klatch.");

export const me = shapeOf<Me>()(
  z
    .object({
      ...person.shape,
      role,
    })
    .meta({ id: "Me" }),
);

export const message = shapeOf<Message>()(
  z
    .object({
      from: userId.describe("Id of the author."),
      date: z.int().describe("When it was stored, in seconds since 1970."),
      message: z.string().describe("The text, exactly as sent; empty once it is deleted."),
      roomId,
      id: position,
      cid: z.string().describe("The id its author's client gave it."),
      replyTo: position.describe("Id of the message it answers.").exactOptional(),
      mentions: z.array(userId).describe("Members of the room it names.").exactOptional(),
      calls: z.enum(["room", "here"]).describe("Everybody is meant.").exactOptional(),
      reactions: z
        .record(z.string(), z.array(userId))
        .describe("Ids of the people behind each emoji.")
        .exactOptional(),
      pinned: userId.describe("Who pinned it.").exactOptional(),
      marked: position.describe("Place of the last reaction or pin.").exactOptional(),
      edited: position.describe("Place of its last edit.").exactOptional(),
      deleted: position.describe("Place of its deletion.").exactOptional(),
    })
    .meta({ id: "Message" }),
);

const people = z.array(person).describe("The people these messages are of.");

export const historyPage = shapeOf<HistoryPage>()(
  z
    .object({
      messages: z.array(message).describe("Oldest first."),
      before: position.describe("Cursor of the page before this one.").exactOptional(),
      after: position.describe("Cursor of the page after this one.").exactOptional(),
      people,
    })
    .meta({ id: "HistoryPage" }),
);

export const pinsResult = shapeOf<PinsResult>()(
  z
    .object({ messages: z.array(message).describe("Newest first."), people })
    .meta({ id: "PinsResult" }),
);

export const sendResult = shapeOf<SendResult>()(
  z.object({ id: position, date: seconds }).meta({ id: "SendResult" }),
);

export const changeResult = shapeOf<ChangeResult>()(
  z.object({ id: position.describe("Place of the change.") }).meta({ id: "ChangeResult" }),
);

const reading = {
  read: position.describe("Read up to here."),
  unread: count.describe("Messages of others after that; 100 means 100 or more."),
  mentions: count.describe("Of these, those that mean one."),
};

export const readResult = shapeOf<ReadResult>()(z.object(reading).meta({ id: "ReadResult" }));

const words = {
  name: z.string().describe("Empty for a private chat, which is called by its people."),
  topic: z.string(),
  members: count.describe("How many people are in it."),
};
const last = message.describe("The newest message.").exactOptional();
const roomRole = z.enum(["member", "moderator"]);
const muted = z
  .object({ until: seconds.describe("Seconds since 1970; absent: for good.").exactOptional() })
  .exactOptional();

export const room = shapeOf<Room>()(
  z
    .object({
      id: roomId,
      kind: z.enum(["general", "open", "closed", "private"]),
      ...words,
      posting: z.enum(["everyone", "moderators"]).describe("Who may say something."),
      archived: z.boolean(),
      role: roomRole.describe("Of who asks."),
      muted: muted.describe("Whether who asks may only read here."),
      people: z.array(person).describe("In a private chat: the others."),
      seen: position.describe("In a chat of two: how far the other one has read.").exactOptional(),
      last,
      position: position.describe("Place of the newest event."),
      createdAt: seconds.describe("When it was made, in seconds since 1970.").exactOptional(),
      ...reading,
    })
    .meta({ id: "Room" }),
);

export const roomsResult = shapeOf<RoomsResult>()(
  z.object({ rooms: z.array(room), people }).meta({ id: "RoomsResult" }),
);

const openRoom = shapeOf<OpenRoom>()(
  z
    .object({
      id: roomId,
      ...words,
      isMember: z.boolean().describe("Whether who asks is in it."),
      last,
    })
    .meta({ id: "OpenRoom" }),
);

export const openRoomsResult = shapeOf<OpenRoomsResult>()(
  z.object({ rooms: z.array(openRoom), people }).meta({ id: "OpenRoomsResult" }),
);

const member = shapeOf<Member>()(
  z
    .object({
      ...person.shape,
      role: roomRole,
      muted: muted.describe("Told to moderators, and to the muted person."),
    })
    .meta({ id: "Member" }),
);

export const membersResult = shapeOf<MembersResult>()(
  z.object({ members: z.array(member) }).meta({ id: "MembersResult" }),
);

const ban = shapeOf<Ban>()(
  z
    .object({
      ...person.shape,
      reason: z.string(),
      until: z.int().describe("Seconds since 1970; absent: for good.").exactOptional(),
      by: userId.describe("Who banned them."),
    })
    .meta({ id: "Ban" }),
);

export const bansResult = shapeOf<BansResult>()(
  z.object({ bans: z.array(ban) }).meta({ id: "BansResult" }),
);

export const peopleResult = shapeOf<PeopleResult>()(
  z.object({ people: z.array(person) }).meta({ id: "PeopleResult" }),
);

export const onlineResult = shapeOf<OnlineResult>()(
  z
    .object({
      online: z.array(userId).describe("Ascending."),
      away: z.array(userId).describe("Of these, those of whom no device was touched for a while."),
    })
    .meta({ id: "OnlineResult" }),
);

/** The literal types of codes and statuses are the table's affair. */
export const problem = shapeOf<Omit<Problem, "code"> & { readonly code: string }>()(
  z
    .object({
      type: z.literal("about:blank"),
      title: z.string(),
      status: z.int(),
      code: z.string().meta({ enum: Object.keys(ERRORS) }),
      detail: z.string().describe("What happened and what to do, for the person."),
      retryAfter: z.int().describe("Seconds until another try makes sense.").exactOptional(),
      until: seconds
        .describe("With `muted`: when that is over, unless it is for good.")
        .exactOptional(),
    })
    .meta({ id: "Problem", description: "An RFC 9457 problem: every refusal." }),
);

export const health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });

export const readiness = z
  .object({
    status: z.enum(["ready", "not ready"]),
    reasons: z.array(z.string()).describe("Why it is not ready.").exactOptional(),
    durability: z.object({ flush: z.string(), promise: z.array(z.string()) }),
    forks: count.describe("How often Redis was found to have lost what had been shown."),
    bridge: z
      .object({
        adopted: count.describe("Messages of servers of other kinds that became Klatch's."),
        refused: count.describe("Messages that their authors may not say there."),
        junk: count.describe("Events on the channel that could not be read, or came too fast."),
      })
      .describe("With `--tutorial`: what came from servers of other kinds since the start.")
      .exactOptional(),
  })
  .meta({ id: "Readiness" });

export const eventStream = z
  .string()
  .describe("Frames of `text/event-stream`, with JSON in `data`.");
export const html = z.string().describe("A page for people.");
export const css = z.string().describe("The style of that page.");
export const openapi = z
  .looseObject({ openapi: z.string() })
  .meta({ description: "This document." });
