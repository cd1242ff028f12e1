/**
 * Every limit there is, and where it is tested one below it, at it, and one above it; a limit that
 * is not in this table, or whose test does not name it, fails.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import * as throttle from "#server/core/throttle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Files under test/. */
type Where = readonly [string, ...string[]];

const SECURITY = "security/limits.test.ts";
/** Where it can be reached by REST, over the socket and by the event stream. */
const TRANSPORTS = "security/limits-transports.test.ts";
/** How much one answer holds. */
const ANSWERS = "security/limits-answers.test.ts";

const TABLE: Readonly<Partial<Record<keyof typeof LIMITS, Where>>> = {
  messageCharsMax: [SECURITY, TRANSPORTS, "server/webhooks.test.ts"],
  usernameCharsMin: [SECURITY, "unit/username.test.ts"],
  usernameCharsMax: [SECURITY, "unit/username.test.ts"],
  displayNameCharsMax: [TRANSPORTS, "unit/display-name.test.ts"],
  aboutCharsMax: [TRANSPORTS, "unit/display-name.test.ts"],
  pictureUploadBytesMax: ["server/pictures.test.ts"],
  picturePixelsMax: ["server/pictures.test.ts"],
  pictureSide: ["server/pictures.test.ts"],
  pictureBytesMax: ["server/pictures.test.ts"],
  passwordCharsMin: [SECURITY, "unit/password.test.ts"],
  passwordBytesMax: [SECURITY, "unit/password.test.ts"],
  sessionsMax: ["server/sessions.test.ts"],
  signInLinksMax: ["server/sign-in-links.test.ts"],
  invitationsMax: ["server/joining.test.ts"],
  invitationUsesMax: ["server/joining.test.ts"],
  invitationLifeMin: ["server/joining.test.ts"],
  invitationLifeMax: ["server/joining.test.ts"],
  cidCharsMin: [SECURITY, TRANSPORTS],
  cidCharsMax: [SECURITY, TRANSPORTS],
  // No emoji is as long: the longest there is is taken, and what is longer is none.
  emojiUnitsMax: [TRANSPORTS],
  reactionsPerPersonMax: [TRANSPORTS, "server/marks.test.ts"],
  reactionsMax: [TRANSPORTS],
  pinsMax: [TRANSPORTS, "server/marks.test.ts"],
  mentionsMax: [TRANSPORTS, "server/marks.test.ts"],
  callPeopleMax: [TRANSPORTS, "server/marks.test.ts"],
  typingEveryMs: ["unit/typing.test.ts"],
  typingShownMs: ["sdk/typing.test.ts"],
  // The device itself says so; a server only passes it on.
  idleAfterMs: ["e2e/preferences.test.ts"],
  unreadMax: [ANSWERS, "server/reads.test.ts"],
  foreignMessageCharsMax: ["unit/bridge.test.ts"],
  foreignEventCharsMax: ["unit/bridge.test.ts", "server/bridge.test.ts"],
  foreignEventsPerSecond: ["unit/bridge.test.ts"],
  roomNameCharsMax: [TRANSPORTS],
  topicCharsMax: [TRANSPORTS],
  botsMax: ["server/bots.test.ts"],
  callsWaitingMax: ["server/callbacks.test.ts"],
  webhooksPerRoomMax: ["server/webhooks.test.ts"],
  idempotencyKeyCharsMax: ["server/webhooks.test.ts"],
  roomsPerUserMax: ["server/rooms.test.ts"],
  chatPeopleMax: [TRANSPORTS],
  openRoomsMax: [ANSWERS],
  membersMax: [ANSWERS],
  pageMessagesMax: [SECURITY],
  pageMessagesDefault: [SECURITY, "server/resume.test.ts"],
  tutorialOffsetMax: ["tutorial/holes.test.ts"],
  catchUpEventsMax: [SECURITY, "server/resume.test.ts"],
  reasonCharsMax: [TRANSPORTS, "server/standing.test.ts", "server/reports.test.ts"],
  untilMax: ["server/mutes.test.ts"],
  blocksMax: ["server/blocks.test.ts"],
  reportsPerHour: ["server/reports.test.ts"],
  reportsShownMax: ["server/reports.test.ts"],
  reportContextMax: [ANSWERS],
  reportersShownMax: [ANSWERS],
  adminPeopleMax: ["server/standing.test.ts"],
  peopleFoundMax: [ANSWERS],
  peopleIdsMax: [SECURITY],
  bodyBytesMax: [SECURITY, "server/webhooks.test.ts"],
  frameBytesMax: [SECURITY],
  headerBytesMax: [TRANSPORTS],
  headersMax: [SECURITY],
  urlCharsMax: [SECURITY],
  jsonDepthMax: [SECURITY],
  roomsPerConnectionMax: [SECURITY, TRANSPORTS],
  connectionsPerUserMax: [SECURITY, TRANSPORTS],
  strikesMax: ["security/malformed.test.ts"],
  sendBurst: [SECURITY],
  // By the clock: "unit/token-bucket.test.ts" has the rate of any bucket.
  sendPerSecond: ["documents.test.ts"],
  commandBurst: [SECURITY],
  commandPerSecond: ["documents.test.ts"],
  queueBytesMax: ["unit/slow-readers.test.ts"],
  behindMs: ["unit/slow-readers.test.ts"],
  handshakeMs: [SECURITY],
  // Nothing that a peer could go beyond: the handshake tells them, and they are those.
  pingIntervalMs: ["documents.test.ts"],
  pingTimeoutMs: ["documents.test.ts"],
  strangersPerNetworkMax: ["unit/stranger-door.test.ts"],
  strangerEnterBurst: ["unit/stranger-door.test.ts"],
  strangerEntersPerMinute: ["unit/stranger-door.test.ts"],
  strangerSkipsPerMinute: ["server/scripts/strain.test.ts"],
  proofLifeMs: ["unit/stranger-door.test.ts"],
  proofBurst: ["unit/stranger-door.test.ts"],
  proofsPerSecond: ["unit/stranger-door.test.ts"],
  strangerReportsPerHour: ["server/stranger-reports.test.ts"],
  strangerReportsMax: ["server/stranger-reports.test.ts"],
  strangerReportsShownMax: ["server/stranger-reports.test.ts"],
  strangerReportersMax: ["server/scripts/strain.test.ts"],
  strangerBanDaysMax: ["server/stranger-bans.test.ts"],
  strangerBansMax: ["server/stranger-bans.test.ts"],
  interestsMax: ["server/strangers-limits.test.ts", "unit/stranger-shapes.test.ts"],
  interestCharsMax: ["server/strangers-limits.test.ts", "unit/stranger-shapes.test.ts"],
  sealedStepBytes: ["server/strangers-limits.test.ts", "unit/stranger-shapes.test.ts"],
  sealedStepsMax: ["server/strangers-limits.test.ts", "unit/stranger-shapes.test.ts"],
  relayBurst: ["server/strangers-limits.test.ts"],
  relayPerSecond: ["server/strangers-limits.test.ts"],
  strangerGraceMs: ["unit/stranger-pairs.test.ts"],
  strangerIdleMs: ["unit/stranger-pairs.test.ts"],
  strangerChatMs: ["unit/stranger-pairs.test.ts"],
  strangerLineCharsMax: ["sdk/strangers-lines.test.ts"],
  excerptEncodedMax: ["sdk/strangers-lines.test.ts"],
  lostFramesMax: ["sdk/strangers-keys.test.ts"],
  unconfirmedLinesMax: ["sdk/strangers-delivery.test.ts"],
  strangerLinesKeptMax: ["sdk/strangers-client.test.ts"],
  earlyLinesMax: ["sdk/strangers-lines.test.ts"],
  proofBitsMax: ["sdk/strangers-client.test.ts"],
  excerptLinesMax: ["server/stranger-reports.test.ts", "sdk/strangers-lines.test.ts"],
};

