/** The list of bots, what is done about them, and what was told of one just now. */
import type { Bot, BotChange, NewBot } from "#protocol/bot.ts";
import type { Klatch } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useTask } from "#web/chat/task.ts";
import { botsOf } from "#web/admin/admin-of.ts";
import type { Secrets } from "./bot-secrets.tsx";

/** In what it answers, `done` is called once something is done, and not if it is refused. */
export function useBots(klatch: Klatch) {
  const bots = botsOf(klatch);
  const all = useSignal<readonly Bot[] | undefined>(undefined);
  const secrets = useSignal<Secrets | undefined>(undefined);
  const task = useTask();
  const load = async () => {
    all.value = await bots.list();
  };
  useEffect(() => task.run(load), []);
  const run = (step: () => Promise<void>) =>
    task.run(async () => {
      await step();
      await load();
    });
  return {
    all,
    secrets,
    task,
    create: (draft: NewBot, done: () => void) =>
      run(async () => {
        const { bot, token, secret } = await bots.create(draft);
        secrets.value = { username: bot.username, token, secret };
        done();
      }),
    change: ({ id, username }: Bot, words: BotChange, done: () => void) =>
      run(async () => {
        const { secret } = await bots.change(id, words);
        if (secret !== undefined) secrets.value = { username, secret };
        done();
      }),
    renew: ({ id, username }: Bot) =>
      run(async () => {
        secrets.value = { username, token: await bots.renew(id) };
      }),
    end: ({ id, username }: Bot, done: () => void) =>
      run(async () => {
        await bots.delete(id);
        if (secrets.peek()?.username === username) secrets.value = undefined;
        done();
      }),
  };
}
