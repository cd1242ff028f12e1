/**
 * The table of revocations: each row takes something from somebody, each column is a surface on
 * which that must end, or stay because something else is their right; and why. A room never changes
 * its kind, so an open one does not become closed under anybody: it ends.
 */
import type { Answer } from "#test/support/member.ts";
import { PASSWORD } from "#test/support/member.ts";
import type { Scene } from "./scene.ts";
import type { Surface } from "./surfaces.ts";

/** What becomes of a surface. */
export type Cell = "ends" | { readonly stays: string };

export interface Revocation {
  readonly name: string;
  /** Whose connection ends, and so what was begun before; or a member's place in the room; or a power. */
  readonly takes: "session" | "place" | "power";

  /** All that is done, at the near server. */
  readonly act: (scene: Scene) => readonly Promise<Answer>[];
  readonly cells: Readonly<Record<Surface, Cell>>;
}

const ENDS = "ends";
const stays = (why: string): Cell => ({ stays: why });

const OWN_SESSION = stays("a bot has no part in its maker's sessions");
const HOOK_OF_ROOM = stays("a webhook belongs to the room, not to who is in it");
const NOT_TOUCHED = stays("a bot has no standing in Klatch that could be taken");

const PERSON_ENDS = {
  "frames of the socket": ENDS,
  "notices over the socket": ENDS,
  "commands on the open socket": ENDS,
  "a moderator's commands": ENDS,
  "the event stream": ENDS,
  "pages of history": ENDS,
  "a link to a message": ENDS,
  "the list of rooms": ENDS,
  "a moderator's pages": ENDS,
} as const;

const BOT_ENDS = {
  "frames to a bot": ENDS,
  "commands of a bot": ENDS,
  "pages for a bot": ENDS,
  "a bot's powers": ENDS,
} as const;

const botStays = (why: Cell) =>
  ({
    "frames to a bot": why,
    "commands of a bot": why,
    "pages for a bot": why,
    "a bot's powers": why,
  }) as const;

/** Signed out: nothing is left. */
const SESSION = {
  ...PERSON_ENDS,
  "an admin's commands": ENDS,
  "pictures of people": ENDS,
  "an admin's pages": ENDS,
} as const;

/** Out of the room: what is outside of it stays. */
const PLACE = {
  ...PERSON_ENDS,
  ...BOT_ENDS,
  "an admin's commands": stays("General is another room"),
  "pictures of people": stays("who is signed in sees how people show themselves"),
  "an admin's pages": stays("they are about Klatch, not the room"),
} as const;

const POWER = {
  "frames of the socket": stays("a member hears the room"),
  "notices over the socket": stays("a member is told of the room"),
  "commands on the open socket": stays("a member speaks"),
  "the event stream": stays("a member hears the room"),
  "pages of history": stays("a member reads the room"),
  "a link to a message": stays("a member reads the room"),
  "the list of rooms": stays("a member is in the room"),
  "pictures of people": stays("who is signed in sees how people show themselves"),
  "posting to a webhook": HOOK_OF_ROOM,
} as const;

const inRoom = ({ room }: Scene, path: string) => `/api/rooms/${room}/${path}`;
const person = ({ victim }: Scene) => `/api/admin/people/${victim.me.id}`;
const setRole = (scene: Scene, role: string) =>
  scene.world.ada.call("PUT", `${person(scene)}/role`, { role });
/** For the person, the bot and the webhook: all three are in the room. */
const forAll = (scene: Scene, act: (user: number) => Promise<Answer>) =>
  [scene.victim.me.id, scene.bot.me.id, scene.webhook.webhook.id].map(act);

export const REVOCATIONS: readonly Revocation[] = [
  {
    name: "signing out",
    takes: "session",
    act: ({ victim, world, bot }) => [
      victim.at(world.near.url).call("DELETE", "/api/session"),
      world.ada.call("POST", `/api/admin/bots/${bot.me.id}/token`),
    ],
    cells: { ...SESSION, ...BOT_ENDS, "posting to a webhook": HOOK_OF_ROOM },
  },
  {
    name: "signing out everywhere",
    takes: "session",
    act: ({ elsewhere }) => [elsewhere.call("DELETE", "/api/sessions")],
    cells: { ...SESSION, ...botStays(OWN_SESSION), "posting to a webhook": HOOK_OF_ROOM },
  },
  {
    name: "a change of password",
    takes: "session",
    act: ({ elsewhere }) => [
      elsewhere.call("PUT", "/api/me/password", {
        current: PASSWORD,
        password: "another horse battery",
      }),
    ],
    cells: { ...SESSION, ...botStays(OWN_SESSION), "posting to a webhook": HOOK_OF_ROOM },
  },
  {
    name: "a suspension",
    takes: "session",
    act: (scene) =>
      forAll(scene, (user) =>
        scene.world.ada.call("PUT", `/api/admin/people/${user}/suspension`, {}),
      ),
    cells: { ...SESSION, ...BOT_ENDS, "posting to a webhook": ENDS },
  },
  {
    name: "being taken out of a room",
    takes: "place",
    act: (scene) =>
      forAll(scene, (user) => scene.world.ada.call("DELETE", inRoom(scene, `members/${user}`))),
    cells: { ...PLACE, "posting to a webhook": ENDS },
  },
  {
    name: "a ban",
    takes: "place",
    act: (scene) =>
      forAll(scene, (user) => scene.world.ada.call("PUT", inRoom(scene, `bans/${user}`), {})),
    cells: { ...PLACE, "posting to a webhook": ENDS },
  },
  {
    name: "leaving",
    takes: "place",
    act: (scene) => [
      scene.elsewhere.call("DELETE", inRoom(scene, `members/${scene.victim.me.id}`)),
      scene.bot
        .at(scene.world.near.url)
        .call("DELETE", inRoom(scene, `members/${scene.bot.me.id}`)),
    ],
    cells: { ...PLACE, "posting to a webhook": HOOK_OF_ROOM },
  },
  {
    name: "the end of the room",
    takes: "place",
    act: ({ world, room }) => [world.ada.call("DELETE", `/api/rooms/${room}`)],
    cells: { ...PLACE, "posting to a webhook": ENDS },
  },
  {
    name: "being a moderator no more",
    takes: "power",
    act: (scene) =>
      [scene.victim, scene.bot].map(({ me }) =>
        scene.world.ada.call("PUT", inRoom(scene, `members/${me.id}`), { role: "member" }),
      ),
    cells: {
      ...POWER,
      ...botStays(stays("a member, and so is a bot")),
      "a moderator's commands": ENDS,
      "a moderator's pages": ENDS,
      "a bot's powers": ENDS,
      "an admin's commands": stays("admins moderate General"),
      "an admin's pages": stays("they are about Klatch, not the room"),
    },
  },
  {
    name: "being an admin no more",
    takes: "power",
    act: (scene) => [setRole(scene, "member")],
    cells: {
      ...POWER,
      ...botStays(NOT_TOUCHED),
      "a moderator's commands": stays("the room named its moderators itself"),
      "a moderator's pages": stays("the room named its moderators itself"),
      "an admin's commands": ENDS,
      "an admin's pages": ENDS,
    },
  },
];
