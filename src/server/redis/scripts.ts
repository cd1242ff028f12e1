/** The Lua scripts: read once at start, run by their digest. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "./connect.ts";
import { answered } from "./connect.ts";

export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Redis knows no modules, so `--@include <name>` stands for the text of another file here. */
export function readScript(folder: URL, name: string): Script {
  const load = (file: string) => readFileSync(new URL(`${file}.lua`, folder), "utf8");
  const source = load(name).replace(/^--@include (\S+)$/gmu, (_, part: string) => load(part));
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

const read = (name: string) => readScript(new URL("scripts/", import.meta.url), name);

/** All of them; nothing that a user wrote is ever part of a script. */
export const scripts = {
  adopt: read("adopt"),
  append: read("append"),
  block: read("block"),
  botCreate: read("bot-create"),
  botDelete: read("bot-delete"),
  botEdit: read("bot-edit"),
  botToken: read("bot-token"),
  callbackClaim: read("callback-claim"),
  callbackSettle: read("callback-settle"),
  change: read("change"),
  maySpeak: read("may-speak"),
  describe: read("describe"),
  invite: read("invite"),
  leave: read("leave"),
  missed: read("missed"),
  ownerFirst: read("owner-first"),
  page: read("page"),
  passwordChange: read("password-change"),
  picture: read("picture"),
  presenceMend: read("presence-mend"),
  presenceReap: read("presence-reap"),
  presenceReport: read("presence-report"),
  presenceTell: read("presence-tell"),
  ranked: read("ranked"),
  read: read("read"),
  register: read("register"),
  reportAdd: read("report-add"),
  reportClose: read("report-close"),
  roleSet: read("role-set"),
  rename: read("rename"),
  roomAbandon: read("room-abandon"),
  roomAdd: read("room-add"),
  roomBan: read("room-ban"),
  roomCreate: read("room-create"),
  roomDelete: read("room-delete"),
  roomEdit: read("room-edit"),
  roomMute: read("room-mute"),
  roomRemove: read("room-remove"),
  roomRole: read("room-role"),
  sessionCreate: read("session-create"),
  sessionsEnd: read("sessions-end"),
  sessionTouch: read("session-touch"),
  suspend: read("suspend"),
  signInLink: read("sign-in-link"),
  throttle: read("throttle"),
  unread: read("unread"),
  welcome: read("welcome"),
  webhookCreate: read("webhook-create"),
} as const;

/** What a script answers, before it is read. */
export type Reply = unknown;

/**
 * Runs a script; loads it where Redis has forgotten it. Rejects with `unavailable` when Redis is
 * away.
 */
export async function run(
  redis: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | Buffer)[],
): Promise<Reply> {
  const options = { keys: [...keys], arguments: [...args] };
  try {
    return await answered(redis.evalSha(script.sha, options));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return answered(redis.eval(script.source, options));
  }
}

/** Reads an answer that is a list of texts; anything else is a mistake of ours. */
export function texts(reply: Reply): readonly string[] {
  if (!Array.isArray(reply)) throw new TypeError("A script answered something other than a list.");
  return reply.map((item: unknown) => flat(item));
}

function flat(item: unknown): string {
  if (typeof item === "string") return item;
  if (typeof item === "number") return String(item);
  throw new TypeError("A script answered a list of something other than texts.");
}
