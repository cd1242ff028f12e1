/**
 * The commands of a connection: each has a shape, does one thing, and answers with a result or a
 * refusal.
 */
import type {
  ChangeResult,
  ClientToServer,
  JoinResult,
  PeopleResult,
  SendResult,
} from "#protocol/commands.ts";
import type { ReadResult } from "#protocol/reading.ts";
import type { OnlineResult } from "#protocol/presence.ts";
import type { RoomId } from "#protocol/room.ts";
import type { z } from "zod";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import type { Typing } from "#server/core/rooms/typing.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Need } from "#server/core/people/scopes.ts";
import { mustBeAllowed } from "#server/core/people/scopes.ts";
import * as schemas from "#server/shapes/schemas.ts";
import type { Connection } from "./connection.ts";

export interface Command {
  /**
   * Checks the shape, then acts. Rejects with a `ChatError`; `bad-request` counts as a mistake of
   * the client.
   */
  readonly run: (connection: Connection, input: unknown) => Promise<unknown>;
}

export type CommandName = keyof ClientToServer;

export interface CommandParts {
  readonly chat: Chat;
  readonly marks: Pick<Marks, "react" | "pin">;
  readonly reads: Pick<Reads, "read">;
  readonly typing: Pick<Typing, "type">;
  readonly attendance: Pick<Attendance, "online">;
}

export function createCommands(parts: CommandParts): Readonly<Record<CommandName, Command>> {
  return { ...messageCommands(parts), ...roomCommands(parts), ...peopleCommands(parts) };
}

type Named<Name extends CommandName> = Readonly<Record<Name, Command>>;

/** Hearing a room, and what one does there without a word. */
function roomCommands({
  chat,
  reads,
  typing,
}: CommandParts): Named<"join" | "leave" | "read" | "typing"> {
  return {
    join: command("read", schemas.join, async (connection, { room, since }) => {
      try {
        // Membership is checked first, so that nobody hears a room, however shortly, by asking.
        await chat.mustBeMember(connection.user, room);
        // Heard before it is read, so that nothing falls between the two; what comes twice has the
        // same id.
        await connection.hear(room);
        const result: JoinResult = await chat.catchUp(connection.user, room, since);
        connection.told(room, result.position);
        return result;
      } catch (error) {
        // Also who heard it until now and asks again: they may have been a member then.
        connection.unhear(room);
        throw error;
      }
    }),

    read: command(
      "people",
      schemas.read,
      ({ user }, { room, position, back }): Promise<ReadResult> => {
        return reads.read(user, room, position, back === true);
      },
    ),

    typing: command("write", schemas.typing, async ({ user, rooms }, { room }) => {
      // Who hears a room was a member a moment ago.
      if (!rooms.has(room)) throw notFound();
      await typing.type(user, room);
      return {};
    }),

    leave: command("read", schemas.leave, (connection, { room }) => {
      connection.unhear(room);
      return Promise.resolve({});
    }),
  };
}

function peopleCommands({ chat, attendance }: CommandParts): Named<"idle" | "online" | "people"> {
  return {
    idle: command("people", schemas.idle, (connection, { idle }) => {
      connection.idle(idle);
      return Promise.resolve({});
    }),

    online: command("read", schemas.online, ({ user, standing }): Promise<OnlineResult> => {
      return Promise.resolve(attendance.online(standing.role === "bot" ? undefined : user.id));
    }),

    people: command("read", schemas.people, async (_connection, { ids }): Promise<PeopleResult> => {
      return { people: await chat.people(ids) };
    }),
  };
}

/** What adds to a room, or changes what is there: answered at its place among the events. */
function messageCommands({
  chat,
  marks,
}: CommandParts): Named<"send" | "edit" | "remove" | "react" | "pin"> {
  return {
    send: command(
      "write",
      schemas.send,
      (connection, { room, message, ...rest }): Promise<SendResult> => {
        return inPlace(
          connection,
          room,
          chat.send(connection.user, room, { text: message, ...rest }),
        );
      },
    ),

    edit: command(
      "write",
      schemas.edit,
      (connection, { room, id, message }): Promise<ChangeResult> => {
        return inPlace(connection, room, chat.edit(connection.user, room, id, message));
      },
    ),

    remove: command("write", schemas.remove, (connection, { room, id }): Promise<ChangeResult> => {
      return inPlace(connection, room, chat.remove(connection.user, room, id));
    }),

    react: command("react", schemas.react, (connection, { room, id, emoji, remove }) => {
      const isOn = remove !== true;
      return inPlace(connection, room, marks.react(connection.user, room, id, { emoji, isOn }));
    }),

    pin: command("rooms", schemas.pin, (connection, { room, id, remove }) => {
      return inPlace(connection, room, marks.pin(connection.user, room, id, remove !== true));
    }),
  };
}

/**
 * Answers where the event stands among the others: whoever reads the answer has been told what came
 * before it.
 */
async function inPlace<R extends ChangeResult>(
  connection: Connection,
  room: RoomId,
  stored: Promise<R>,
): Promise<R> {
  const result = await stored;
  await connection.reached(room, result.id);
  return result;
}

/** `need`: what a bot must have for it. */
function command<S extends z.ZodType>(
  need: Need,
  schema: S,
  act: (connection: Connection, input: z.output<S>) => Promise<unknown>,
): Command {
  return {
    run: async (connection, input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw new ChatError("bad-request", schemas.problemOf(parsed.error));
      connection.slowDown();
      mustBeAllowed(connection.standing, need);
      return act(connection, parsed.data);
    },
  };
}
