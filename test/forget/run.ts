/**
 * The canary run: real servers, real Redis processes, the real client library; each promise looked
 * for in every place.
 */
import { durableFinding, filesFinding, forgetfulFinding } from "./findings.ts";
import type { Finding } from "./findings.ts";
import type { Death } from "./promises/deaths.ts";
import { DEATHS, deathFinding } from "./promises/deaths.ts";
import { addressFinding, chatGoneFinding, endedChat, vanishedFinding } from "./promises/gone.ts";
import { pageFindings } from "./promises/page.ts";
import { reportFinding } from "./promises/reported.ts";
import { framesFinding, keysFinding, unlinkableFinding } from "./promises/shown.ts";
import * as sight from "./promises/sight.ts";
import { ForgetWorld } from "./world.ts";

export interface RunOptions {
  /** What takes minutes: all ways to end, a minute after a chat, everybody gone, 1,000 chats. */
  readonly isLong: boolean;
  /** Told of each finding as it comes. */
  readonly onFinding: (finding: Finding) => void;
}

const SHORT_DEATHS: readonly Death[] = [
  ["forgetful", "SIGSEGV"],
  ["server", "SIGKILL"],
];

/** Runs all of it; resolves when everything that was started has ended. */
export async function lookForCanaries({ isLong, onFinding }: RunOptions): Promise<void> {
  await using world = await ForgetWorld.open();
  await whileTheyTalk(world, onFinding);
  const over = isLong ? await endedChat(world) : undefined;
  for (const look of [sight.wireFinding, sight.slowLogFinding, sight.memoryFinding]) {
    onFinding(await look(world));
  }
  onFinding(await durableFinding(world, "without a report"));
  onFinding(await reportFinding(world));
  if (isLong) {
    onFinding(await sight.writesFinding(world));
    onFinding(await sight.heapFinding(world));
    for (const finding of await pageFindings(world)) onFinding(finding);
  }
  onFinding(await unlinkableFinding(world, isLong ? 1_000 : 60));
  if (over !== undefined) onFinding(await chatGoneFinding(world, over));
  onFinding(await addressFinding(world, isLong));
  onFinding(sight.tapFinding(world));
  onFinding(framesFinding(world));
  onFinding(keysFinding(world));
  if (isLong) for (const finding of await vanishedFinding(world)) onFinding(finding);
  onFinding(filesFinding(world, "chats that ended"));
  for (const death of isLong ? DEATHS : SHORT_DEATHS) onFinding(await deathFinding(world, death));
  onFinding(await durableFinding(world, "after all ends"));
  onFinding(livesFinding(world));
  await world.one.stop();
  onFinding(filesFinding(world, "everything was stopped"));
}

/** Two pairs: one talks over a reload and a break, the other looks on. */
async function whileTheyTalk(world: ForgetWorld, onFinding: (finding: Finding) => void) {
  const first = await world.pair();
  await sight.talk(first);
  const second = await world.pair();
  await sight.talk(second);
  onFinding(await forgetfulFinding(world, "P1", "while they talk"));
  const [ada, bob] = first;
  await ada.reload(world.two.url);
  await sight.talk(first);
  await bob.reload(world.one.url);
  await sight.talk(first);
  second[0].search(world.canaries.make("interest"));
  second[1].strangers.block();
  onFinding(await forgetfulFinding(world, "P1", "after returns, a skip and a block"));
}

function livesFinding({ sampler }: ForgetWorld): Finding {
  return {
    promise: "P3",
    how: "every key has an end, no later than the table says, at any time",
    looked: `${sampler.keys} keys in ${sampler.looks} looks`,
    hits: [...sampler.problems],
  };
}
