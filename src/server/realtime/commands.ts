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
import * as schemas from "#server/schemas.ts";
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

function messageCommands({
  chat,
  marks,
}: CommandParts): Named<"send" | "edit" | "remove" | "react" | "pin"> {
  return {
    send: command(schemas.send, (connection, { room, message, ...rest }): Promise<SendResult> => {
      return inPlace(
        connection,
        room,
        chat.send(connection.user, room, { text: message, ...rest }),
      );
    }),

    edit: command(schemas.edit, (connection, { room, id, message }): Promise<ChangeResult> => {
      return inPlace(connection, room, chat.edit(connection.user, room, id, message));
    }),

    remove: command(schemas.remove, (connection, { room, id }): Promise<ChangeResult> => {
      return inPlace(connection, room, chat.remove(connection.user, room, id));
    }),

    react: command(schemas.react, (connection, { room, id, emoji, remove }) => {
      const isOn = remove !== true;
      return inPlace(connection, room, marks.react(connection.user, room, id, { emoji, isOn }));
    }),

    pin: command(schemas.pin, (connection, { room, id, remove }) => {
      return inPlace(connection, room, marks.pin(connection.user, room, id, remove !== true));
    }),
  };
}

/** Hearing a room, and what one does there without a word. */
function roomCommands({
  chat,
  reads,
  typing,
}: CommandParts): Named<"join" | "leave" | "read" | "typing"> {
  return {
    join: command(schemas.join, async (connection, { room, since }): Promise<JoinResult> => {
      try {
        // Membership is checked first, so that nobody hears a room, however shortly, by asking.
        await chat.mustBeMember(connection.user, room);
        // Heard before it is read, so that nothing falls between the two; what comes twice has the
        // same id.
        await connection.hear(room);
        const result = await chat.catchUp(connection.user, room, since);
        connection.told(room, result.position);
        return result;
      } catch (error) {
        // Also who heard it until now and asks again: they may have been a member then.
        connection.unhear(room);
        throw error;
      }
    }),

    read: command(schemas.read, ({ user }, { room, position, back }): Promise<ReadResult> => {
      return reads.read(user, room, position, back === true);
    }),

    typing: command(schemas.typing, async ({ user, rooms }, { room }) => {
      // Who hears a room was a member a moment ago.
      if (!rooms.has(room)) throw notFound();
      await typing.type(user, room);
      return {};
    }),

    leave: command(schemas.leave, (connection, { room }) => {
      connection.unhear(room);
      return Promise.resolve({});
    }),
  };
}

function peopleCommands({ chat, attendance }: CommandParts): Named<"idle" | "online" | "people"> {
  return {
    idle: command(schemas.idle, (connection, { idle }) => {
      connection.idle(idle);
      return Promise.resolve({});
    }),

    online: command(schemas.online, ({ user }): Promise<OnlineResult> => {
      return Promise.resolve(attendance.online(user.id));
    }),

    people: command(schemas.people, async (_connection, { ids }): Promise<PeopleResult> => {
      return { people: await chat.people(ids) };
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

function command<S extends z.ZodType>(
  schema: S,
  act: (connection: Connection, input: z.output<S>) => Promise<unknown>,
): Command {
  return {
    run: async (connection, input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw new ChatError("bad-request", schemas.problemOf(parsed.error));
      connection.slowDown();
      return act(connection, parsed.data);
    },
  };
}
