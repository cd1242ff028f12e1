/** Lines of strangers as a page seals and later reports them; the seal itself is any bytes. */
import { createHmac, randomBytes } from "node:crypto";
import type { FrankedLine, Pair, Role } from "#protocol/stranger.ts";
import { packLine } from "#protocol/stranger-line.ts";
import type { TestStranger } from "#test/support/stranger.ts";
import { meetTwo } from "#test/support/stranger.ts";

let seq = 0;

/** A line as it is before it is sealed. */
export function franked(from: Role, text: string): Omit<FrankedLine, "stamp"> {
  const opening = new Uint8Array(randomBytes(32));
  const run = new Uint8Array(randomBytes(8));
  const plain = packLine({ opening, run, number: 0, oldest: 0, text });
  const mark = createHmac("sha256", opening).update(plain).digest("base64url");
  return { from, plain: Buffer.from(plain).toString("base64url"), mark };
}

/** Says it, and gives what proves that. */
export async function say(
  stranger: TestStranger,
  pair: string,
  from: Role,
  text: string,
): Promise<FrankedLine> {
  const line = franked(from, text);
  const box = Buffer.alloc(272).toString("base64url");
  const frame = { kind: "line", epoch: 0, seq: seq++, box, mark: line.mark } as const;
  const { stamp } = await stranger.relay(pair, frame);
  if (stamp === undefined) throw new Error("A line without a stamp.");
  return { ...line, stamp };
}

export interface Talk extends AsyncDisposable {
  readonly ada: TestStranger;
  readonly bob: TestStranger;
  readonly pair: string;
  readonly roles: { readonly ada: Role; readonly bob: Role };
}

/** Two who talk, each at a server. */
export async function talk(one: string, two: string, interest: string): Promise<Talk> {
  const both = await meetTwo(one, two, interest);
  const { role } = noticeOf(both.ada);
  return { ...both, roles: { ada: role, bob: role === 0 ? 1 : 0 } };
}

function noticeOf(stranger: TestStranger): Pair {
  const matched = stranger.told.find(({ name }) => name === "matched");
  // oxlint-disable-next-line no-unsafe-type-assertion -- because the notice of this name is a pair
  return matched?.notice as Pair;
}
