/** What is left when a chat is over (P1), when everybody has vanished (P2), and of addresses (P11). */
import { createHash, createHmac } from "node:crypto";
import { CANARY_NETWORK } from "#test/forget/canaries.ts";
import type { Finding } from "#test/forget/findings.ts";
import { forgetfulFinding, told } from "#test/forget/findings.ts";
import { lifeOf } from "#test/forget/lives.ts";
import type { Entry } from "#test/forget/places.ts";
import { allKeys, entriesOf, readFile } from "#test/forget/places.ts";
import type { Visitor } from "#test/forget/visitor.ts";
import type { ForgetWorld } from "#test/forget/world.ts";
import { until } from "#test/support/until.ts";
import { talk } from "./sight.ts";

const P1_MS = 60_000;
const P2_MS = 90_000;

/** A chat that has ended, whose two are still there; look again a minute later. */
export interface Over {
  readonly two: readonly [Visitor, Visitor];
  readonly endedAt: number;
}

export async function endedChat(world: ForgetWorld): Promise<Over> {
  const two = await world.pair();
  await talk(two);
  two[0].strangers.end();
  await until(() => two[1].strangers.state.at === "ended", { what: "it ends" });
  return { two, endedAt: performance.now() };
}

/** A minute after its end nothing in Redis speaks of a chat, although both may still be there. */
export async function chatGoneFinding(
  world: ForgetWorld,
  { two, endedAt }: Over,
): Promise<Finding> {
  const state = two[0].strangers.state;
  const pair = state.at === "ended" ? state.pair.id : "";
  const isDue = () => performance.now() - endedAt > P1_MS;
  await until(isDue, { what: "a minute passes", timeoutMs: P1_MS + 5_000, everyMs: 200 });
  const entries = await entriesOf(world.forgetful);
  const hits = entries.flatMap(({ key, text }) =>
    `${key}\n${text}`.includes(pair) ? [`pair ${pair} in ${key}`] : [],
  );
  for (const each of two) each[Symbol.dispose]();
  const looked = `${entries.length} keys`;
  return { promise: "P1", how: "the id of a chat, 60 s after its end", looked, hits };
}

/** Everybody is gone as if all browsers had been killed: what stays is listed, and nobody's. */
export async function vanishedFinding(world: ForgetWorld): Promise<readonly Finding[]> {
  for (const visitor of world.visitors) visitor.vanish();
  const since = performance.now();
  const others = async () => {
    const keys = await allKeys(world.forgetful);
    return keys.filter((key) => lifeOf(key)?.stays !== true);
  };
  const isEmpty = async () => (await others()).length === 0 || performance.now() - since > P2_MS;
  await until(isEmpty, { what: "all is gone", timeoutMs: P2_MS + 5_000, everyMs: 200 });
  const seconds = ((performance.now() - since) / 1000).toFixed(0);
  const left = await others();
  const never = ["text", "interest", "name", "token", "pair", "address", "agent"] as const;
  return [
    {
      promise: "P2",
      how: "keys that are not listed, after everybody has vanished",
      looked: `none after ${seconds} s`,
      hits: left.map((key) => `${key} is still there after ${seconds} s`),
    },
    await forgetfulFinding(world, "P1", "after everybody has vanished", never),
  ];
}

/** Beginnings of digests are compared: so much is no chance. */
const CHARACTERS = 16;

/**
 * Whether an address of the run can be found out by trying all 65,536 of its /16. As long as the keys
 * are there it can, which shows that this looks in the right way; without them nothing is found.
 */
export async function addressFinding(world: ForgetWorld, isLong: boolean): Promise<Finding> {
  // All of them take a while; those that were there are enough for a short look.
  const addresses = isLong ? allAddresses() : world.canaries.of("address");
  const [own, kept] = await Promise.all([entriesOf(world.forgetful), entriesOf(world.durable)]);
  const secrets = own.filter(isSecret).map(({ text }) => text.replaceAll('"', ""));
  const rest = [...own.filter((each) => !isSecret(each)), ...kept];
  const files = world.files().filter((path) => !path.endsWith(".heapsnapshot"));
  const texts = [
    ...rest.map(({ key, text }) => `${key} ${text}`),
    ...files.map((path) => readFile(path).toString("latin1")),
    world.printed,
  ];
  const words = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/[\w-]{16,}/gu)) words.add(word.slice(0, CHARACTERS));
  }
  const hits = addresses.flatMap((address) => foundBy(address, words));
  const control = addresses.flatMap((address) =>
    secrets.filter((key) => words.has(keyed(address, Buffer.from(key, "base64url")))),
  );
  return {
    promise: "P11",
    how: "all addresses of the network tried against all that is left, without the keys that end",
    looked: `${addresses.length} addresses, ${words.size} words`,
    hits: [
      ...hits,
      ...(control.length > 0 ? [] : ["not even the keys find anything, so this proves nothing"]),
    ],
  };
}

/** What somebody might have taken for a key. */
const ANYBODYS_KEYS = ["", "klatch", "networks", "bans"];

function isSecret({ key }: Entry): boolean {
  return key.includes(":secret:");
}

function allAddresses(): readonly string[] {
  const numbers = Array.from({ length: 256 }, (_, number) => number);
  return numbers.flatMap((c) => numbers.map((d) => `${CANARY_NETWORK}.${c}.${d}`));
}

function foundBy(address: string, words: ReadonlySet<string>) {
  const plain = ["sha256", "sha1", "md5"].flatMap((name) => {
    const digest = createHash(name).update(address).digest();
    return [digest.toString("base64url"), digest.toString("hex"), digest.toString("base64")];
  });
  const all = [...plain, ...ANYBODYS_KEYS.map((key) => keyed(address, key))];
  return all.some((digest) => words.has(digest.slice(0, CHARACTERS)))
    ? [told({ kind: "address", value: address, form: "a digest" }, "what is left")]
    : [];
}

function keyed(address: string, key: Buffer | string): string {
  return createHmac("sha256", key).update(address).digest("base64url").slice(0, CHARACTERS);
}
