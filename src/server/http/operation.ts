/** Operations: what each route takes, gives and refuses, told beside it; the API's description is made of these. */
import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import type { Need } from "#server/core/people/scopes.ts";
import type { ErrorCode } from "#protocol/errors.ts";

/** Under which heading an operation stands; in this order. */
export const GROUPS = {
  Account: "Registering, signing in and out, and what is one's own.",
  People: "Finding people, how they show themselves, who is online, and whom one blocks.",
  Preferences: "What one wants to be told, and lets others see.",
  Rooms: "Making, finding and changing rooms and private chats.",
  Members: "Who is in a room, and who is kept out.",
  Messages: "Reading and saying things.",
  Marks: "Reactions, pins, and how far one has read.",
  Live: "Everything that happens, as it happens.",
  Reports: "Telling admins of a message, and what they make of it.",
  Administration: "Who may join, and what people are for the whole of Klatch.",
  Bots: "Programs with an account of their own.",
  Webhooks: "Addresses at which programs without an account say something in one room.",
  Strangers: "Meeting somebody one does not know; nothing of it is kept.",
  Operation: "For those who run Klatch, and for programs that talk to it.",
} as const;

export type Group = keyof typeof GROUPS;

/** `public`: without a session. Else with one, and if it is a bot's, what that needs. */
export type Access = "public" | Need;

export interface Operation {
  readonly group: Group;
  /** One line, as a command: "Make a room". */
  readonly summary: string;
  /** What is good to know besides. */
  readonly details?: string;
  /** `people` by default: a bot may do only what says so. */
  readonly access?: Access;
  /** Each field is one parameter of the query. */
  readonly query?: z.ZodObject;
  /** Headers that mean something here, with words for each. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The JSON body, the very schema the route reads it with. */
  readonly body?: z.ZodType;
  /** Media types in which the body may come as a text instead. */
  readonly texts?: readonly string[];
  /** Media types of a body that is a file. */
  readonly files?: readonly string[];
  /** The body of the answer; without it the answer is 204. */
  readonly answer?: z.ZodType;
  /** Media type of the answer, where it is not JSON. */
  readonly type?: string;
  /** 200 by default, or 204 without an answer. */
  readonly status?: number;
  /** Other statuses with the same answer, and what they mean. */
  readonly also?: Readonly<Record<number, string>>;
  /** Refusals beyond those that any such route has. */
  readonly problems?: readonly ErrorCode[];
}

/** A request knows what the route it has found says of itself. */
export interface Telling {
  readonly Variables: { operation?: Operation };
}

const OPERATIONS = new WeakMap<object, Operation>();

/** Stands before the handler of a route and says what it does; a route without one fails a test. */
export function operation(told: Operation): MiddlewareHandler<Telling> {
  const tell: MiddlewareHandler<Telling> = (c, next) => {
    c.set("operation", told);
    return next();
  };
  OPERATIONS.set(tell, told);
  return tell;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: object;
}

export interface DescribedRoute {
  /** Lower case, as OpenAPI has it. */
  readonly method: string;
  /** As Hono has it: `/api/rooms/:id`. */
  readonly path: string;
  readonly told: Operation;
}

/** The routes that say what they do, in the order they were added. */
export function describedRoutes(routes: readonly Route[]): readonly DescribedRoute[] {
  return routes.flatMap(({ method, path, handler }) => {
    const told = OPERATIONS.get(handler);
    return told === undefined ? [] : [{ method: method.toLowerCase(), path, told }];
  });
}
