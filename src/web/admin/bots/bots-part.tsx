/** All bots, for admins: making one, and looking after those there are. */
import { useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { useRef } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { BotRow } from "./bot-row.tsx";
import { BotSecrets } from "./bot-secrets.tsx";
import { NewBotForm } from "./new-bot-form.tsx";
import { useBots } from "./use-bots.ts";

export function BotsPart({ chat }: { readonly chat: Chat }) {
  const bots = useBots(chat.klatch);
  const { all, secrets, task } = bots;
  const makeButton = useRef<HTMLButtonElement>(null);
  // Where one was is gone.
  const toButton = () => makeButton.current?.focus();
  return (
    <>
      {secrets.value && (
        <BotSecrets
          key={secrets.value.token ?? secrets.value.secret}
          secrets={secrets.value}
          done={() => {
            secrets.value = undefined;
            toButton();
          }}
        />
      )}
      <Making bots={bots} buttonRef={makeButton} />
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="members admin-people" role="list" aria-busy={all.value === undefined}>
        {all.value?.map((bot) => (
          <BotRow
            key={bot.id}
            chat={chat}
            bot={bot}
            task={task}
            change={(words, done) => bots.change(bot, words, done)}
            renew={() => bots.renew(bot)}
            end={() => bots.end(bot, toButton)}
          />
        ))}
      </ul>
      <output class="dialog-hint">
        {all.value?.length === 0 &&
          "There are no bots yet. A bot is a program that reads and writes as people do."}
      </output>
    </>
  );
}

interface MakingProps {
  readonly bots: ReturnType<typeof useBots>;
  readonly buttonRef: Ref<HTMLButtonElement>;
}

/** The button for making one, and in its place the form. */
function Making({ bots, buttonRef }: MakingProps) {
  const { task } = bots;
  const isAsked = useSignal(false);
  const stop = () => {
    isAsked.value = false;
    task.refuse(undefined);
  };
  if (isAsked.value) {
    return <NewBotForm task={task} create={(draft) => bots.create(draft, stop)} cancel={stop} />;
  }
  return (
    <>
      <button
        ref={buttonRef}
        type="button"
        class="button-quiet"
        onClick={() => (isAsked.value = true)}
      >
        Make a bot
      </button>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
    </>
  );
}