/** How often something may be tried, and where a whole burst and one more are. */
const RATES: Readonly<Record<string, string>> = {
  SIGN_IN_PER_ACCOUNT: "security/account-guessing.test.ts",
  SIGN_IN_PER_ADDRESS: "security/account-guessing.test.ts",
  ROOMS_PER_USER: "security/rates.test.ts",
  CHATS_PER_USER: "security/rates.test.ts",
  REPORTS_PER_USER: "server/reports.test.ts",
  PROFILES_PER_USER: "security/rates.test.ts",
  PICTURES_PER_USER: "security/rates.test.ts",
  NAMES_PER_USER: "server/profiles.test.ts",
  LINKS_PER_USER: "security/rates.test.ts",
  EXPORTS_PER_USER: "security/rates.test.ts",
  POSTS_PER_WEBHOOK: "server/webhooks.test.ts",
  ACCOUNTS_PER_ADDRESS: "security/rates.test.ts",
};

/** Named otherwise there: by what it is made of, or by what is seen of it. */
const OTHERWISE: Readonly<Record<string, string>> = {
  picturePixelsMax: "[10_000, 5_001, false]",
  REPORTS_PER_USER: "LIMITS.reportsPerHour",
  NAMES_PER_USER: "[200, 200, 200, 429]",
  POSTS_PER_WEBHOOK: "429",
};

function textOf(file: string): string {
  const path = join(ROOT, "test", file);
  assert.ok(existsSync(path), `there is no test/${file}`);
  return readFileSync(path, "utf8");
}

describe("[LI2] every limit is tested", () => {
  for (const name of Object.keys(LIMITS)) {
    test(name, () => {
      const entry = Object.entries(TABLE).find(([limit]) => limit === name);
      assert.ok(entry, `${name} is in no test: write one, and name it in this table`);
      for (const file of entry[1]) {
        const named = OTHERWISE[name] ?? `LIMITS.${name}`;
        assert.ok(textOf(file).includes(named), `test/${file} does not name ${named}`);
      }
    });
  }

  const rates = Object.entries(throttle).filter(([, rate]) => Object.hasOwn(rate, "everyMs"));
  for (const [name] of rates) {
    test(name, () => {
      const file = RATES[name];
      assert.ok(file !== undefined, `${name} is in no test: write one, and name it in this table`);
      assert.ok(textOf(file).includes(OTHERWISE[name] ?? name), `test/${file} does not name it`);
    });
  }

  test("and what is in the table is a limit", () => {
    const names = new Set([...Object.keys(LIMITS), ...rates.map(([name]) => name)]);
    const all = [...Object.keys(TABLE), ...Object.keys(RATES), ...Object.keys(OTHERWISE)];
    assert.deepEqual(
      all.filter((name) => !names.has(name)),
      [],
    );
  });
});
