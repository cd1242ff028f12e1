/** A scene: what the names in a call stand for, for somebody of a role and an object in a state. */
import { randomInt, randomUUID } from "node:crypto";
import { PASSWORD } from "#test/support/member.ts";
import type { Call, Cell } from "./table.ts";
import { handleOf } from "./people.ts";
import type { Place } from "./places.ts";
import { NOWHERE } from "./places.ts";
import type { World } from "./world.ts";

type Value = string | number | undefined;
export type Scene = Readonly<Record<string, Value>>;

/** Of the right shape, and nobody's. */
const MADE_UP = "M".repeat(43);

/** The room, or the chat, of a cell. */
export function placeOf(
  { rooms, chats }: Pick<World, "rooms" | "chats">,
  role: string,
  state: string,
): Place {
  return (state === "chat" ? chats[role] : rooms[state]) ?? NOWHERE;
}

/** What somebody of this role sends to say who they are. */
export function tokenOf({ people, bot }: World, role: string): string | undefined {
  if (role === "nobody" || role === "invited") return undefined;
  if (role === "guest") return MADE_UP;
  if (role === "bot") return bot.token;
  return Object.entries(people).find(([name]) => name === role)?.[1].token;
}

export function sceneOf(world: World, { role, of, state }: Cell): Scene {
  const { people, bot, invitation, links } = world;
  const self = role === "bot" ? bot : Object.entries(people).find(([name]) => name === role)?.[1];
  const place = placeOf(world, role, of === "room" ? state : "open");
  const others = Object.entries(people).map(([name, { me }]) => [name, me.id] as const);
  return {
    ...Object.fromEntries(others),
    self: self?.me.id ?? people.outsider.me.id,
    name: self?.me.username ?? "Niemand",
    password: PASSWORD,
    fresh: `new${randomInt(1e9)}`,
    cid: randomUUID(),
    room: place.id,
    theirs: place.theirs,
    own: place.own[role] ?? place.theirs,
    hook: place.hook,
    hookToken: place.hookToken,
    report: place.report,
    invitation: role === "invited" ? invitation : undefined,
    link: links[role] ?? MADE_UP,
    ...objectOf(world, { role, of, state }, self?.token ?? MADE_UP),
  };
}

/** What the call is about, if it is no room. */
function objectOf(
  world: World,
  { role, of, state }: Pick<Cell, "role" | "of" | "state">,
  token: string,
): Scene {
  const { people, bots, invitations, sessions, pictures } = world;
  switch (of) {
    case "person": {
      const { there, hidden, blocking, locked, gone } = people;
      const states = { there, hidden, blocking, suspended: locked, deleted: gone };
      const found = Object.entries(states).find(([name]) => name === state)?.[1];
      return { person: found?.me.id ?? 999_999, picture: pictures[state] ?? "0".repeat(32) };
    }
    case "report of a stranger":
    case "ban of a stranger":
      return { shelved: state === "open" ? world.shelved : "nowhere" };
    case "bot":
      return { bot: bots[state] };
    case "invitation":
      return { handle: invitations[state] };
    case "session":
      return {
        session:
          state === "this" ? handleOf(token) : (sessions[`${role} ${state}`] ?? sessions[state]),
      };
    default:
      return {};
  }
}

/** Where a call goes: names in braces filled in. */
export function pathOf({ call, path }: Call, scene: Scene): string {
  const template = path ?? call.replace(/^\S+ /u, "").replaceAll(/:([a-z]+)/gu, aliased);
  return template.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    encodeURIComponent(String(mustHave(scene, name))),
  );
}

/** The parameters of routes, by the names of scenes. */
const ALIASES: Readonly<Record<string, string>> = {
  id: "room",
  message: "theirs",
  user: "person",
  token: "hookToken",
  invitation: "handle",
  hash: "picture",
};

function aliased(_: string, name: string): string {
  return `{${ALIASES[name] ?? name}}`;
}

/** A body with its names filled in, numbers as numbers. */
export function filled(body: Readonly<Record<string, unknown>>, scene: Scene) {
  const entries = Object.entries(body).map(([key, each]) => [key, valueOf(each, scene)] as const);
  return Object.fromEntries(entries);
}

function valueOf(value: unknown, scene: Scene): unknown {
  if (Array.isArray(value)) return value.map((each) => valueOf(each, scene));
  const name = typeof value === "string" ? /^\{(\w+)\}$/u.exec(value)?.[1] : undefined;
  return name === undefined ? value : mustHave(scene, name);
}

function mustHave(scene: Scene, name: string): Value {
  if (!Object.hasOwn(scene, name)) throw new Error(`No scene has a "${name}".`);
  return scene[name];
}
