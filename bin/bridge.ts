/** `npm run bridge`: two Klatch servers and two of another kind exchange thousands of messages, and one is killed. */
import { findRedis } from "#bin/provision/redis.ts";
import { runCommand } from "#bin/run/command.ts";
import { StartError } from "#server/start-error.ts";
import { cross } from "#test/tutorial/crossing.ts";
import { problems } from "#test/tutorial/ledger.ts";

const MESSAGES = 10_000;
/** Everybody of seven with everybody, but for one chat. */
const SCALE = { people: 7, chats: 20 };

// Servers and Redis processes end with this one; a signal alone would not tell them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

await runCommand(async (say) => {
  const [messages = String(MESSAGES)] = process.argv.slice(2);
  if (!/^[1-9]\d{0,6}$/u.test(messages)) {
    throw new StartError(`npm run bridge -- [${MESSAGES}]   how many messages are exchanged`);
  }
  const redis = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = redis.path;
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  const { ledger, ms } = await cross({ ...SCALE, messages: Number(messages) });
  const { said, logs, shown, foreign } = ledger;
  const found = problems(ledger);
  for (const problem of found) say(`✗ ${problem}`);
  const heard = shown.reduce((sum, { lines }) => sum + lines.length, 0);
  const crossed = foreign.reduce((sum, texts) => sum + texts.length, 0);
  say(
    `${said.length} messages in ${logs.size} rooms in ${(ms / 1_000).toFixed(1)} s; shown ${heard} times at Klatch, ` +
      `heard ${crossed} times by others; ${found.length === 0 ? "none lost, none doubled, one order" : "see above"}.`,
  );
  return found.length === 0 ? 0 : 1;
});
